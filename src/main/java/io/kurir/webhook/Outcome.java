package io.kurir.webhook;

import java.time.Instant;

/** What becomes of a delivery after a call. */
sealed interface Outcome {

    /** Taken. */
    record Done() implements Outcome {}

    /** Not taken, which counts against it; tried again at {@code at}. */
    record Retry(Instant at) implements Outcome {}

    /** Not taken because nobody was there: it does not count, and it waits for the circuit. */
    record Snooze() implements Outcome {}

    /** Not taken, and not tried again; the chat goes on. */
    record GiveUp(String state) implements Outcome {}

    /** For metrics. */
    default String word() {
        return switch (this) {
            case Done _ -> "delivered";
            case Retry _ -> "retried";
            case Snooze _ -> "snoozed";
            case GiveUp up -> up.state();
        };
    }
}
