package io.kurir.cluster;

import java.time.Duration;

/**
 * For how long an owner believes in its lease: ttl − margin from before it asked for the renewal. By the monotonic clock, which a machine that is
 * suspended stops, and by the wall clock, which goes on meanwhile: the earlier end counts, and a wall clock that jumps ahead costs no more
 * than a pause until the next renewal.
 */
record Trust(long untilNanos, long untilMillis) {
    /** Over by the wall clock, whatever that shows; halved, so that the subtraction does not overflow. */
    static final Trust NONE = new Trust(0, Long.MIN_VALUE / 2_000_000);

    static Trust from(long requestNanos, long requestMillis, Duration ttl, Duration margin) {
        Duration trusted = ttl.minus(margin);
        return new Trust(requestNanos + trusted.toNanos(), requestMillis + trusted.toMillis());
    }

    /** Zero when the lease is in doubt. */
    Duration remaining(long nowNanos, long nowMillis) {
        long byMonotonic = untilNanos - nowNanos;
        long byWall = (untilMillis - nowMillis) * 1_000_000;
        long nanos = Math.min(byMonotonic, byWall);
        return nanos <= 0 ? Duration.ZERO : Duration.ofNanos(nanos);
    }
}
