package io.kurir.whatsapp;

import java.util.List;
import java.util.Optional;

/**
 * One text to submit.
 *
 * @param stanzaId WhatsApp's short id, minted by us before the first attempt and the same in each
 * @param quoted stanza id of the message that this one answers; it must be in the same chat
 * @param typing show "typing…" first
 */
public record OutgoingText(
        String stanzaId, Jid to, String text, Optional<String> quoted, List<Jid> mentions, boolean typing) {}
