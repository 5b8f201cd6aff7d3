package io.kurir.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    private static final Instant NOW = Instant.parse("2026-01-15T08:30:00Z");

    private static Pace every(Duration delay) {
        return new Pace(Optional.of(delay), Optional.empty(), 100);
    }

    private static Pace.Turn turn(Pace pace, Instant due, int most) {
        return pace.turn(due, NOW, most, 100, () -> 3_000);
    }

    @Test
    void withoutADelayAllGoThatMay() {
        assertThat(turn(every(Duration.ZERO), NOW.minusSeconds(1), 48)).isEqualTo(new Pace.Turn(48, NOW));
    }

    @Test
    void oneAfterTheOther() {
        assertThat(turn(every(Duration.ofSeconds(5)), NOW, 48)).isEqualTo(new Pace.Turn(1, NOW.plusSeconds(5)));
        assertThat(turn(new Pace(Optional.empty(), Optional.empty(), 100), NOW, 48))
                .isEqualTo(new Pace.Turn(1, NOW.plusSeconds(3)));
    }

    @Test
    void aMomentIsCaughtUpWithAPauseIsNot() {
        assertThat(turn(every(Duration.ofMillis(500)), NOW.minusMillis(900), 48))
                .isEqualTo(new Pace.Turn(2, NOW.plusMillis(100)));
        assertThat(turn(every(Duration.ofMillis(500)), NOW.minusSeconds(3600), 48))
                .isEqualTo(new Pace.Turn(1, NOW.plusMillis(500)));
    }

    @Test
    void aShareOfTheBudgetIsADelay() {
        Pace half = new Pace(Optional.of(Duration.ZERO), Optional.empty(), 50);
        assertThat(half.turn(NOW, NOW, 48, 100, () -> 0)).isEqualTo(new Pace.Turn(1, NOW.plusMillis(1_200)));
        Pace slow = new Pace(Optional.of(Duration.ofSeconds(9)), Optional.empty(), 50);
        assertThat(slow.turn(NOW, NOW, 48, 100, () -> 0).next()).isEqualTo(NOW.plusSeconds(9));
    }

    @Test
    void whatDoesNotFitIntoTheWindowWaitsForTheNext() {
        Window office = new Window(LocalTime.of(8, 0), LocalTime.of(15, 30, 2), ZoneId.of("Asia/Jakarta"));
        Pace pace = new Pace(Optional.of(Duration.ofSeconds(5)), Optional.of(office), 100);
        assertThat(turn(pace, NOW, 48)).isEqualTo(new Pace.Turn(1, Instant.parse("2026-01-16T01:00:00Z")));
        assertThat(pace.turn(NOW, NOW.plusSeconds(60), 48, 100, () -> 0))
                .isEqualTo(new Pace.Turn(0, Instant.parse("2026-01-16T01:00:00Z")));
    }

    /** In Berlin the clock goes from 2 to 3 on 2026-03-29 and from 3 to 2 on 2026-10-25. */
    @ParameterizedTest
    @CsvSource({
        "08:00, 17:00, Asia/Jakarta,  2026-01-15T01:00:00Z, 2026-01-15T01:00:00Z",
        "08:00, 17:00, Asia/Jakarta,  2026-01-15T00:59:59Z, 2026-01-15T01:00:00Z",
        "08:00, 17:00, Asia/Jakarta,  2026-01-15T10:00:00Z, 2026-01-16T01:00:00Z",
        "08:00, 17:00, Asia/Jakarta,  2026-01-15T09:59:59Z, 2026-01-15T09:59:59Z",
        "22:00, 06:00, Asia/Jakarta,  2026-01-15T16:00:00Z, 2026-01-15T16:00:00Z",
        "22:00, 06:00, Asia/Jakarta,  2026-01-15T22:00:00Z, 2026-01-15T22:00:00Z",
        "22:00, 06:00, Asia/Jakarta,  2026-01-15T23:00:00Z, 2026-01-16T15:00:00Z",
        "08:00, 17:00, America/Lima,  2026-01-15T08:00:00Z, 2026-01-15T13:00:00Z",
        "02:30, 04:00, Europe/Berlin, 2026-03-29T00:00:00Z, 2026-03-29T01:30:00Z",
        "02:15, 02:45, Europe/Berlin, 2026-03-29T00:00:00Z, 2026-03-29T01:15:00Z",
        "02:30, 04:00, Europe/Berlin, 2026-10-25T00:00:00Z, 2026-10-25T00:30:00Z",
        "08:00, 09:00, Europe/Berlin, 2026-03-28T08:30:00Z, 2026-03-29T06:00:00Z"
    })
    void theWindowOpensByTheClockOfItsZone(LocalTime from, LocalTime to, String zone, Instant at, Instant next) {
        assertThat(new Window(from, to, ZoneId.of(zone)).next(at)).isEqualTo(next);
    }
}
