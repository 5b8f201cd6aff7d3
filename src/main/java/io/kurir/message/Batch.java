package io.kurir.message;

import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Jid;
import java.time.Instant;
import java.util.Optional;

/**
 * Many messages of one request.
 *
 * @param kind {@code message} or {@code media}
 * @param started how many were handed to WhatsApp Web at least once
 */
public record Batch(
        String jobId,
        String deviceId,
        String kind,
        int total,
        int completed,
        int failed,
        int started,
        Instant createdAt) {

    /** One of its messages. */
    public record Item(
            int index,
            long id,
            String stanzaId,
            Jid chat,
            Message.Phase phase,
            Ack ack,
            Optional<String> failure,
            Instant createdAt,
            Optional<Instant> sentAt) {}

    public int pending() {
        return total - completed - failed;
    }

    /** {@code queued, processing, completed} or, when none could be sent, {@code failed}. */
    public String status() {
        if (pending() > 0) {
            return started == 0 ? "queued" : "processing";
        }
        return completed == 0 ? "failed" : "completed";
    }
}
