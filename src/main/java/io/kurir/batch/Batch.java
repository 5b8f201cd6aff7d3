package io.kurir.batch;

import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonArray;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Many messages of one request.
 *
 * <pre>
 *                                  ┌──────────────── paused ◄─────────────┐
 *                                  │ resumed          │  ▲  pause_reason  │ paused
 *                                  ▼                  │  │ user, link,    │
 *   staging ──published──► queued ─┴─first item due─► │ processing ───────┘
 *      │                     │                        │  │
 *      │ abandoned           └───────┬────────────────┘  ├─ all have an outcome, some sent ──► completed
 *      ▼                             ▼                   └─ all have an outcome, none sent ──► failed
 *   (deleted)                    cancelled ◄── cancelled by the user from queued, processing, paused
 * </pre>
 *
 * A paused batch goes back to where it came from, and completes too when what it had handed over before gets its outcome. A late
 * acknowledgement can still turn {@code failed} into {@code completed}, and counts whatever the state is.
 *
 * @param kind {@code message} or {@code media}
 * @param total how many messages; what is repeated in the request is not among them
 * @param cancelled those that were never handed to WhatsApp Web because the batch was cancelled
 * @param pauseReason {@code user}, {@code link} (logged out), {@code restriction} (by WhatsApp)
 * @param pace how fast; its delay is empty for 2 to 5 s at random
 * @param startsAt when it was asked to start later
 * @param duplicates {@code [{index, of, to}]}, the first thousand of {@code repeated}
 * @param name for people, where the request gave it one
 */
public record Batch(
        long id,
        String jobId,
        String deviceId,
        String kind,
        State state,
        Optional<String> pauseReason,
        int total,
        int completed,
        int failed,
        int cancelled,
        Pace pace,
        Optional<Instant> startsAt,
        int repeated,
        JsonArray duplicates,
        Instant createdAt,
        Optional<Instant> endedAt,
        Optional<String> name) {

    /** See the drawing at {@link Batch}. */
    public enum State {
        STAGING,
        QUEUED,
        PROCESSING,
        PAUSED,
        COMPLETED,
        FAILED,
        CANCELLED;

        /** As stored and as the API says it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * One of its messages.
     *
     * @param state the message's phase, {@code pending} before there is one, {@code cancelled} when there will be none
     * @param status the word that webhooks and answers have for a message; {@code pending} and {@code cancelled} likewise
     * @param at of the server's acknowledgement, else of the acceptance
     */
    public record Item(
            int index,
            Optional<Long> id,
            Optional<String> stanzaId,
            Jid chat,
            String status,
            String state,
            int attempts,
            Optional<String> failure,
            Instant at) {}

    public int pending() {
        return total - completed - failed - cancelled;
    }
}
