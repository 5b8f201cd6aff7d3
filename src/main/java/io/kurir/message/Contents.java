package io.kurir.message;

import io.kurir.whatsapp.Content;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a message says, as it is stored and as the API and the events show it; a plain text has nothing beside its words. */
public final class Contents {
    static final String MEDIA = "media";
    private static final String LOCATION = "location";
    private static final String CONTACTS = "contacts";
    private static final String POLL = "poll";
    /** WhatsApp's word for a text. */
    public static final String TEXT = "chat";

    private Contents() {}

    /** {@code {"media": {…}}}, {@code {"location": {…}}} …; empty for a text and for what we do not read. */
    public static Optional<JsonObject> json(Content content) {
        return switch (content) {
            case Content.Text _, Content.Other _ -> Optional.empty();
            case Content.Media media ->
                Optional.of(JsonObject.of(
                        MEDIA,
                        JsonObject.of(
                                "kind", media.kind().word(),
                                "mimetype", media.mimetype(),
                                "fileName", media.fileName().orElse(null),
                                "size", media.size())));
            case Content.Location place ->
                Optional.of(JsonObject.of(
                        LOCATION,
                        JsonObject.of(
                                "latitude", place.latitude(),
                                "longitude", place.longitude(),
                                "name", place.name(),
                                "address", place.address())));
            case Content.Contacts contacts -> {
                JsonArray cards = new JsonArray();
                contacts.cards().forEach(card -> cards.add(JsonObject.of("name", card.name(), "phone", card.phone())));
                yield Optional.of(JsonObject.of(CONTACTS, cards));
            }
            case Content.Poll poll ->
                Optional.of(JsonObject.of(
                        POLL,
                        JsonObject.of(
                                "question",
                                poll.question(),
                                "options",
                                new JsonArray(poll.options()),
                                "selectable",
                                poll.selectable())));
        };
    }

    /** From what is stored: the column {@code content}, the words, and WhatsApp's word for the type. */
    public static Content read(Optional<JsonObject> stored, String words, String type) {
        JsonObject json = stored.orElseGet(JsonObject::new);
        if (json.getValue(MEDIA) instanceof JsonObject media) {
            return new Content.Media(
                    Content.Kind.of(media.getString("kind")),
                    media.getString("mimetype"),
                    Optional.ofNullable(media.getString("fileName")),
                    media.getLong("size"),
                    words);
        }
        if (json.getValue(LOCATION) instanceof JsonObject place) {
            return new Content.Location(
                    place.getDouble("latitude"),
                    place.getDouble("longitude"),
                    place.getString("name", ""),
                    place.getString("address", ""));
        }
        if (json.getValue(CONTACTS) instanceof JsonArray cards) {
            List<Content.Card> read = new ArrayList<>();
            for (int i = 0; i < cards.size(); i++) {
                JsonObject card = cards.getJsonObject(i);
                read.add(new Content.Card(card.getString("name"), card.getString("phone")));
            }
            return new Content.Contacts(List.copyOf(read));
        }
        if (json.getValue(POLL) instanceof JsonObject poll) {
            List<String> options = poll.getJsonArray("options").stream()
                    .map(String.class::cast)
                    .toList();
            return new Content.Poll(poll.getString("question"), options, poll.getInteger("selectable"));
        }
        return type.equals(TEXT) || !words.isEmpty() ? new Content.Text(words) : new Content.Other(type);
    }

    /** The API's word: {@code text, image, video, audio, voice, document, sticker, location, contacts, poll}, or WhatsApp's own for the rest. */
    public static String word(Content content) {
        return switch (content) {
            case Content.Text _ -> "text";
            case Content.Media media -> media.kind().word();
            case Content.Location _ -> LOCATION;
            case Content.Contacts _ -> CONTACTS;
            case Content.Poll _ -> POLL;
            case Content.Other other -> other.type();
        };
    }

    /** WhatsApp's word, as the column {@code type} has it. */
    static String type(Content content) {
        return switch (content) {
            case Content.Text _ -> TEXT;
            case Content.Media media ->
                media.kind() == Content.Kind.VOICE ? "ptt" : media.kind().word();
            case Content.Location _ -> LOCATION;
            case Content.Contacts contacts -> contacts.cards().size() == 1 ? "vcard" : "multi_vcard";
            case Content.Poll _ -> "poll_creation";
            case Content.Other other -> other.type();
        };
    }
}
