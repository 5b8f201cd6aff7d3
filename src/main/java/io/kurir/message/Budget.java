package io.kurir.message;

import java.time.Duration;

/** A token bucket: {@code perMinute} sends in the long run, {@code burst} at once. Belongs to one context. */
final class Budget {
    private final double perNano;
    private final int burst;
    private double level;
    private long sinceNanos;

    Budget(int perMinute, int burst, long nowNanos) {
        this.perNano = perMinute / (double) Duration.ofMinutes(1).toNanos();
        this.burst = burst;
        this.level = burst;
        this.sinceNanos = nowNanos;
    }

    /** How many may be sent now, at most {@code wanted}. */
    int available(int wanted, long nowNanos) {
        level = Math.min(burst, level + (nowNanos - sinceNanos) * perNano);
        sinceNanos = nowNanos;
        return (int) Math.min(wanted, Math.floor(level));
    }

    void take(int count) {
        level -= count;
    }

    /** Until the next one may be sent. */
    Duration untilNext(long nowNanos) {
        return available(1, nowNanos) > 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil((1 - level) / perNano));
    }
}
