package io.kurir.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How fast a batch goes.
 *
 * @param delay between two items; empty: 2 to 5 s, each time another
 * @param share percent of the device's budget that it may use at most, 1 to 100
 */
public record Pace(Optional<Duration> delay, Optional<Window> window, int share) {
    static final long SHORTEST_MS = 2_000;
    static final long LONGEST_MS = 5_000;
    /** What is later than this is not caught up with: after a pause nobody gets a shower. */
    private static final Duration CATCH_UP = Duration.ofSeconds(2);

    /** How many items are due now, and when the next one is. */
    record Turn(int count, Instant next) {}

    /**
     * @param due when the next item was due, not after {@code now}
     * @param most how many may go at once
     * @param perMinute the device's budget
     * @param random of 2,000 to 5,000
     */
    Turn turn(Instant due, Instant now, int most, int perMinute, LongSupplier random) {
        Instant open = window.map(daily -> daily.next(now)).orElse(now);
        if (open.isAfter(now)) {
            return new Turn(0, open);
        }
        Instant next = due.isBefore(now.minus(CATCH_UP)) ? now : due;
        int count = 0;
        while (count < most && !next.isAfter(now)) {
            count++;
            next = next.plusMillis(gap(perMinute, random));
        }
        Instant then = next.isBefore(now) ? now : next;
        return new Turn(count, window.map(daily -> daily.next(then)).orElse(then));
    }

    private long gap(int perMinute, LongSupplier random) {
        long own = delay.map(Duration::toMillis).orElseGet(random::getAsLong);
        long shared = share == 100 ? 0 : 60_000L * 100 / ((long) perMinute * share);
        return Math.max(own, shared);
    }

    /** How many of its messages may wait in the outbox: those of a slow batch are not to go out together after a device was away. */
    int ahead(int most) {
        boolean slow = delay.map(between -> between.toMillis() >= 200).orElse(true) || share < 100;
        return slow ? Math.min(2, most) : most;
    }
}
