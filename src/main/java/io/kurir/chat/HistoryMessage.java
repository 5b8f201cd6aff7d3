package io.kurir.chat;

import io.kurir.message.Message;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import java.time.Instant;
import java.util.Optional;

/**
 * A message of a chat, from WhatsApp or from our own table.
 *
 * @param id ours; empty for one that only WhatsApp has
 * @param type WhatsApp's word
 * @param phase what we did with it; of one that only WhatsApp has: sent, or received
 * @param at when WhatsApp took it, where it has
 */
public record HistoryMessage(
        Optional<Long> id,
        String stanzaId,
        Jid chat,
        Optional<Jid> author,
        Optional<String> authorName,
        boolean outgoing,
        String type,
        String text,
        Optional<String> quoted,
        Message.Phase phase,
        Ack ack,
        Instant at) {

    static HistoryMessage of(IncomingMessage message, Jid chat) {
        return new HistoryMessage(
                Optional.empty(),
                message.stanzaId(),
                chat,
                message.author(),
                Optional.of(message.senderName()).filter(name -> !name.isEmpty()),
                message.fromMe(),
                message.type(),
                message.text(),
                message.quoted(),
                message.fromMe() ? Message.Phase.SENT : Message.Phase.RECEIVED,
                message.ack(),
                message.at());
    }

    HistoryMessage by(Optional<Jid> knownAuthor, Optional<String> name) {
        return new HistoryMessage(id, stanzaId, chat, knownAuthor, name, outgoing, type, text, quoted, phase, ack, at);
    }

    /** Ours, with the time that WhatsApp says, and its ack if that is the higher one. */
    HistoryMessage with(HistoryMessage seen) {
        Ack higher = ack.reached(seen.ack) ? ack : seen.ack;
        return new HistoryMessage(
                id, stanzaId, chat, author, authorName, outgoing, type, text, quoted, phase, higher, seen.at);
    }

    /** The native API's word. */
    String status() {
        return Message.status(phase, ack);
    }
}
