package io.kurir.session;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Which step brings a device back: the smallest one that can help against the trouble, the next larger one when trouble comes again before
 * the device was well for a while, and none after three.
 *
 * <pre>
 *   reload the page ──► reopen it ──► move it to a fresh browser ──► give up (state error)
 * </pre>
 *
 * Belongs to the session's context.
 */
final class Healing {
    static final int TRIES = 3;

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

    /** What is wrong, with the first and the last step that can help against it, and whether the first is taken at once. */
    enum Cause {
        /** The page's main thread does not answer, so it cannot reload itself either. */
        FROZEN(Step.REOPEN, Step.RESTART, true),
        /** The page is gone: closed or crashed. */
        CRASHED(Step.REOPEN, Step.RESTART, true),
        /** The browser is gone; reopening starts another one. */
        BROWSER(Step.REOPEN, Step.RESTART, true),
        /** WhatsApp's network was lost and the page did not find it again. A fresh browser would not find it either. */
        SOCKET(Step.RELOAD, Step.REOPEN, true),
        /** The page says that it is connected, and WhatsApp's server does not answer it. */
        DEAF(Step.RELOAD, Step.RESTART, true),
        /** The page cannot store. */
        STORE(Step.RELOAD, Step.RESTART, true),
        /** The page could not be opened, or showed neither a QR code nor a connection. */
        OPENING(Step.REOPEN, Step.RESTART, false),
        /** Another page of the same link took over. */
        REPLACED(Step.REOPEN, Step.REOPEN, false);

        private final Step first;
        private final Step last;
        private final boolean atOnce;

        Cause(Step first, Step last, boolean atOnce) {
            this.first = first;
            this.last = last;
            this.atOnce = atOnce;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A step of the ladder; {@code attempt} counts from 1. */
    record Try(Step step, Cause cause, int attempt, Duration delay) {}

    private final MeterRegistry meters;
    private final Duration backOff;
    private int attempts;
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
        attempts++;
        if (attempts > TRIES) {
            count("give_up", cause);
            return Optional.empty();
        }
        Step step = Step.at(Math.clamp(attempts - 1, cause.first.height, cause.last.height));
        count(step.word(), cause);
        Duration delay = attempts == 1 && cause.atOnce ? Duration.ZERO : backOff.multipliedBy(1L << (attempts - 1));
        return Optional.of(new Try(step, cause, attempts, delay));
    }

    private void count(String step, Cause cause) {
        meters.counter("kurir.healing", "step", step, "cause", cause.word()).increment();
    }

    /** Connected again: how long it took is noted, but the next trouble is still judged by those before. */
    void connected() {
        trouble.ifPresent(cause -> meters.timer("kurir.healing.duration", "cause", cause.word())
                .record(System.nanoTime() - since, TimeUnit.NANOSECONDS));
        trouble = Optional.empty();
    }

    int attempts() {
        return attempts;
    }

    /** Well for a while, or somebody asked for a new start. */
    void reset() {
        attempts = 0;
        trouble = Optional.empty();
    }
}
