package io.kurir.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How long a retry waits, and how a device's budget refills. */
class PacingTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void aRetryWaitsBaseTimesFibonacci() {
        assertThat(IntStream.rangeClosed(1, 7).mapToObj(attempt -> Fibonacci.delay(Duration.ofSeconds(1), attempt)))
                .extracting(Duration::toSeconds)
                .containsExactly(1L, 1L, 2L, 3L, 5L, 8L, 13L);
        assertThat(Fibonacci.delay(Duration.ofSeconds(1), Integer.MAX_VALUE)).isPositive();
    }

    @Test
    void theBurstGoesAtOnceAndTheRestAtTheRate() {
        Budget budget = new Budget(60, 3, 0);
        assertThat(budget.available(10, 0)).isEqualTo(3);
        budget.take(3);
        assertThat(budget.available(10, 0)).isZero();
        assertThat(budget.untilNext(0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(budget.available(10, 2 * SECOND)).isEqualTo(2);
        assertThat(budget.available(10, 1_000 * SECOND)).isEqualTo(3);
    }
}
