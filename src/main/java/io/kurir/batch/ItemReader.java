package io.kurir.batch;

import io.kurir.contact.PhoneNumbers;
import io.kurir.http.BodyItems;
import io.kurir.http.Problem;
import io.kurir.http.Problem.Detail;
import io.kurir.media.Intake;
import io.kurir.message.Drafts;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the items of one request: the recipient, and what makes an item different from the others. Immutable.
 *
 * @param field the words' name in an item: {@code message} or {@code caption}
 * @param template what an item without words of its own says; empty: it must have some, unless it is a caption
 * @param fileForAll whether an item needs no file
 * @param to whom they all go, where the request says it
 * @param groups whether an item may go to a group, which is for admins only
 * @param country how a leading 0 is read
 */
record ItemReader(
        Field field,
        Optional<Template> template,
        boolean fileForAll,
        Optional<Jid> to,
        boolean groups,
        String country) {

    /** The words of a message, or of a file. */
    enum Field {
        MESSAGE("message", Drafts.LONGEST_TEXT),
        CAPTION("caption", Drafts.LONGEST_CAPTION);

        private final String word;
        private final int longest;

        Field(String word, int longest) {
            this.word = word;
            this.longest = longest;
        }
    }

    /** A file that an item brings itself. */
    record OwnFile(String at, Intake.Source source, Intake.Said said) {}

    /** One item, if nothing is wrong with it. */
    record Read(Optional<NewBatch.Item> item, Optional<OwnFile> file, List<Detail> wrong) {}

    Read read(String list, BodyItems.Item given) {
        String at = list + "[" + given.index() + "].";
        if (!given.wrong().isEmpty()) {
            return new Read(Optional.empty(), Optional.empty(), given.wrong());
        }
        List<Detail> wrong = new ArrayList<>();
        JsonObject item = given.value();
        Optional<Jid> chat = to.or(() -> recipient(at, item, wrong));
        JsonObject variables = variables(at, item, wrong);
        Optional<String> words = words(at, item, variables, wrong);
        Optional<OwnFile> file = field == Field.CAPTION ? file(at, item, words.orElse(""), wrong) : Optional.empty();
        if (!wrong.isEmpty() || chat.isEmpty()) {
            return new Read(Optional.empty(), Optional.empty(), wrong);
        }
        boolean own = words.isPresent() || template.isEmpty();
        NewBatch.Item read = new NewBatch.Item(
                given.index(),
                chat.get(),
                own ? Optional.of(words.orElse("")) : Optional.empty(),
                own || variables.isEmpty() ? Optional.empty() : Optional.of(variables),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Boolean.TRUE.equals(item.getValue("typing")));
        return new Read(Optional.of(read), file, List.of());
    }

    private Optional<Jid> recipient(String at, JsonObject item, List<Detail> wrong) {
        Object written = item.containsKey("to") ? item.getValue("to") : item.getValue("phone");
        if (!(written instanceof String number)) {
            wrong.add(new Detail(at + "to", written == null ? "is missing" : "must be string"));
            return Optional.empty();
        }
        try {
            Jid to = PhoneNumbers.recipient(at + "to", number, country);
            if (to.isGroup() && !groups) {
                wrong.add(new Detail(at + "to", "is a group: only an admin may write to groups"));
                return Optional.empty();
            }
            return Optional.of(to);
        } catch (Problem unreadable) {
            wrong.addAll(unreadable.details());
            return Optional.empty();
        }
    }

    private static JsonObject variables(String at, JsonObject item, List<Detail> wrong) {
        return switch (item.getValue("variables")) {
            case null -> new JsonObject();
            case JsonObject given -> given;
            default -> {
                wrong.add(new Detail(at + "variables", "must be object"));
                yield new JsonObject();
            }
        };
    }

    /** Its own; empty where the template says what it is. */
    private Optional<String> words(String at, JsonObject item, JsonObject variables, List<Detail> wrong) {
        Object own = item.getValue(field.word);
        if (own instanceof String words) {
            limit(at, words, wrong);
            return Optional.of(words);
        }
        if (own != null) {
            wrong.add(new Detail(at + field.word, "must be string"));
        } else if (template.isPresent()) {
            List<Detail> missing = template.get().check(at, variables);
            wrong.addAll(missing);
            if (missing.isEmpty()) {
                limit(at, template.get().fill(variables), wrong);
            }
        } else if (field == Field.MESSAGE) {
            wrong.add(new Detail(at + field.word, "is missing, and there is no template"));
        }
        return Optional.empty();
    }

    private void limit(String at, String words, List<Detail> wrong) {
        if (words.codePointCount(0, words.length()) > field.longest) {
            wrong.add(new Detail(at + field.word, "must have at most " + field.longest + " characters"));
        } else if (field == Field.MESSAGE && words.isBlank()) {
            wrong.add(new Detail(at + field.word, "must have 1 to " + field.longest + " characters"));
        }
    }

    private Optional<OwnFile> file(String at, JsonObject item, String words, List<Detail> wrong) {
        List<Intake.Source> sources = new ArrayList<>();
        text(at, item, "base64", wrong).map(Intake.Base64Text::new).ifPresent(sources::add);
        text(at, item, "url", wrong).map(Intake.Url::new).ifPresent(sources::add);
        if (sources.size() == 2 || (sources.isEmpty() && !fileForAll)) {
            wrong.add(new Detail(at + "file", "is needed as exactly one of base64 and url, here or once for all"));
        }
        Optional<String> kind = text(at, item, "mediaType", wrong);
        Optional<String> fileName = text(at, item, "fileName", wrong);
        Optional<String> mimetype = text(at, item, "mimetype", wrong);
        if (sources.size() != 1 || !wrong.isEmpty()) {
            return Optional.empty();
        }
        try {
            Intake.Said said = new Intake.Said(kind.map(Content.Kind::of), fileName, mimetype, words);
            return Optional.of(new OwnFile(at, sources.getFirst(), said));
        } catch (IllegalArgumentException unknown) {
            wrong.add(new Detail(at + "mediaType", "is not known"));
            return Optional.empty();
        }
    }

    private static Optional<String> text(String at, JsonObject item, String name, List<Detail> wrong) {
        return switch (item.getValue(name)) {
            case null -> Optional.empty();
            case String given -> Optional.of(given);
            default -> {
                wrong.add(new Detail(at + name, "must be string"));
                yield Optional.empty();
            }
        };
    }
}
