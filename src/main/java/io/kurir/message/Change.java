package io.kurir.message;

import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Person;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;

/**
 * Something that was done to a message after it was sent: the last word of one {@code author} in one {@code kind} holds.
 *
 * @param author who reacted or voted; empty for an edit and a deletion
 * @param value what its event shows beside the message: {@code message}, {@code from}, {@code emoji}, {@code options}
 */
record Change(String stanzaId, Jid chat, Kind kind, String author, Instant at, JsonObject value) {
    /** The author of our own reactions. */
    static final String ME = "me";

    /** The last part of the event's type is the same word, except for the vote's. */
    enum Kind {
        EDIT,
        REVOKE,
        REACTION,
        VOTE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Of which only the latest counts. */
    record Key(String stanzaId, Kind kind, String author) {}

    Key key() {
        return new Key(stanzaId, kind, author);
    }

    static Change of(PageEvent.Edited edited) {
        return edit(edited.chat(), edited.stanzaId(), edited.text(), edited.at());
    }

    static Change edit(Jid chat, String stanzaId, String text, Instant at) {
        return new Change(stanzaId, chat, Kind.EDIT, "", at, JsonObject.of("message", text));
    }

    static Change of(PageEvent.Revoked revoked) {
        return revoke(revoked.chat(), revoked.stanzaId(), revoked.at());
    }

    static Change revoke(Jid chat, String stanzaId, Instant at) {
        return new Change(stanzaId, chat, Kind.REVOKE, "", at, new JsonObject());
    }

    static Change of(PageEvent.Reacted reacted) {
        JsonObject value =
                JsonObject.of("from", who(reacted.by()), "fromMe", reacted.fromMe(), "emoji", reacted.emoji());
        // by whatever name the page calls us, it is one reaction
        String author = reacted.fromMe() ? ME : who(reacted.by());
        return new Change(reacted.stanzaId(), reacted.chat(), Kind.REACTION, author, reacted.at(), value);
    }

    static Change of(PageEvent.Voted voted) {
        JsonObject value = JsonObject.of("from", who(voted.by()), "options", new JsonArray(voted.options()));
        return new Change(voted.stanzaId(), voted.chat(), Kind.VOTE, who(voted.by()), voted.at(), value);
    }

    private static String who(Person person) {
        return person.id().toString();
    }
}
