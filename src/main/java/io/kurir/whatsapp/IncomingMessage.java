package io.kurir.whatsapp;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message that the page holds and that we did not make: somebody else's, or one written on the phone itself.
 *
 * @param chat the conversation; a person's phone number where it is known, else the LID
 * @param chatLid the LID of the same person, where WhatsApp named one
 * @param author who wrote it in a group
 * @param type WhatsApp's word: {@code chat}, {@code image}, …, {@code ciphertext} for one that could not be decrypted
 * @param mentions people that the text names
 */
public record IncomingMessage(
        String stanzaId,
        Jid chat,
        Optional<Jid> chatLid,
        Optional<Jid> author,
        boolean fromMe,
        String type,
        Content content,
        List<Jid> mentions,
        String senderName,
        Optional<String> quoted,
        Ack ack,
        Instant at) {

    /** The words of its content. */
    public String text() {
        return content.words();
    }
}
