package io.kurir.session;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Which step brings a device back: the smallest one that can help against the trouble, the next larger one when trouble comes again before
 * the device was well for a while. Given up is only what three steps in a row did not bring back: a device that comes back each time is
 * worth another one, however often.
 *
 * <pre>
 *   reload the page ──► reopen it ──► move it to a fresh browser ──► give up (state error)
 * </pre>
 *
 * Belongs to the session's context.
 */
final class Healing {
    static final int TRIES = 3;
    private static final Duration MOMENT = Duration.ofMillis(500);

    /** What is done; each step does more than the one before. */
    enum Step {
        RELOAD(0),
        REOPEN(1),
        RESTART(2);

        private final int height;

        Step(int height) {
            this.height = height;
        }

        static Step at(int height) {
            return height <= 0 ? RELOAD : height == 1 ? REOPEN : RESTART;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is wrong, with the first and the last step that can help against it, and how long before the first. */
    enum Cause {
        /** The page's main thread does not answer, so it cannot reload itself either. */
        FROZEN(Step.REOPEN, Step.RESTART, Wait.NONE),
        /** The page is gone: closed or crashed. A browser that dies closes its pages first. */
        CRASHED(Step.REOPEN, Step.RESTART, Wait.MOMENT),
        /** The browser is gone; reopening starts another one. */
        BROWSER(Step.REOPEN, Step.RESTART, Wait.NONE),
        /** WhatsApp's network was lost and the page did not find it again. A fresh browser would not find it either. */
        SOCKET(Step.RELOAD, Step.REOPEN, Wait.NONE),
        /** The page says that it is connected, and WhatsApp's server does not answer it. */
        DEAF(Step.RELOAD, Step.RESTART, Wait.NONE),
        /** The page cannot store. */
        STORE(Step.RELOAD, Step.RESTART, Wait.NONE),
        /** The page could not be opened, or showed neither a QR code nor a connection. */
        OPENING(Step.REOPEN, Step.RESTART, Wait.BACK_OFF),
        /** Another page of the same link took over. */
        REPLACED(Step.REOPEN, Step.REOPEN, Wait.BACK_OFF);

        /** Being connected does not disprove these: it is what the page said all the time. */
        private boolean outlastsConnection() {
            return this == DEAF || this == STORE || this == REPLACED;
        }

        private final Step first;
        private final Step last;
        private final Wait wait;

        Cause(Step first, Step last, Wait wait) {
            this.first = first;
            this.last = last;
            this.wait = wait;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How long before the first step. */
    private enum Wait {
        NONE,
        MOMENT,
        BACK_OFF
    }

    /** A step of the ladder; {@code attempt} counts from 1 since the device was last back. */
    record Try(Step step, Cause cause, int attempt, Duration delay) {}

    private final MeterRegistry meters;
    private final Duration backOff;
    /** Since the device was last well for a while: how large a step must be. */
    private int troubles;
    /** In a row without success: when to give up. */
    private int failures;

    private Optional<Cause> trouble = Optional.empty();
    private long since;

    /** @param backOff the wait before the first try that is not made at once; doubled with each */
    Healing(MeterRegistry meters, Duration backOff) {
        this.meters = meters;
        this.backOff = backOff;
    }

    /** What to do now; empty when enough was done. */
    Optional<Try> next(Cause cause) {
        if (trouble.isEmpty()) {
            since = System.nanoTime();
        }
        trouble = Optional.of(cause);
        troubles++;
        failures++;
        if (failures > TRIES) {
            count("give_up", cause);
            return Optional.empty();
        }
        Step step = Step.at(Math.clamp(troubles - 1, cause.first.height, cause.last.height));
        count(step.word(), cause);
        return Optional.of(new Try(step, cause, failures, delay(cause)));
    }

    private Duration delay(Cause cause) {
        if (failures > 1) {
            return backOff(failures);
        }
        // comes back each time and falls again: not as fast as it can
        return troubles > TRIES ? backOff(1) : first(cause);
    }

    private Duration first(Cause cause) {
        return switch (cause.wait) {
            case NONE -> Duration.ZERO;
            case MOMENT -> MOMENT;
            case BACK_OFF -> backOff(1);
        };
    }

    private Duration backOff(int attempt) {
        return backOff.multipliedBy(1L << (attempt - 1));
    }

    private void count(String step, Cause cause) {
        meters.counter("kurir.healing", "step", step, "cause", cause.word()).increment();
    }

    /** Connected again: how long it took is noted, but the next trouble is still judged by those before. */
    void connected() {
        trouble.ifPresent(cause -> meters.timer("kurir.healing.duration", "cause", cause.word())
                .record(System.nanoTime() - since, TimeUnit.NANOSECONDS));
        if (!trouble.map(Cause::outlastsConnection).orElse(false)) {
            failures = 0;
        }
        trouble = Optional.empty();
    }

    /** Since the device was last well for a while. */
    int troubles() {
        return troubles;
    }

    /** Steps in a row that did not bring the device back. */
    int attempts() {
        return failures;
    }

    /** Well for a while, or somebody asked for a new start. */
    void reset() {
        troubles = 0;
        failures = 0;
        trouble = Optional.empty();
    }
}
