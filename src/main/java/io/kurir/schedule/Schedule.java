package io.kurir.schedule;

import io.kurir.message.Draft;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A message that becomes due: once, or again and again.
 *
 * @param name made up, or from the seed of a request's idempotency key
 * @param localTime of a one-off, as it was written
 * @param cron of a repeated one
 * @param dueAt of the next run, or of the last one where there is none any more
 * @param stanzaId of a one-off its message's; of a repeated one its last run's
 * @param runs how many messages it made ready
 * @param skipped how many times it was due and nothing was sent
 * @param lastAt when the last run was due
 * @param late whether the last run was
 */
public record Schedule(
        long id,
        String name,
        String deviceId,
        State state,
        Draft draft,
        Optional<String> localTime,
        Optional<String> cron,
        String timezone,
        Missed missed,
        Instant dueAt,
        Optional<String> stanzaId,
        int runs,
        int skipped,
        Optional<Instant> lastAt,
        boolean late,
        Instant createdAt,
        Instant updatedAt) {

    /**
     * <pre>
     * active ──► done        one-off: its message was released; repeated: there is no further time
     *   │  └───► skipped     one-off: missed by more than schedule.late-after, and it says skip
     *   └──────► cancelled   by its owner
     * </pre>
     */
    public enum State {
        ACTIVE,
        DONE,
        SKIPPED,
        CANCELLED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static State of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** What becomes of a run that was due while nobody could make it: sent once and marked late, or left out. */
    public enum Missed {
        SEND,
        SKIP;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Missed of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Empty when it will not run any more. */
    public Optional<Instant> nextAt() {
        return state == State.ACTIVE ? Optional.of(dueAt) : Optional.empty();
    }
}
