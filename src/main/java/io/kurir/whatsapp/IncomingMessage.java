package io.kurir.whatsapp;

import java.time.Instant;
import java.util.Optional;

/**
 * A message that the page holds and that we did not make: somebody else's, or one written on the phone itself.
 *
 * @param chat the conversation; a person's phone number where it is known, else the LID
 * @param chatLid the LID of the same person, where WhatsApp named one
 * @param type WhatsApp's word: {@code chat}, {@code image}, …, {@code ciphertext} for one that could not be decrypted
 */
public record IncomingMessage(
        String stanzaId,
        Jid chat,
        Optional<Jid> chatLid,
        Optional<Jid> author,
        boolean fromMe,
        String type,
        String text,
        String senderName,
        Optional<String> quoted,
        Ack ack,
        Instant at) {}
