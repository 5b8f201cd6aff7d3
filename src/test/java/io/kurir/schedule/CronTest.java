package io.kurir.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.http.Problem;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final String FORWARD = "2026-03-29"; // 02:00 is followed by 03:00
    private static final String BACK = "2026-10-25"; // 02:59 is followed by 02:00

    private static List<String> next(String expression, String from, int count) {
        Cron cron = Cron.parse("cron", expression, BERLIN);
        Instant at = LocalDateTime.parse(from).atZone(BERLIN).toInstant();
        List<String> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            at = cron.next(at).orElseThrow();
            times.add(at.atZone(BERLIN).toOffsetDateTime().toString().substring(5));
        }
        return times;
    }

    @Test
    void aTimeThatTheNightSkipsRunsAsMuchLaterAndOnce() {
        assertThat(next("30 2 * * *", FORWARD + "T00:30", 2)).containsExactly("03-29T03:30+02:00", "03-30T02:30+02:00");
        assertThat(next("15,45 2 * * *", FORWARD + "T00:30", 3))
                .containsExactly("03-29T03:15+02:00", "03-29T03:45+02:00", "03-30T02:15+02:00");
        assertThat(next("0 2,3 * * *", FORWARD + "T00:30", 2))
                .containsExactly("03-29T03:00+02:00", "03-30T02:00+02:00");
        assertThat(next("*/30 * * * *", FORWARD + "T01:00", 4))
                .containsExactly("03-29T01:30+01:00", "03-29T03:00+02:00", "03-29T03:30+02:00", "03-29T04:00+02:00");
    }

    @Test
    void aTimeThatTheNightHasTwiceRunsOnceAndEachHalfHourGoesOn() {
        assertThat(next("30 2 * * *", BACK + "T00:30", 2)).containsExactly("10-25T02:30+02:00", "10-26T02:30+01:00");
        assertThat(next("*/30 * * * *", BACK + "T01:30", 5))
                .containsExactly(
                        "10-25T02:00+02:00",
                        "10-25T02:30+02:00",
                        "10-25T02:00+01:00",
                        "10-25T02:30+01:00",
                        "10-25T03:00+01:00");
    }

    @Test
    void eitherDayCountsWhereBothAreGiven() {
        assertThat(next("0 9 13 * FRI", "2026-11-21T00:00", 3))
                .containsExactly("11-27T09:00+01:00", "12-04T09:00+01:00", "12-11T09:00+01:00");
        assertThat(next("0 9 29 2 *", "2026-11-21T00:00", 1)).containsExactly("02-29T09:00+01:00");
    }

    @Test
    void whatNeverComesAboutHasNoNext() {
        assertThat(Cron.parse("cron", "0 0 30 2 *", BERLIN).next(Instant.EPOCH)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "* * * * 8",
                "*/0 * * * *",
                "5-1 * * * *",
                "a b c d e",
                "@daily",
                "0 0 L * *",
                "0 0 ? * *",
                "0 0 * * 5#2",
                "every day"
            })
    void aBrokenExpressionIsRefusedByTheNameOfItsField(String expression) {
        assertThatThrownBy(() -> Cron.parse("cron", expression, BERLIN))
                .isInstanceOfSatisfying(Problem.class, refused -> {
                    assertThat(refused.code()).isEqualTo(Problem.Code.INVALID_PAYLOAD);
                    assertThat(refused.details().getFirst().field()).isEqualTo("cron");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-29 02:30:00, Europe/Berlin, 2026-03-29T01:30:00Z", // skipped: an hour later, 03:30
        "2026-10-25 02:30:00, Europe/Berlin, 2026-10-25T00:30:00Z", // twice: the first
        "2026-11-21 09:00:00, Asia/Jakarta, 2026-11-21T02:00:00Z",
        "2011-12-30 12:00:00, Pacific/Apia, 2011-12-30T22:00:00Z", // the day that Samoa left out
        "2028-02-29 00:00:00, UTC, 2028-02-29T00:00:00Z"
    })
    void localTimesAreSettledAsJavaTimeDoes(String written, String zone, Instant instant) {
        assertThat(LocalTimes.instant("scheduleTime", written, LocalTimes.zone("timezone", zone)))
                .isEqualTo(instant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-02-29 09:00:00",
                "2026-11-21T09:00:00",
                "2026-11-21 9:00:00",
                "2026-11-21 24:00:00",
                "2026-11-21",
                "tomorrow",
                "2026-13-01 00:00:00",
                "02026-11-21 09:00:00",
                "2026-11-21 09:00:00Z"
            })
    void whatIsNoLocalTimeIsRefused(String written) {
        assertThatThrownBy(() -> LocalTimes.instant("scheduleTime", written, BERLIN))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("scheduleTime is no local time");
    }
}
