package io.kurir.message;

import io.kurir.access.Reach;
import java.util.List;
import java.util.Optional;

/** Sending and looking up messages. To be called on a virtual thread. */
public final class Messages {

    /**
     * One text. {@code to} in any form that {@code product.md} allows: {@code +62…}, bare digits, {@code 08…} in the device's country,
     * or a JID.
     *
     * @param quoted the message that this one answers: our number, the stanza id, or the serialized form
     */
    public record NewText(String to, String text, Optional<String> quoted, List<String> mentions, boolean typing) {}

    /** {@code finished}: the server's ack is there, or the message has failed for good; else it goes on by itself. */
    public record Sent(Message message, boolean finished) {}

    /**
     * Accepts a text and waits for the server's ack, at most {@code send.sync-timeout}. Committed before anything is dispatched.
     *
     * @throws io.kurir.http.Problem {@code INVALID_PAYLOAD} (number, quote), {@code SESSION_NOT_READY}, {@code NUMBER_NOT_ON_WHATSAPP}: nothing stored.
     *     {@code RATE_LIMITED}: too many wait already. {@code NOT_AVAILABLE}: not dispatched in time and cancelled, nothing was sent.
     *     {@code SEND_FAILED}: WhatsApp refused it for good.
     */
    public Sent send(Reach reach, String deviceId, NewText text) {
        throw new IllegalStateException();
    }

    /** By our number, the stanza id, or the serialized form; {@code MESSAGE_NOT_FOUND} else. */
    public Message get(Reach reach, String deviceId, String anyId) {
        throw new IllegalStateException();
    }
}
