package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Settings;
import io.kurir.event.EventLog;
import io.kurir.http.ContractClient.Reply;
import io.kurir.message.FakeSession;
import io.kurir.message.Outbox;
import io.kurir.schedule.Schedule.Missed;
import io.kurir.schedule.ScheduleRuns;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Schedules from HTTP to a page at the port; time passes by moving what is due into the past. Over 300 lines: one fixture. */
class ScheduleIT {
    private static final String TO = "6281234567890";
    private static final ZoneId JAKARTA = ZoneId.of("Asia/Jakarta");
    private static final DateTimeFormatter WRITTEN = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private static HttpFixture fixture;
    private static FakeSession session;
    private static ContractClient admin;
    private static ScheduleRuns runs;

    @BeforeAll
    static void open() throws Exception {
        fixture = new HttpFixture();
        session = new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, "main", 1);
        admin = fixture.stranger.withKey(HttpFixture.KEY);
        runs = new ScheduleRuns(
                fixture.vertx,
                fixture.pool,
                new Outbox(fixture.pool, fixture.bus),
                new EventLog(fixture.pool, fixture.bus),
                new Settings.Schedule(Missed.SEND, Duration.ofMinutes(1)));
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static String path(String end) {
        return "/api/whatsapp-multi-device/devices/main" + end;
    }

    private static String in(Duration time) {
        return WRITTEN.format(LocalDateTime.now(JAKARTA).plus(time));
    }

    private static JsonObject once(String words) {
        return new JsonObject()
                .put("to", TO)
                .put("message", words)
                .put("scheduleTime", in(Duration.ofHours(1)))
                .put("timezone", "Asia/Jakarta");
    }

    private static JsonObject repeated(String words) {
        return new JsonObject()
                .put("to", TO)
                .put("message", words)
                .put("cron", "*/5 * * * *")
                .put("timezone", "Asia/Jakarta");
    }

    private static JsonObject schedule(JsonObject body) {
        Reply made = admin.post(path("/schedule-message"), body);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.data();
    }

    private static JsonObject read(JsonObject schedule) {
        return admin.get(path("/schedules/" + schedule.getLong("id"))).data();
    }

    private static JsonObject message(JsonObject schedule) {
        return admin.get(path("/messages/" + schedule.getString("messageId"))).data();
    }

    /** As if it had been due so long ago. */
    private static void due(JsonObject schedule, Duration ago) throws Exception {
        execute(
                "update schedule set due_at = clock_timestamp() - $2 * interval '1 millisecond', look_at = '-infinity' where id = $1",
                Tuple.of(schedule.getLong("id"), ago.toMillis()));
        promote();
    }

