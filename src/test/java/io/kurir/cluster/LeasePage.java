package io.kurir.cluster;

import java.time.Duration;

/**
 * A page in the model, with the dead man's switch of {@code fence.js}: it knows what it was told and its machine's clocks. It goes on whatever becomes
 * of the process that opened it.
 */
final class LeasePage {
    private final LeaseMachine machine;
    private final boolean wallClock;
    final long epoch;
    final String node;
    private long untilNanos;
    private long untilMillis;
    private boolean tripped;
    private boolean ended;

    /** @param untilMillis by the machine's wall clock */
    LeasePage(LeaseMachine machine, String node, long epoch, long untilMillis, Flaw flaw) {
        this.machine = machine;
        this.node = node;
        this.epoch = epoch;
        this.wallClock = flaw != Flaw.NO_WALL_CLOCK;
        this.untilMillis = untilMillis;
        this.untilNanos = machine.nanos() + (untilMillis - machine.millis()) * 1_000_000;
    }

    /** A page that is asleep does not look, nor send. */
    boolean fenced() {
        boolean late = machine.nanos() >= untilNanos || (wallClock && machine.millis() >= untilMillis);
        tripped |= !machine.asleep() && late;
        return tripped;
    }

    boolean maySend() {
        return !ended && !machine.asleep() && !fenced();
    }

    void extend(Duration remaining, long sentAt) {
        if (ended || fenced()) {
            return;
        }
        long left = remaining.toMillis();
        if (wallClock) {
            left = Math.min(left, sentAt + remaining.toMillis() - machine.millis());
        }
        untilNanos = machine.nanos() + left * 1_000_000;
        untilMillis = machine.millis() + left;
    }

    /** Closed, or killed with its browser: nothing of it is under way any more. */
    void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    @Override
    public String toString() {
        return node + "'s page of epoch " + epoch;
    }
}
