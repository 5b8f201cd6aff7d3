package io.kurir.message;

import io.kurir.access.Reach;
import io.kurir.batch.Bulk;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.http.Problem.Code;
import io.kurir.http.Timestamps;
import io.kurir.media.Intake;
import io.kurir.media.Media;
import io.kurir.media.MediaLinks;
import io.kurir.message.Messages.NewMessage;
import io.kurir.whatsapp.Content;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operations that have to do with the files of messages. */
public final class MediaOperations {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,15})?-(\\d{1,15})?");
    /** What a browser may show by itself; all else is saved, so that no stranger's page or script runs at our address. */
    private static final Set<String> SHOWN = Set.of("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4");

    private static final Duration SOON = Duration.ofSeconds(5);

    private final Messages messages;
    private final Bulk bulk;
    private final Intake intake;
    private final Media media;
    private final MediaLinks links;

    public MediaOperations(Messages messages, Bulk bulk, Intake intake, Media media, MediaLinks links) {
        this.messages = messages;
        this.bulk = bulk;
        this.intake = intake;
        this.media = media;
        this.links = links;
    }

    /** As a text is sent. The file is brought after everything that can be known without it. */
    public Answer send(Ask ask) {
        if (ask.body().containsKey("items")) {
            return sendMany(ask);
        }
        return messages.earlier(ask.reach(), ask.text("deviceId"), ask.names().again())
                .map(MessageOperations::answer)
                .orElseGet(() -> sendOne(ask));
    }

    private Answer sendOne(Ask ask) {
        Intake.Source source = source("", ask.body(), ask.part("file"));
        messages.requireSendable(ask.reach(), ask.text("deviceId"), MessageOperations.recipient(ask.body()));
        NewMessage message = message("", ask.body(), source);
        return MessageOperations.answer(messages.send(ask.reach(), ask.text("deviceId"), message, ask.names()));
    }

    private Answer sendMany(Ask ask) {
        Reach reach = MessageOperations.adminsReach(ask);
        JsonArray given = ask.body().getJsonArray("items");
        return bulk.earlier(reach, ask.names().again(), given.size())
                .map(MessageOperations::answer)
                .orElseGet(() -> sendAll(ask, reach, given));
    }

    private Answer sendAll(Ask ask, Reach reach, JsonArray given) {
        messages.requireConnected(reach, ask.text("deviceId"));
        List<Intake.Source> sources = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            JsonObject item = given.getJsonObject(i);
            sources.add(source(at(i), item, Optional.empty()));
            messages.requireReadable(reach, ask.text("deviceId"), at(i) + "to", MessageOperations.recipient(item));
        }
        List<NewMessage> items = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            items.add(message(at(i), given.getJsonObject(i), sources.get(i)));
        }
        return MessageOperations.answer(
                bulk.send(reach, ask.names(), ask.text("deviceId"), "media", items, MessageOperations.delay(ask)));
    }

    private static String at(int index) {
        return "items[" + index + "].";
    }

    /** The file that the body of a job has for all its items; {@code caption} is theirs too. */
    public Optional<Intake.Taken> fileForAll(JsonObject body, Optional<Ask.Part> part) {
        return body.containsKey("base64") || body.containsKey("url") || part.isPresent()
                ? Optional.of(taken("", body, source("", body, part)))
                : Optional.empty();
    }

    private static Intake.Source source(String at, JsonObject body, Optional<Ask.Part> part) {
        List<Intake.Source> sources = new ArrayList<>();
        part.ifPresent(file -> sources.add(new Intake.Uploaded(file.file(), file.fileName(), file.mimetype())));
        Optional.ofNullable(body.getString("base64"))
                .map(Intake.Base64Text::new)
                .ifPresent(sources::add);
        Optional.ofNullable(body.getString("url")).map(Intake.Url::new).ifPresent(sources::add);
        if (sources.size() != 1) {
            throw Problem.invalid(at + "file", "is needed as exactly one of file (a form's part), base64 and url");
        }
        return sources.getFirst();
    }

    private NewMessage message(String at, JsonObject body, Intake.Source source) {
        Intake.Taken taken = taken(at, body, source);
        return new NewMessage(
                MessageOperations.recipient(body),
                taken.content(),
                Optional.of(taken.hash()),
                Optional.ofNullable(body.getString("quotedMessageId")),
                MessageOperations.strings(body, "mentions"),
                false,
                at);
    }

    private Intake.Taken taken(String at, JsonObject body, Intake.Source source) {
        String caption = Drafts.caption(at, body.getString("caption", ""));
        return intake.take(
                at,
                source,
                new Intake.Said(
                        Optional.ofNullable(body.getString("mediaType")).map(Content.Kind::of),
                        Optional.ofNullable(body.getString("fileName")),
                        Optional.ofNullable(body.getString("mimetype")),
                        caption));
    }

    /** A link that opens the file of a message for a while. */
    public Answer link(Ask ask) {
        Message message = messages.get(ask.reach(), ask.text("deviceId"), ask.text("messageId"));
        if (!(message.content() instanceof Content.Media file)) {
            throw Problem.of(Code.NOT_FOUND, "This message has no file");
        }
        if (message.file().state().equals("wanted")) {
            throw Problem.later(Code.NOT_AVAILABLE, "The file is still being brought from WhatsApp", SOON);
        }
        Media.Stored stored =
                message.file().hash().flatMap(hash -> media.get(hash).await()).orElseThrow(MediaOperations::gone);
        MediaLinks.Link link = links.link(stored.hash(), file.fileName().orElse(""));
        return Answer.ok(
                "Link to the file",
                new JsonObject()
                        .put("url", link.url().toString())
                        .put("expiresAt", Timestamps.write(link.expiresAt()))
                        .put("mimetype", stored.mimetype())
                        .put("fileName", file.fileName().orElse(null))
                        .put("size", stored.size()));
    }

    private static Problem gone() {
        return Problem.of(Code.MEDIA_GONE, "The file is no longer kept");
    }

    /** The file that a link opens. */
    public Answer open(Ask ask) {
        MediaLinks.Opened opened = links.open(ask.text("token"));
        Media.Stored stored = media.get(opened.hash()).await().orElseThrow(MediaOperations::gone);
        var file = media.file(stored.hash()).await();
        String type = stored.mimetype().split(";", 2)[0].strip();
        boolean safe = SHOWN.contains(type) || type.startsWith("audio/");
        String name =
                URLEncoder.encode(opened.fileName(), StandardCharsets.UTF_8).replace("+", "%20");
        Map<String, String> headers = new java.util.LinkedHashMap<>();
        headers.put(
                "Content-Disposition",
                (safe ? "inline" : "attachment") + (name.isEmpty() ? "" : "; filename*=UTF-8''" + name));
        headers.put("Accept-Ranges", "bytes");
        return ask.optionalText("Range")
                .flatMap(range -> part(range, stored.size()))
                .map(part -> {
                    headers.put(
                            "Content-Range",
                            "bytes " + part.from() + "-" + (part.from() + part.length() - 1) + "/" + stored.size());
                    return new Answer.Local(206, type, headers, file, part.from(), part.length());
                })
                .orElseGet(() -> new Answer.Local(200, type, headers, file, 0, stored.size()));
    }

    private record Part(long from, long length) {}

    /** One range that the file has; anything else is answered with the whole file, as RFC 9110 allows. */
    private static Optional<Part> part(String range, long size) {
        Matcher asked = RANGE.matcher(range);
        if (!asked.matches() || (asked.group(1) == null && asked.group(2) == null)) {
            return Optional.empty();
        }
        long from = asked.group(1) == null
                ? Math.max(0, size - Long.parseLong(asked.group(2)))
                : Long.parseLong(asked.group(1));
        long last = asked.group(1) == null || asked.group(2) == null
                ? size - 1
                : Math.min(size - 1, Long.parseLong(asked.group(2)));
        return from <= last && from < size ? Optional.of(new Part(from, last - from + 1)) : Optional.empty();
    }
}
