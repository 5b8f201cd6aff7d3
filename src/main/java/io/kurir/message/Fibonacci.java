package io.kurir.message;

import java.time.Duration;

/** The wait before the next attempt: base × 1, 1, 2, 3, 5, 8 … */
final class Fibonacci {
    // fib(40) is 102 million: a day in ms at the default base; nobody waits longer
    private static final int MOST = 40;

    private Fibonacci() {}

    /** {@code attempt} counts from 1. */
    static Duration delay(Duration base, int attempt) {
        long before = 0;
        long now = 1;
        for (int i = 1; i < Math.min(attempt, MOST); i++) {
            long next = before + now;
            before = now;
            now = next;
        }
        return base.multipliedBy(now);
    }
}
