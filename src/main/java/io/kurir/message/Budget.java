package io.kurir.message;

import java.time.Duration;

/**
 * A token bucket: {@code perMinute} sends in the long run, {@code burst} at once. The lanes beyond the interactive one may be told to leave a reserve
 * in it. Belongs to one context.
 */
final class Budget {
    /** Of the burst. */
    private static final double RESERVE = 0.2;

    private double perNano;
    private int burst;
    private double level;
    private long sinceNanos;

    Budget(int perMinute, int burst, long nowNanos) {
        this.perNano = perNano(perMinute);
        this.burst = burst;
        this.level = burst;
        this.sinceNanos = nowNanos;
    }

    private static double perNano(int perMinute) {
        return perMinute / (double) Duration.ofMinutes(1).toNanos();
    }

    /** Other limits from now on; what was saved up stays, as far as the burst has room for it. */
    void limit(int perMinute, int most, long nowNanos) {
        level(nowNanos);
        perNano = perNano(perMinute);
        burst = most;
        level = Math.min(level, burst);
    }

    /** As an earlier owner left it, {@code ago} before now. */
    void restore(double saved, Duration ago, long nowNanos) {
        level = Math.clamp(saved + ago.toNanos() * perNano, 0, burst);
        sinceNanos = nowNanos;
    }

    double level(long nowNanos) {
        level = Math.min(burst, level + Math.max(0, nowNanos - sinceNanos) * perNano);
        sinceNanos = nowNanos;
        return level;
    }

    /** How many may be sent now, at most {@code wanted}. */
    int available(int wanted, long nowNanos) {
        return (int) Math.min(wanted, Math.floor(level(nowNanos)));
    }

    /** The same for those who leave the reserve in it. */
    int beyondReserve(int wanted, long nowNanos) {
        return (int) Math.max(0, Math.min(wanted, Math.floor(level(nowNanos)) - reserve()));
    }

    private int reserve() {
        return (int) (burst * RESERVE);
    }

    void take(int count) {
        level -= count;
    }

    /** Until the next one may be sent. */
    Duration untilNext(long nowNanos) {
        return until(1, nowNanos);
    }

    /** Until the next one may be sent that leaves the reserve. */
    Duration untilBeyondReserve(long nowNanos) {
        return until(reserve() + 1, nowNanos);
    }

    private Duration until(int wanted, long nowNanos) {
        double missing = wanted - level(nowNanos);
        return missing <= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(missing / perNano));
    }
}
