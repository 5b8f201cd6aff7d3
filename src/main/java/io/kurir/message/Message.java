package io.kurir.message;

import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The durable record of one message.
 *
 * @param id ours
 * @param stanzaId WhatsApp's short id, minted when the message was accepted
 * @param phase of an outgoing message; an incoming one is {@code RECEIVED}
 * @param failure why it failed, when it did
 * @param steps what happened to it, oldest first
 * @param file of {@link Content.Media}
 */
public record Message(
        long id,
        String stanzaId,
        String deviceId,
        boolean outgoing,
        Jid chat,
        Optional<Jid> author,
        Content content,
        Optional<String> quoted,
        Phase phase,
        Ack ack,
        int attempts,
        Optional<String> failure,
        Instant createdAt,
        Optional<Instant> sentAt,
        List<Step> steps,
        File file,
        Changes changes) {

    /** The file of a message: its hash once we have it; {@code state} is {@code wanted}, {@code stored} or {@code gone}. */
    public record File(Optional<String> hash, String state) {
        static final File NONE = new File(Optional.empty(), "stored");
    }

    /** What was done to a message later. */
    public record Changes(Optional<Instant> editedAt, Optional<Instant> revokedAt, List<Opinion> opinions) {
        static final Changes NONE = new Changes(Optional.empty(), Optional.empty(), List.of());
    }

    /** Somebody's present reaction ({@code emoji}) or vote ({@code options}). */
    public record Opinion(String from, boolean fromMe, Optional<String> emoji, List<String> options, Instant at) {}

    /** Its words: the text, a caption, a poll's question. */
    public String text() {
        return content.words();
    }

    /**
     * What Kurir has done with an outgoing message; how far WhatsApp brought it is its {@link Ack}. Any ack of the server or more makes the phase
     * {@code SENT}, whatever it was before.
     *
     * <pre>
     * scheduled ──► queued ──► sending ──► sent
     *                 ▲  │        │  └───► failed     only by the attempt that failed, and only while there is no ack
     *                 │  └─► cancelled    only before dispatch
     *                 └─ retry ◄──┘
     * </pre>
     */
    public enum Phase {
        SCHEDULED,
        QUEUED,
        SENDING,
        SENT,
        FAILED,
        CANCELLED,
        RECEIVED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Phase of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** One thing that happened: {@code accepted, dispatched, retry, found, server, delivered, read, failed, cancelled …}. */
    public record Step(Instant at, String what, String detail) {}

    /** The native API's word: pending, sent, delivered, read or failed. */
    public String status() {
        return status(phase, ack);
    }

    public static String status(Phase phase, Ack ack) {
        return switch (ack) {
            case READ, PLAYED -> "read";
            case DELIVERED -> "delivered";
            case SERVER -> "sent";
            case NONE ->
                switch (phase) {
                    case SENT -> "sent";
                    case FAILED, CANCELLED -> "failed";
                    case SCHEDULED, QUEUED, SENDING -> "pending";
                    case RECEIVED -> "delivered";
                };
        };
    }
}
