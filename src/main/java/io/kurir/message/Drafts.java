package io.kurir.message;

import io.kurir.http.Problem;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import java.util.HashSet;
import java.util.List;

/** The limits of what may be sent; mentions are written into the words. */
public final class Drafts {
    public static final int LONGEST_TEXT = 4096;
    public static final int LONGEST_CAPTION = 1024;
    private static final int LONGEST_QUESTION = 255;
    private static final int LONGEST_OPTION = 100;
    private static final int MOST_OPTIONS = 12;
    private static final int LONGEST_NAME = 255;
    private static final int MOST_CARDS = 50;

    private Drafts() {}

    /** As it goes out. Throws {@code INVALID_PAYLOAD}; {@code at} stands before the names of fields. */
    static Content finished(String at, Content content, List<Jid> mentions) {
        return switch (content) {
            case Content.Text text -> {
                String field = at + "message";
                String words = Mentions.write(field, text.text(), mentions);
                if (words.isBlank()) {
                    throw Problem.invalid(field, "must have 1 to " + LONGEST_TEXT + " characters");
                }
                yield new Content.Text(words(field, words, LONGEST_TEXT));
            }
            case Content.Media media ->
                new Content.Media(
                        media.kind(),
                        media.mimetype(),
                        media.fileName(),
                        media.size(),
                        caption(at, Mentions.write(at + "caption", media.caption(), mentions)));
            case Content.Location place -> location(place);
            case Content.Contacts contacts -> contacts(contacts);
            case Content.Poll poll -> poll(poll);
            case Content.Other other -> throw new IllegalArgumentException("cannot be sent: " + other.type());
        };
    }

    /** {@code most} characters at most, and none that cannot be stored. */
    static String words(String field, String words, int most) {
        if (words.codePointCount(0, words.length()) > most) {
            throw Problem.invalid(field, "must have at most " + most + " characters");
        }
        if (words.indexOf('\0') >= 0) {
            throw Problem.invalid(field, "must not contain NUL characters");
        }
        return words;
    }

    /** A caption, before its file is brought. */
    public static String caption(String at, String caption) {
        return words(at + "caption", caption, LONGEST_CAPTION);
    }

    private static Content location(Content.Location place) {
        if (!(Math.abs(place.latitude()) <= 90)) {
            throw Problem.invalid("latitude", "must be from -90 to 90");
        }
        if (!(Math.abs(place.longitude()) <= 180)) {
            throw Problem.invalid("longitude", "must be from -180 to 180");
        }
        words("name", place.name(), LONGEST_NAME);
        words("address", place.address(), LONGEST_NAME);
        return place;
    }

    private static Content contacts(Content.Contacts contacts) {
        if (contacts.cards().isEmpty() || contacts.cards().size() > MOST_CARDS) {
            throw Problem.invalid("contacts", "must have 1 to " + MOST_CARDS + " items");
        }
        contacts.cards().forEach(card -> {
            if (card.name().isBlank()) {
                throw Problem.invalid("contacts", "need a name each");
            }
            words("contacts", card.name(), LONGEST_NAME);
        });
        return contacts;
    }

    private static Content poll(Content.Poll poll) {
        if (poll.question().isBlank()) {
            throw Problem.invalid("question", "must not be empty");
        }
        words("question", poll.question(), LONGEST_QUESTION);
        int count = poll.options().size();
        if (count < 2 || count > MOST_OPTIONS) {
            throw Problem.invalid("options", "must have 2 to " + MOST_OPTIONS + " items");
        }
        if (poll.options().stream().anyMatch(String::isBlank)) {
            throw Problem.invalid("options", "must not be empty");
        }
        poll.options().forEach(option -> words("options", option, LONGEST_OPTION));
        if (new HashSet<>(poll.options().stream().map(String::strip).toList()).size() != count) {
            throw Problem.invalid("options", "has an item twice");
        }
        if (poll.selectable() < 0 || poll.selectable() > count) {
            throw Problem.invalid("selectable", "must be from 0 to " + count);
        }
        return poll;
    }
}
