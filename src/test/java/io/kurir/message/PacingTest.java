package io.kurir.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.whatsapp.Command;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

    @Test
    void otherLimitsCountFromThenOn() {
        Budget budget = new Budget(60, 10, 0);
        budget.take(10);
        budget.limit(120, 4, 1 * SECOND);
        assertThat(budget.available(64, 1 * SECOND))
                .as("saved up by the old rate")
                .isEqualTo(1);
        assertThat(budget.available(64, 2 * SECOND)).as("by the new one").isEqualTo(3);
        assertThat(budget.available(64, 1_000 * SECOND)).as("the new burst").isEqualTo(4);
    }

    @Test
    void aFifthOfTheBurstIsTheReserve() {
        Budget budget = new Budget(60, 10, 0);
        assertThat(budget.beyondReserve(64, 0)).isEqualTo(8);
        budget.take(8);
        assertThat(budget.beyondReserve(64, 0)).isZero();
        assertThat(budget.available(64, 0)).isEqualTo(2);
        assertThat(budget.untilBeyondReserve(0)).isEqualTo(Duration.ofSeconds(1));
        budget.take(2);
        assertThat(budget.untilBeyondReserve(0)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void whatAnEarlierOwnerLeftIsRefilledForTheTimeSince() {
        Budget budget = new Budget(60, 10, 0);
        budget.restore(-0.5, Duration.ofSeconds(3), 0);
        assertThat(budget.available(64, 0)).isEqualTo(2);
        budget.restore(4, Duration.ofHours(1), 0);
        assertThat(budget.available(64, 0)).isEqualTo(10);
    }

    @Test
    void theReserveIsForADeviceThatIsUsedInteractively() {
        Allowance allowance = new Allowance(new Budget(60, 10, 0), 0);
        assertThat(allowance.next(64, 0).cold()).isEqualTo(8);
        assertThat(allowance.next(64, Duration.ofMinutes(11).toNanos()).cold()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({
        "ERROR_UNKNOWN,AGAIN,ERROR_UNKNOWN",
        "RESTRICTED: ERROR_UNKNOWN,LATER,RESTRICTED: ERROR_UNKNOWN",
        "RESTRICTED,LATER,RESTRICTED",
        "ack -1,AGAIN,REFUSED: ack -1",
        "something: else,AGAIN,REFUSED: something: else"
    })
    void wordsOfThePageAreSortedByTheTable(String told, Fault.Remedy remedy, String stored) {
        Fault fault = Fault.ofWords(told);
        assertThat(fault.remedy()).isEqualTo(remedy);
        assertThat(fault.words(fault.detail(told))).isEqualTo(stored);
    }

    @ParameterizedTest
    @EnumSource(Command.Reason.class)
    void everyReasonOfThePageHasItsPlaceInTheTable(Command.Reason reason) {
        assertThat(Fault.of(reason).name()).isEqualTo(reason.name());
    }
}