    private static void promote() throws Exception {
        runs.promote().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static List<String> steps(JsonObject message) {
        return message.getJsonArray("steps").stream()
                .map(step -> ((JsonObject) step).getString("step"))
                .toList();
    }

    private static long submissions(String words) {
        return session.page.submitted.stream()
                .filter(message -> message.content().words().equals(words))
                .count();
    }

    private static void untilSent(JsonObject schedule) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> message(schedule).getString("state").equals("sent"));
    }

    @Test
    @Effect({"scheduleMessage", "getSchedule"})
    void aMessageWaitsAndGoesOutWhenItIsDue() throws Exception {
        JsonObject schedule = schedule(once("one-off").put("typing", true));
        assertThat(schedule.getString("status")).isEqualTo("active");
        assertThat(schedule.getString("nextAt")).isEqualTo(schedule.getString("dueAt"));
        Instant written = LocalDateTime.parse(schedule.getString("scheduleTime"), WRITTEN)
                .atZone(JAKARTA)
                .toInstant();
        assertThat(Instant.parse(schedule.getString("dueAt"))).isEqualTo(written);
        assertThat(message(schedule).getString("state")).isEqualTo("scheduled");
        promote();
        assertThat(read(schedule).getString("status")).isEqualTo("active");

        due(schedule, Duration.ofSeconds(1));
        untilSent(schedule);
        assertThat(read(schedule).getString("status")).isEqualTo("done");
        assertThat(read(schedule).getValue("nextAt")).isNull();
        assertThat(read(schedule).getInteger("runs")).isEqualTo(1);
        assertThat(read(schedule).getBoolean("late")).isFalse();
        assertThat(message(schedule).getBoolean("late")).isFalse();
        assertThat(steps(message(schedule))).containsExactly("accepted", "due", "dispatched", "sent");
        promote();
        assertThat(submissions("one-off")).isEqualTo(1);
        assertThat(column("select lane from outbox")).isEmpty();
    }

    @Test
    void whatWasMissedIsSentOnceAndMarkedOrSkipped() throws Exception {
        JsonObject sent = schedule(once("missed, sent"));
        JsonObject skipped = schedule(once("missed, skipped").put("missed", "skip"));
        due(sent, Duration.ofHours(3));
        due(skipped, Duration.ofHours(3));
        untilSent(sent);
        assertThat(read(sent).getBoolean("late")).isTrue();
        assertThat(message(sent).getBoolean("late")).isTrue();
        assertThat(steps(message(sent))).contains("late");
        assertThat(read(skipped).getString("status")).isEqualTo("skipped");
        assertThat(message(skipped).getString("state")).isEqualTo("cancelled");
        assertThat(submissions("missed, skipped")).isZero();
    }

    @Test
    void aRepeatedOneMakesAMessageEachTimeAndOneForAllThatWereMissed() throws Exception {
        JsonObject schedule = schedule(repeated("again"));
        assertThat(schedule.getValue("messageId")).isNull();
        due(schedule, Duration.ofMillis(10));
        JsonObject first = read(schedule);
        untilSent(first);
        assertThat(first.getString("status")).isEqualTo("active");
        assertThat(Instant.parse(first.getString("nextAt"))).isAfter(Instant.now());
        assertThat(steps(message(first))).doesNotContain("late");

        due(schedule, Duration.ofDays(2)); // 576 runs
        JsonObject second = read(schedule);
        assertThat(second.getString("messageId")).isNotEqualTo(first.getString("messageId"));
        untilSent(second);
        assertThat(steps(message(second))).contains("late");
        assertThat(second.getInteger("runs")).isEqualTo(2);
        assertThat(Instant.parse(second.getString("nextAt"))).isAfter(Instant.now());
        assertThat(submissions("again")).isEqualTo(2);

        admin.put(path("/schedules/" + schedule.getLong("id")), new JsonObject().put("missed", "skip"));
        due(schedule, Duration.ofDays(2));
        JsonObject third = read(schedule);
        assertThat(third.getInteger("skipped")).isEqualTo(1);
        assertThat(third.getString("status")).isEqualTo("active");
        assertThat(submissions("again")).isEqualTo(2);
        admin.delete(path("/schedules/" + schedule.getLong("id")));
    }

    @Test
    void theSameRunIsTheSameMessageWhoeverMakesIt() throws Exception {
        JsonObject schedule = schedule(repeated("same run"));
        due(schedule, Duration.ofSeconds(1));
        JsonObject first = read(schedule);
        untilSent(first);
        // as after a promotion of which only the message was kept
        execute(
                "update schedule set due_at = last_at, look_at = '-infinity' where id = $1",
                Tuple.of(schedule.getLong("id")));
        promote();
        assertThat(read(schedule).getString("messageId")).isEqualTo(first.getString("messageId"));
        assertThat(submissions("same run")).isEqualTo(1);
        admin.delete(path("/schedules/" + schedule.getLong("id")));
    }

    @Test
    void schedulesOfADeviceThatCannotSendWaitAndAreLateThen() throws Exception {
        JsonObject schedule = schedule(once("waits"));
        for (String away : List.of("logged_out", "disconnected")) { // the latter: linked, and without network
            execute("update device set linked = true, state = $1 where device_id = 'main'", Tuple.of(away));
            due(schedule, Duration.ofMinutes(2));
            assertThat(read(schedule).getString("status")).isEqualTo("active");
        }
        execute(
                "update device set state = 'connected', restricted_until = clock_timestamp() + interval '1 hour' where device_id = $1",
                Tuple.of("main"));
        due(schedule, Duration.ofMinutes(2));
        assertThat(read(schedule).getString("status")).isEqualTo("active");
        execute("update device set restricted_until = null where device_id = $1", Tuple.of("main"));
        due(schedule, Duration.ofMinutes(2));
        untilSent(schedule);
        assertThat(read(schedule).getBoolean("late")).isTrue();
    }

    @Test
    void whatWasMissedWhileTheDeviceWasAwayIsSkippedWhereItSaysSo() throws Exception {
        JsonObject schedule = schedule(once("away").put("missed", "skip"));
        execute("update device set linked = true, state = $1 where device_id = 'main'", Tuple.of("disconnected"));
        due(schedule, Duration.ofSeconds(20));
        assertThat(column("select look_at > due_at and look_at - clock_timestamp() < interval '6 seconds' from schedule"
                        + " where body = 'away'"))
                .as("looked at again soon")
                .containsExactly("true");
        execute("update device set state = $1 where device_id = 'main'", Tuple.of("connected"));
        due(schedule, Duration.ofMinutes(2));
        assertThat(read(schedule).getString("status")).isEqualTo("skipped");
        assertThat(message(schedule).getString("state")).isEqualTo("cancelled");
        assertThat(submissions("away")).isZero();
    }

    @Test
    void whoSaidStopGetsNothing() throws Exception {
        String stopped = "6281234509999";
        execute("insert into suppression (owner_id, phone) values (1, $1)", Tuple.of(stopped));
        // what they wrote since allows an answer, and not what was planned
        execute(
                "insert into message (device_id, stanza_id, outgoing, chat, type, body, phase)"
                        + " values ('main', 'SINCE', false, $1, 'chat', 'hello?', 'received')",
                Tuple.of(stopped + "@c.us"));
        JsonObject once = schedule(once("unwanted").put("to", stopped));
        JsonObject repeated = schedule(repeated("unwanted").put("to", stopped));
        due(once, Duration.ofSeconds(1));
        due(repeated, Duration.ofSeconds(1));
        for (JsonObject schedule : List.of(read(once), read(repeated))) {
            assertThat(message(schedule).getString("state")).isEqualTo("failed");
            assertThat(message(schedule).getString("failure")).startsWith("SUPPRESSED");
        }
        assertThat(submissions("unwanted")).isZero();
        assertThat(column(
                        "select data ->> 'failure' from event where type = 'message.status' and data ->> 'messageId' = '"
                                + once.getString("messageId") + "'"))
                .hasSize(1)
                .allSatisfy(failure -> assertThat(failure).startsWith("SUPPRESSED"));
        admin.delete(path("/schedules/" + repeated.getLong("id")));
    }

    @Test
    @Effect("updateSchedule")
    void anActiveOneCanBeChanged() throws Exception {
        JsonObject schedule = schedule(once("before"));
        String later = in(Duration.ofHours(2));
        Reply changed = admin.put(
                path("/schedules/" + schedule.getLong("id")),
                new JsonObject()
                        .put("message", "after")
                        .put("scheduleTime", later)
                        .put("timezone", "Asia/Makassar"));
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(changed.data().getString("message")).isEqualTo("after");
        // one hour further east the clock shows it one hour earlier
        assertThat(Instant.parse(changed.data().getString("dueAt")))
                .isEqualTo(LocalDateTime.parse(later, WRITTEN).toInstant(ZoneOffset.ofHours(8)));
        assertThat(message(schedule).getString("message")).isEqualTo("after");
        due(schedule, Duration.ofSeconds(1));
        untilSent(schedule);
        assertThat(submissions("after")).isEqualTo(1);
        assertThat(submissions("before")).isZero();

        JsonObject words = new JsonObject().put("message", "too late");
        assertThat(admin.put(path("/schedules/" + schedule.getLong("id")), words)
                        .status())
                .isEqualTo(409);
        assertThat(admin.delete(path("/schedules/" + schedule.getLong("id"))).status())
                .isEqualTo(409);

        JsonObject again = schedule(repeated("cron before"));
        Reply weekly =
                admin.put(path("/schedules/" + again.getLong("id")), new JsonObject().put("cron", "0 9 * * MON"));
        assertThat(Instant.parse(weekly.data().getString("nextAt"))
                        .atZone(JAKARTA)
                        .getDayOfWeek())
                .isEqualTo(java.time.DayOfWeek.MONDAY);
        admin.delete(path("/schedules/" + again.getLong("id")));
    }

    @Test
    @Effect({"cancelSchedule", "listSchedules"})
    void aCancelledOneSendsNothingAndStaysInTheList() throws Exception {
        JsonObject schedule = schedule(once("cancelled"));
        Reply cancelled = admin.delete(path("/schedules/" + schedule.getLong("id")));
        assertThat(cancelled.data().getString("status")).isEqualTo("cancelled");
        assertThat(message(schedule).getString("state")).isEqualTo("cancelled");
        due(schedule, Duration.ofSeconds(1));
        assertThat(submissions("cancelled")).isZero();
        assertThat(admin.delete(path("/schedules/" + schedule.getLong("id"))).status())
                .isEqualTo(200);
        JsonArray listed = admin.get(path("/schedules?status=cancelled&pageSize=100"))
                .json()
                .getJsonArray("data");
        assertThat(listed.stream().map(each -> ((JsonObject) each).getLong("id")))
                .contains(schedule.getLong("id"));
        ContractClient somebody = fixture.user("schedule-user");
        assertThat(somebody.get(path("/schedules")).status()).isEqualTo(403);
        assertThat(admin.get(path("/schedules/999999")).code()).isEqualTo("SCHEDULE_NOT_FOUND");
    }

    @Test
    void aFileIsTakenInAtOnceAndSentLater() throws Exception {
        byte[] pdf = "%PDF-1.4\n%%EOF".getBytes(StandardCharsets.US_ASCII);
        JsonObject body = once("unused").put("caption", "the bill").put("fileName", "bill.pdf");
        body.remove("message");
        JsonObject schedule = schedule(body.put("base64", Base64.getEncoder().encodeToString(pdf)));
        assertThat(schedule.getString("type")).isEqualTo("document");
        admin.put(path("/schedules/" + schedule.getLong("id")), new JsonObject().put("message", "the new bill"));
        due(schedule, Duration.ofSeconds(1));
        untilSent(schedule);
        assertThat(submissions("the new bill")).isEqualTo(1);
    }

    @Test
    void aRepeatedRequestIsTheSameScheduleWhateverBecameOfIt() throws Exception {
        ContractClient keyed = admin.with("Idempotency-Key", UUID.randomUUID().toString());
        JsonObject body = once("keyed");
        JsonObject first = keyed.post(path("/schedule-message"), body).data();
        due(first, Duration.ofSeconds(1));
        untilSent(first);
        Reply again = keyed.post(path("/schedule-message"), body);
        assertThat(again.data().getLong("id")).isEqualTo(first.getLong("id"));
        assertThat(again.data().getString("status")).isEqualTo("done");
        assertThat(column("select count(*) from schedule where body = 'keyed'")).containsExactly("1");
    }

    record Bad(String what, int status, String code, String field, JsonObject body) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Bad bad(String what, String field, JsonObject body) {
        return new Bad(what, 400, "INVALID_PAYLOAD", field, body);
    }

    static List<Bad> badRequests() {
        JsonObject both = once("x").put("cron", "* * * * *");
        JsonObject neither = once("x");
        neither.remove("scheduleTime");
        JsonObject nobody = once("x");
        nobody.remove("to");
        JsonObject empty = once("x");
        empty.remove("message");
        return List.of(
                bad("a past time", "scheduleTime", once("x").put("scheduleTime", "2020-01-01 09:00:00")),
                bad("a minute ago", "scheduleTime", once("x").put("scheduleTime", in(Duration.ofMinutes(-1)))),
                bad("no such day", "scheduleTime", once("x").put("scheduleTime", "2027-02-29 09:00:00")),
                bad("another way to write it", "scheduleTime", once("x").put("scheduleTime", "2027-01-01T09:00:00Z")),
                bad("a number as time", "scheduleTime", once("x").put("scheduleTime", 1767225600)),
                bad("an unknown zone", "timezone", once("x").put("timezone", "Mars/Olympus")),
                bad("an offset as zone", "timezone", once("x").put("timezone", "+07:00")),
                bad("a broken cron", "cron", repeated("x").put("cron", "61 * * * *")),
                bad("a cron with seconds", "cron", repeated("x").put("cron", "0 * * * * *")),
                bad("a cron that never comes about", "cron", repeated("x").put("cron", "0 0 30 2 *")),
                bad("both", "scheduleTime", both),
                bad("neither", "scheduleTime", neither),
                bad("an unknown way with what is missed", "missed", once("x").put("missed", "perhaps")),
                bad("no number", "to", once("x").put("to", "not a number")),
                bad("nobody", "to", nobody),
                bad("nothing to say", "message", empty),
                bad("too much to say", "message", once("x".repeat(4097))),
                bad("no file", "base64", once("x").put("base64", "!!!!")),
                bad("a placeholder for nobody", "message", once("{m2}").put("mentions", JsonArray.of(TO))),
                new Bad(
                        "a file of a private address",
                        422,
                        "MEDIA_FETCH_FAILED",
                        "url",
                        once("x").put("url", "http://10.0.0.1/x")));
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    void aBadRequestIsToldByItsFieldAndKeepsNothing(Bad bad) throws Exception {
        List<String> before = column("select count(*) from schedule union all select count(*) from message");
        Reply refused = admin.post(path("/schedule-message"), bad.body());
        assertThat(refused.status()).as(refused.text()).isEqualTo(bad.status());
        assertThat(refused.code()).isEqualTo(bad.code());
        assertThat(refused.fields()).as(refused.text()).contains(bad.field());
        assertThat(column("select count(*) from schedule union all select count(*) from message"))
                .isEqualTo(before);
    }

    static List<Bad> badChanges() {
        return List.of(
                bad("nothing", "body", new JsonObject()),
                bad("an unknown field", "to", new JsonObject().put("to", TO)),
                bad("a past time", "scheduleTime", new JsonObject().put("scheduleTime", "2020-01-01 09:00:00")),
                bad("a cron for what is sent once", "cron", new JsonObject().put("cron", "* * * * *")),
                bad("an unknown zone", "timezone", new JsonObject().put("timezone", "Nowhere")),
                bad("no words", "message", new JsonObject().put("message", " ")));
    }

    @ParameterizedTest
    @MethodSource("badChanges")
    void aBadChangeIsToldByItsFieldAndChangesNothing(Bad bad) {
        JsonObject schedule = schedule(once("unchanged"));
        Reply refused = admin.put(path("/schedules/" + schedule.getLong("id")), bad.body());
        assertThat(refused.status()).as(refused.text()).isEqualTo(bad.status());
        assertThat(refused.code()).isEqualTo(bad.code());
        assertThat(refused.fields()).as(refused.text()).contains(bad.field());
        assertThat(read(schedule)).isEqualTo(schedule);
        admin.delete(path("/schedules/" + schedule.getLong("id")));
    }

    private static List<String> column(String sql) throws Exception {
        List<String> values = new ArrayList<>();
        fixture.pool
                .query(sql)
                .execute()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .forEach(row -> values.add(String.valueOf(row.getValue(0))));
        return values;
    }

    private static void execute(String sql, Tuple parameters) throws Exception {
        fixture.pool
                .preparedQuery(sql)
                .execute(parameters)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }
}
