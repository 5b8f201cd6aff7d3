package io.kurir.bench;

import io.kurir.bench.QueueBench.Scale;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** How long after its due time a scheduled message has its outcome, when many are due in one minute, and in one second. */
final class Lateness {
    private static final int SCHEDULES = 10_000;
    private static final int DEVICES = 10;
    private static final Duration AHEAD = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private Lateness() {}

    static void measure(QueueHouse house, Scale scale, Report report) throws Exception {
        List<String> devices = house.create("late", DEVICES);
        house.connect(devices);
        Load.send(house, devices, scale.inFlight(), scale.of(5_000)); // warm
        int count = scale.of(SCHEDULES);
        String name = "lateness, %d due in one minute".formatted(count);
        minute(house, devices, count, 60, report, name);
        report.row(name + ": p99", percentile(house, 0.99), "s", "< 1");
        name = "lateness, %d due in one second".formatted(count);
        minute(house, devices, count, 1, report, name);
        report.row(name + ": p99", percentile(house, 0.99), "s");
        report.row(name + ": last", percentile(house, 1), "s");
    }

    /** Schedules them for tomorrow, then moves them to the next seconds, so that all are there before the first is due. */
    private static void minute(
            QueueHouse house, List<String> devices, int count, int seconds, Report report, String name)
            throws Exception {
        house.execute("delete from schedule");
        LocalDateTime tomorrow = LocalDateTime.now(ZoneOffset.UTC).plusDays(1).withNano(0);
        Sample created = Load.run(
                64,
                count,
                number -> house.api
                        .post(
                                QueueHouse.DEVICES + "/" + devices.get(number % devices.size()) + "/schedule-message",
                                new JsonObject()
                                        .put(
                                                "to",
                                                QueueHouse.person(number % Load.PEOPLE)
                                                        .user())
                                        .put("message", QueueHouse.TEXT + " " + number)
                                        .put(
                                                "scheduleTime",
                                                LOCAL.format(tomorrow.plusSeconds((long) number * seconds / count)))
                                        .put("timezone", "UTC"))
                        .ok("schedule"));
        Instant begin = Instant.now().plus(AHEAD).truncatedTo(ChronoUnit.SECONDS);
        house.execute("""
                update schedule
                set due_at = '%1$s'::timestamptz + (due_at - '%2$s'::timestamptz),
                    look_at = '%1$s'::timestamptz + (look_at - '%2$s'::timestamptz)
                """.formatted(begin, tomorrow.toInstant(ZoneOffset.UTC)));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (house.number("select count(*) from (select from schedule s join message m using (device_id, stanza_id)"
                                + " where m.ack = 0 limit 1) waiting")
                        > 0
                && System.nanoTime() < end) {
            Thread.sleep(500);
        }
        report.row(name + ": schedules made", created.perSecond(), "schedules/s");
        report.row(name + ": p50", percentile(house, 0.5), "s");
    }

    private static double percentile(QueueHouse house, double share) throws SQLException {
        return house.number("select percentile_disc(" + share + ") within group (order by"
                + " extract(epoch from coalesce(m.sent_at, clock_timestamp()) - s.due_at))"
                + " from schedule s join message m using (device_id, stanza_id)");
    }
}
