package io.kurir.whatsapp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a message says. */
public sealed interface Content {

    record Text(String text) implements Content {}

    /**
     * A file.
     *
     * @param size in bytes
     * @param fileName what the recipient sees; WhatsApp shows it for documents only
     * @param caption empty where there is none
     */
    record Media(Kind kind, String mimetype, Optional<String> fileName, long size, String caption) implements Content {}

    /** Degrees; {@code name} and {@code address} are empty where unknown. */
    record Location(double latitude, double longitude, String name, String address) implements Content {}

    record Contacts(List<Card> cards) implements Content {}

    /** {@code phone}: the international digits; empty where the card that arrived has none. */
    record Card(String name, String phone) {}

    /** {@code selectable}: how many options a voter may choose; 0 for any number. */
    record Poll(String question, List<String> options, int selectable) implements Content {}

    /** What we do not read (yet), or what could not be decrypted ({@code ciphertext}); {@code type} is WhatsApp's word. */
    record Other(String type) implements Content {}

    /** How WhatsApp shows a file. */
    enum Kind {
        IMAGE,
        VIDEO,
        AUDIO,
        /** A voice note: OGG/Opus, shown with a wave form. */
        VOICE,
        DOCUMENT,
        /** WebP. */
        STICKER;

        /** As stored and as the API says it: {@code voice}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Kind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** The words of a message that a search would look at: the text, a caption, a poll's question, a place's name; else empty. */
    default String words() {
        return switch (this) {
            case Text text -> text.text();
            case Media media -> media.caption();
            case Poll poll -> poll.question();
            case Location place -> place.name();
            case Contacts _, Other _ -> "";
        };
    }
}
