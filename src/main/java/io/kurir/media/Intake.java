package io.kurir.media;

import io.kurir.Settings;
import io.kurir.http.Problem;
import io.kurir.http.Problem.Code;
import io.kurir.outbound.Outbound;
import io.kurir.outbound.UrlGuard;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Content.Kind;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

/** Takes files in from those who send them: brought to the disk, looked at, kept. To be called on a virtual thread. */
public final class Intake {

    /** Where a file is to come from. */
    public sealed interface Source {}

    /** A part of a form, on the disk already; it is taken over. */
    public record Uploaded(Path file, String fileName, String mimetype) implements Source {}

    /** RFC 4648, also as a {@code data:} URL. */
    public record Base64Text(String text) implements Source {}

    public record Url(String url) implements Source {}

    /**
     * What the sender says of the file.
     *
     * @param kind empty: what the content suggests
     * @param mimetype checked against the content
     */
    public record Said(Optional<Kind> kind, Optional<String> fileName, Optional<String> mimetype, String caption) {}

    /** A file that is committed. */
    public record Taken(Content.Media content, String hash) {}

    /** {@code field}: what the source is called in the request. */
    private record Brought(String field, Path file, Optional<String> fileName, Optional<String> mimetype) {}

    private final Vertx vertx;
    private final Media media;
    private final Outbound outbound;
    private final Settings.Media settings;

    public Intake(Vertx vertx, Media media, Outbound outbound) {
        this.vertx = vertx;
        this.media = media;
        this.outbound = outbound;
        this.settings = media.settings();
    }

    /** As {@link #take(String, Source, Said, long)}, as large as any file may be. */
    public Taken take(String at, Source source, Said said) {
        return take(at, source, said, settings.maxSize());
    }

    /**
     * Takes one file in; nothing is kept when it is refused.
     *
     * @param at what stands before the names of fields in a complaint, such as {@code items[3].}; mostly empty
     * @param most bytes, where that is less than any file may have
     * @throws Problem {@code MEDIA_TOO_LARGE}, {@code MEDIA_TYPE_NOT_ALLOWED}, {@code MEDIA_FETCH_FAILED}, {@code BAD_GATEWAY},
     *     {@code INVALID_PAYLOAD}
     */
    public Taken take(String at, Source source, Said said, long most) {
        long limit = Math.min(most, settings.maxSize());
        Brought brought = bring(at, source, limit);
        try {
            return keep(at, brought, said, limit);
        } finally {
            vertx.executeBlocking(() -> Files.deleteIfExists(brought.file()), false)
                    .await();
        }
    }

    private Brought bring(String at, Source source, long limit) {
        return switch (source) {
            case Uploaded part ->
                new Brought(
                        at + "file",
                        part.file(),
                        Optional.of(part.fileName()).filter(name -> !name.isBlank()),
                        Optional.of(part.mimetype()).filter(type -> !type.isBlank()));
            case Base64Text encoded -> decode(at + "base64", encoded.text(), limit);
            case Url url -> fetch(at + "url", url.url(), limit);
        };
    }

    private Brought decode(String field, String text, long limit) {
        Path into = media.unfinished().await();
        Optional<String> declared;
        try {
            declared = blocking(() -> Base64Files.decode(field, text, into, limit));
        } catch (Base64Files.TooLarge e) {
            throw tooLarge(limit);
        }
        return new Brought(field, into, Optional.empty(), declared);
    }

    private Brought fetch(String field, String url, long limit) {
        Path into = media.unfinished().await();
        Outbound.Head head;
        try {
            head = outbound.download(Outbound.Call.get(url, settings.fetchTimeout(), limit), into)
                    .await();
        } catch (Outbound.TooLarge e) {
            throw tooLarge(limit);
        } catch (UrlGuard.Blocked e) {
            throw Problem.about(Code.MEDIA_FETCH_FAILED, field, String.valueOf(e.getMessage()));
        } catch (Exception e) {
            String why = e instanceof TimeoutException ? String.valueOf(e.getMessage()) : "cannot be reached";
            throw Problem.about(Code.BAD_GATEWAY, field, why);
        }
        if (head.status() != 200) {
            Code code = head.status() >= 500 ? Code.BAD_GATEWAY : Code.MEDIA_FETCH_FAILED;
            throw Problem.about(code, field, "answers with status " + head.status());
        }
        return new Brought(field, into, nameIn(head.from()), Optional.empty());
    }

    private static Optional<String> nameIn(URI uri) {
        String path = Optional.ofNullable(uri.getPath()).orElse("");
        return Optional.of(path.substring(path.lastIndexOf('/') + 1)).filter(name -> name.indexOf('.') > 0);
    }

    private Taken keep(String at, Brought brought, Said said, long limit) {
        long size = blocking(() -> Files.size(brought.file()));
        if (size > limit) {
            throw tooLarge(limit);
        }
        if (size == 0) {
            throw Problem.invalid(brought.field(), "is empty");
        }
        Optional<String> fileName = said.fileName().or(brought::fileName).map(FileNames::safe);
        Optional<String> declared = said.mimetype().or(brought::mimetype).flatMap(ContentTypes::canonical);
        String type = blocking(() -> ContentTypes.detect(brought.file(), fileName, declared));
        declared.filter(other -> !other.equals(type)).ifPresent(other -> {
            throw Problem.invalid(at + "mimetype", "says " + other + ", but the content is " + type);
        });
        if (!settings.types().contains(type)) {
            throw Problem.about(Code.MEDIA_TYPE_NOT_ALLOWED, brought.field(), "is " + type + ", which may not be sent");
        }
        Kind kind = said.kind().orElseGet(() -> kind(type));
        if (!fits(kind, type)) {
            throw Problem.invalid(at + "mediaType", "is " + kind.word() + ", but the file is " + type);
        }
        Media.Stored stored = media.keep(brought.file(), type).await();
        Optional<String> shown =
                fileName.or(() -> kind == Kind.DOCUMENT ? Optional.of(FileNames.made(type)) : Optional.empty());
        return new Taken(new Content.Media(kind, type, shown, stored.size(), said.caption()), stored.hash());
    }

    private static Kind kind(String type) {
        return switch (type.substring(0, type.indexOf('/'))) {
            case "image" -> fits(Kind.IMAGE, type) ? Kind.IMAGE : Kind.DOCUMENT;
            case "video" -> Kind.VIDEO;
            case "audio" -> Kind.AUDIO;
            default -> Kind.DOCUMENT;
        };
    }

    private static boolean fits(Kind kind, String type) {
        return switch (kind) {
            case IMAGE -> type.startsWith("image/") && !type.equals("image/svg+xml");
            case VIDEO -> type.startsWith("video/");
            case AUDIO, VOICE -> type.startsWith("audio/");
            case STICKER -> type.equals("image/webp");
            case DOCUMENT -> true;
        };
    }

    private static Problem tooLarge(long limit) {
        return Problem.of(Code.MEDIA_TOO_LARGE, "The file is larger than " + limit + " bytes");
    }

    private <T> T blocking(Callable<T> deed) {
        return vertx.executeBlocking(deed, false).await();
    }
}
