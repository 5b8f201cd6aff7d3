package io.kurir.whatsapp;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One message to submit.
 *
 * @param stanzaId WhatsApp's short id, minted by us before the first attempt and the same in each
 * @param file the bytes of {@link Content.Media}, on a disk that the browser reads; empty for everything else
 * @param quoted stanza id of the message that this one answers; it must be in the same chat
 * @param typing show "typing…" first
 */
public record OutgoingMessage(
        String stanzaId,
        Jid to,
        Content content,
        Optional<Path> file,
        Optional<String> quoted,
        List<Jid> mentions,
        boolean typing) {

    /** A plain text. */
    public static OutgoingMessage text(String stanzaId, Jid to, String text) {
        return new OutgoingMessage(
                stanzaId, to, new Content.Text(text), Optional.empty(), Optional.empty(), List.of(), false);
    }

    /** The same with the bytes of its file. */
    public OutgoingMessage with(Path bytes) {
        return new OutgoingMessage(stanzaId, to, content, Optional.of(bytes), quoted, mentions, typing);
    }
}
