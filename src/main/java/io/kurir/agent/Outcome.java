package io.kurir.agent;

import java.time.Instant;
import java.util.Optional;

/** What becomes of a run. */
sealed interface Outcome {

    /** The endpoint has answered; empty: with nothing to say. */
    record Done(Optional<String> reply) implements Outcome {}

    /** Not answered, which counts against it; called again at {@code at}. */
    record Retry(Instant at, String why) implements Outcome {}

    /** Nobody was there: it does not count, and it waits; {@code alert}: this call has found out. */
    record Snooze(Instant until, String why, boolean alert) implements Outcome {}

    /** Not answered, and not tried again; the chat goes on. */
    record GiveUp(String why) implements Outcome {}

    /** There is nobody who should answer. */
    record Skip(String why) implements Outcome {}

    /** For metrics. */
    default String word() {
        return switch (this) {
            case Done _ -> "answered";
            case Retry _ -> "retried";
            case Snooze _ -> "snoozed";
            case GiveUp _ -> "failed";
            case Skip _ -> "skipped";
        };
    }
}
