package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.http.Effect;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.OutgoingMessage;
import io.kurir.whatsapp.PageEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs on a whole node whose WhatsApp is scripted: what goes out, what is counted, and that a restart loses and repeats nothing.
 * Over 300 lines: one feature, one house.
 */
class JobsIT {
    private static final String JOBS = "/api/whatsapp-multi-device/jobs";
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;
    private static int numbers = 1;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data, Map.of("KURIR_SEND_PER_MINUTE", "1000000", "KURIR_SEND_BURST", "1000000"));
        admin = house.admin;
        house.connect("main");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @BeforeEach
    void asUsual() {
        house.whatsapp.onSend = _ -> new Command.Taken();
    }

    private static String number() {
        return "62812%08d".formatted(++numbers * 10 + 1);
    }

    private static JsonArray people(int count) {
        JsonArray items = new JsonArray();
        for (int i = 0; i < count; i++) {
            items.add(new JsonObject().put("to", number()).put("variables", new JsonObject().put("n", i)));
        }
        return items;
    }

    private static Reply start(JsonObject body) {
        Reply reply = admin.post(FakeHouse.DEVICES + "/main/jobs/send-text", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(202);
        return reply;
    }

    private static String job(String template, int count, double delay) {
        return start(new JsonObject()
                        .put("template", template)
                        .put("items", people(count))
                        .put("delay", delay))
                .data()
                .getString("jobId");
    }

    private static JsonObject until(String jobId, Predicate<JsonObject> reached) {
        return await().atMost(Duration.ofSeconds(60)).until(() -> look(jobId), reached);
    }

    private static JsonObject look(String jobId) {
        return admin.get(JOBS + "/" + jobId).data();
    }

    private static Predicate<JsonObject> status(String word) {
        return job -> job.getString("status").equals(word);
    }

    private static JsonObject progress(int total, int completed, int failed, int cancelled) {
        return new JsonObject()
                .put("total", total)
                .put("completed", completed)
                .put("failed", failed)
                .put("cancelled", cancelled)
                .put("pending", total - completed - failed - cancelled);
    }

    private static List<String> sent(String beginning) {
        return house.whatsapp.sent.stream()
                .map(message -> message.content().words())
                .filter(words -> words.startsWith(beginning))
                .toList();
    }

    private static List<JsonObject> events(String jobId, String type) throws Exception {
        return house
                .column("select data from event where type = '" + type + "' and data ->> 'jobId' = '" + jobId
                        + "' order by seq")
                .stream()
                .map(JsonObject::new)
                .toList();
    }

    @Test
    @Effect({"startTextJob", "getJob", "listJobItems"})
    void everyItemIsSentOnceAndCounted() throws Exception {
        house.whatsapp.onSend = message -> message.content().words().endsWith("7")
                ? new Command.Refused(Command.Reason.NOT_ON_WHATSAPP, "")
                : new Command.Taken();
        long begin = System.nanoTime();
        String jobId = job("once {n}", 300, 0);
        JsonObject job = until(jobId, status("completed"));
        assertThat(job.getJsonObject("progress")).isEqualTo(progress(300, 270, 30, 0));
        assertThat(job.getInteger("successCount")).isEqualTo(270);
        assertThat(job.getInteger("errorCount")).isEqualTo(30);
        assertThat(sent("once ")).hasSize(300).doesNotHaveDuplicates();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(events(jobId, "job.completed")).hasSize(1));
        long seconds = (System.nanoTime() - begin) / 1_000_000_000;
        assertThat(events(jobId, "job.progress")).as("one a second at most").hasSizeBetween(0, (int) seconds + 2);
        assertThat(events(jobId, "job.completed").getFirst().getJsonObject("progress"))
                .isEqualTo(progress(300, 270, 30, 0));
        assertThat(house.column(
                        "select count(*) from batch_delta where batch_id = (select id from batch where job_id = '"
                                + jobId + "')"))
                .containsExactly("0");

        Reply failed = admin.get(JOBS + "/" + jobId + "/items?state=failed&pageSize=100");
        assertThat(failed.json().getJsonObject("pagination").getInteger("total"))
                .isEqualTo(30);
        JsonObject first = failed.json().getJsonArray("data").getJsonObject(0);
        assertThat(first.getInteger("index")).isEqualTo(7);
        assertThat(first.getInteger("attempts")).isEqualTo(1);
        assertThat(first.getString("failure")).startsWith("NOT_ON_WHATSAPP");
        Reply csv = admin.with("Accept", "text/csv").get(JOBS + "/" + jobId + "/items");
        assertThat(csv.text().split("\r\n"))
                .hasSize(301)
                .anyMatch(line -> line.startsWith("7,") && line.contains(",failed,"));
    }

    @Test
    void aLateAcknowledgementCountsBack() throws Exception {
        house.whatsapp.onSend = _ -> new Command.Refused(Command.Reason.NOT_ALLOWED, "");
        String jobId = job("late {n}", 2, 0);
        JsonObject job = until(jobId, status("failed"));
        assertThat(job.getJsonObject("progress")).isEqualTo(progress(2, 0, 2, 0));
        OutgoingMessage first = house.whatsapp.sent.stream()
                .filter(message -> message.content().words().equals("late 0"))
                .findFirst()
                .orElseThrow();
        house.whatsapp.tell("main", new PageEvent.Acked(first.to(), List.of(first.stanzaId()), Ack.DELIVERED));
        JsonObject after = until(jobId, status("completed"));
        assertThat(after.getJsonObject("progress")).isEqualTo(progress(2, 1, 1, 0));
    }

    @Test
    @Effect({"pauseJob", "resumeJob"})
    void pausedAcrossARestartAndResumed() throws Exception {
        String jobId = job("pause {n}", 40, 0.25);
        until(jobId, job -> job.getInteger("successCount") >= 3);
        assertThat(admin.post(JOBS + "/" + jobId + "/pause").data().getString("status"))
                .isEqualTo("paused");
        assertThat(admin.post(JOBS + "/" + jobId + "/pause").code()).isEqualTo("CONFLICT");
        house.restart();
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        admin.get(FakeHouse.DEVICES + "/main/status").data().getBoolean("isConnected"));
        JsonObject paused = look(jobId);
        assertThat(paused.getString("status")).isEqualTo("paused");
        assertThat(paused.getString("pauseReason")).isEqualTo("user");
        assertThat(paused.getInteger("currentIndex")).isLessThan(40);
        assertThat(admin.post(JOBS + "/" + jobId + "/resume").data().getString("status"))
                .isEqualTo("processing");
        assertThat(until(jobId, status("completed")).getJsonObject("progress")).isEqualTo(progress(40, 40, 0, 0));
        assertThat(sent("pause ")).hasSize(40).doesNotHaveDuplicates();
        assertThat(events(jobId, "job.paused"))
                .singleElement()
                .matches(event -> event.getString("reason").equals("user"));
        assertThat(admin.post(JOBS + "/" + jobId + "/pause").code()).isEqualTo("CONFLICT");
        assertThat(admin.post(JOBS + "/" + jobId + "/cancel").code()).isEqualTo("CONFLICT");
    }

    @Test
    void abandonedRunsContinueByThemselves() throws Exception {
        String jobId = job("abandoned {n}", 60, 0.1);
        until(jobId, job -> job.getInteger("successCount") >= 3);
        house.restart();
        assertThat(until(jobId, status("completed")).getJsonObject("progress")).isEqualTo(progress(60, 60, 0, 0));
        assertThat(sent("abandoned ").stream().distinct()).hasSize(60);
    }

    @Test
    @Effect("cancelJob")
    void cancelledIsForGood() throws Exception {
        String jobId = job("cancel {n}", 100, 0.25);
        until(jobId, job -> job.getInteger("successCount") >= 2);
        JsonObject cancelled = admin.post(JOBS + "/" + jobId + "/cancel").data();
        assertThat(cancelled.getString("status")).isEqualTo("cancelled");
        JsonObject settled = until(jobId, job -> job.getJsonObject("progress").getInteger("pending") == 0);
        int completed = settled.getInteger("successCount");
        assertThat(settled.getJsonObject("progress")).isEqualTo(progress(100, completed, 0, 100 - completed));
        assertThat(sent("cancel ")).hasSize(completed);
        assertThat(house.column(
                        "select count(*) from outbox where batch_id is not null and batch_id = (select id from batch"
                                + " where job_id = '" + jobId + "')"))
                .containsExactly("0");
        assertThat(admin.post(JOBS + "/" + jobId + "/resume").code()).isEqualTo("CONFLICT");
        assertThat(admin.get(JOBS + "/" + jobId + "/items?state=cancelled&pageSize=1")
                        .json()
                        .getJsonObject("pagination")
                        .getInteger("total"))
                .isEqualTo(100 - completed);
        assertThat(events(jobId, "job.completed"))
                .singleElement()
                .matches(event -> event.getString("status").equals("cancelled"));
    }

    @Test
    void whatComesTwiceIsSentOnceAndReported() {
        String to = number();
        String local = "0" + to.substring(2);
        Reply reply = start(new JsonObject()
                .put("template", "twice {name}")
                .put("delay", 0)
                .put(
                        "items",
                        new JsonArray()
                                .add(new JsonObject().put("to", to).put("variables", new JsonObject().put("name", "a")))
                                .add(new JsonObject()
                                        .put("to", number())
                                        .put("variables", new JsonObject().put("name", "b")))
                                .add(new JsonObject()
                                        .put("phone", local)
                                        .put("variables", new JsonObject().put("name", "c")))));
        assertThat(reply.data().getInteger("total")).isEqualTo(2);
        assertThat(reply.data().getInteger("duplicateCount")).isEqualTo(1);
        assertThat(reply.data().getJsonArray("duplicates"))
                .containsExactly(new JsonObject().put("index", 2).put("of", 0).put("to", to + "@c.us"));
        until(reply.data().getString("jobId"), status("completed"));
        assertThat(sent("twice ")).containsExactlyInAnyOrder("twice a", "twice b");
    }

    @Test
    @Effect("startMediaJob")
    void oneFileForAllOrOneEach() {
        Reply one = admin.post(
                FakeHouse.DEVICES + "/main/jobs/send-media",
                new JsonObject()
                        .put("base64", PNG)
                        .put("caption", "all {n}")
                        .put("delay", 0)
                        .put(
                                "items",
                                people(3)
                                        .add(new JsonObject()
                                                .put("to", number())
                                                .put("caption", "all mine"))));
        assertThat(one.status()).as(one.text()).isEqualTo(202);
        until(one.data().getString("jobId"), status("completed"));
        assertThat(sent("all ")).containsExactlyInAnyOrder("all 0", "all 1", "all 2", "all mine");

        Reply each = admin.post(
                FakeHouse.DEVICES + "/main/jobs/send-media",
                new JsonObject()
                        .put("delay", 0)
                        .put(
                                "items",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("to", number())
                                                .put("base64", PNG)
                                                .put("caption", "each 1"))
                                        .add(new JsonObject()
                                                .put("to", number())
                                                .put(
                                                        "base64",
                                                        Base64.getEncoder()
                                                                .encodeToString("plain words"
                                                                        .getBytes(
                                                                                java.nio.charset.StandardCharsets
                                                                                        .UTF_8)))
                                                .put("caption", "each 2"))));
        assertThat(each.status()).as(each.text()).isEqualTo(202);
        until(each.data().getString("jobId"), status("completed"));
        assertThat(sent("each ")).containsExactlyInAnyOrder("each 1", "each 2");
    }

    @Test
    void laterMeansLater() throws Exception {
        String in = LocalDateTime.now(ZoneOffset.UTC)
                .plusHours(1)
                .format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss"));
        Reply reply = start(new JsonObject()
                .put("template", "later")
                .put("items", people(2))
                .put("scheduleTime", in)
                .put("timezone", "UTC"));
        String jobId = reply.data().getString("jobId");
        assertThat(reply.data().getString("startsAt")).isEqualTo(in.replace(' ', 'T') + ".000Z");
        assertThat(look(jobId).getString("status")).isEqualTo("queued");
        FakeHouse.get(house.pool
                .query("update batch set next_at = clock_timestamp() where job_id = '" + jobId + "'")
                .execute());
        until(jobId, job -> job.getString("status").equals("processing") || job.getInteger("successCount") > 0);
    }

    @Test
    void aClosedWindowIsWaitedFor() throws Exception {
        LocalDateTime opens = LocalDateTime.now(ZoneOffset.UTC).plusHours(2).truncatedTo(ChronoUnit.MINUTES);
        DateTimeFormatter clock = DateTimeFormatter.ofPattern("HH:mm");
        String jobId = start(new JsonObject()
                        .put("template", "window {n}")
                        .put("items", people(2))
                        .put("delay", 0)
                        .put(
                                "window",
                                new JsonObject()
                                        .put("from", clock.format(opens))
                                        .put("to", clock.format(opens.plusHours(1)))
                                        .put("timezone", "UTC")))
                .data()
                .getString("jobId");
        String nextAt = "select extract(epoch from next_at)::bigint from batch where job_id = '" + jobId + "'";
        await().atMost(Duration.ofSeconds(30))
                .until(() -> house.column(nextAt).equals(List.of(String.valueOf(opens.toEpochSecond(ZoneOffset.UTC)))));
        assertThat(look(jobId).getString("status")).isEqualTo("queued");
        assertThat(sent("window ")).isEmpty();
        admin.post(JOBS + "/" + jobId + "/cancel");
    }

    @Test
    void aRestrictionPausesAndItsEndResumes() throws Exception {
        house.connect("narrow");
        Reply reply = admin.post(
                FakeHouse.DEVICES + "/narrow/jobs/send-text",
                new JsonObject()
                        .put("template", "narrow {n}")
                        .put("items", people(20))
                        .put("delay", 0.5));
        String jobId = reply.data().getString("jobId");
        restrict("clock_timestamp() + interval '1 hour'");
        assertThat(until(jobId, status("paused")).getString("pauseReason")).isEqualTo("restriction");
        restrict("clock_timestamp()");
        until(jobId, job -> job.getString("status").equals("processing") && job.getInteger("successCount") > 1);
        FakeHouse.get(house.pool
                .query("update device set state = 'logged_out' where device_id = 'narrow'")
                .execute());
        assertThat(until(jobId, status("paused")).getString("pauseReason")).isEqualTo("link");
        assertThat(admin.post(JOBS + "/" + jobId + "/resume").code()).isEqualTo("CONFLICT");
        FakeHouse.get(house.pool
                .query("update device set state = 'connected' where device_id = 'narrow'")
                .execute());
        assertThat(admin.post(JOBS + "/" + jobId + "/resume").status()).isEqualTo(200);
        admin.post(JOBS + "/" + jobId + "/cancel");
    }

    @Test
    void loggingOutAndWipingPauseWhatIsNotPromoted() throws Exception {
        house.connect("parting");
        admin.post(FakeHouse.DEVICES, new JsonObject().put("deviceId", "fresh"));
        JsonObject body = new JsonObject().put("template", "parting {n}").put("delay", 0.5);
        String waits = admin.post(
                        FakeHouse.DEVICES + "/fresh/jobs/send-text", body.copy().put("items", people(2)))
                .data()
                .getString("jobId");
        String jobId = admin.post(FakeHouse.DEVICES + "/parting/jobs/send-text", body.put("items", people(60)))
                .data()
                .getString("jobId");
        for (String ending : List.of("disconnect", "cancel-and-wipe")) {
            until(jobId, job -> job.getString("status").equals("processing") && job.getInteger("successCount") > 0);
            String path = FakeHouse.DEVICES + "/parting/" + ending;
            Reply ended = ending.equals("disconnect") ? admin.delete(path) : admin.post(path);
            assertThat(ended.status()).as(ended.text()).isEqualTo(200);
            assertThat(until(jobId, status("paused")).getString("pauseReason")).isEqualTo("link");
            assertThat(admin.post(JOBS + "/" + jobId + "/resume").code()).isEqualTo("CONFLICT");
            house.connect("parting");
            assertThat(admin.post(JOBS + "/" + jobId + "/resume").status()).isEqualTo(200);
        }
        admin.post(JOBS + "/" + jobId + "/cancel");
        assertThat(look(waits).getString("status")).as("never linked").isEqualTo("queued");
        admin.post(JOBS + "/" + waits + "/cancel");
    }

    private static void restrict(String until) throws Exception {
        FakeHouse.get(house.pool
                .query("update device set restricted_until = " + until + " where device_id = 'narrow'")
                .execute());
    }

    @Test
    @Effect("listJobs")
    void listsAndOwners() throws Exception {
        ContractClient user = house.user("somebody");
        String jobId = job("mine {n}", 2, 0);
        assertThat(user.get(JOBS + "/" + jobId).code()).isEqualTo("JOB_NOT_FOUND");
        assertThat(user.post(JOBS + "/" + jobId + "/cancel").code()).isEqualTo("JOB_NOT_FOUND");
        assertThat(user.get(JOBS).json().getJsonArray("data")).isEmpty();
        until(jobId, status("completed"));
        await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> admin.get(JOBS + "?status=completed&deviceId=main&kind=message&pageSize=100")
                                .text(),
                        text -> text.contains(jobId));
        assertThat(admin.get(JOBS + "?kind=media&pageSize=100").text()).doesNotContain(jobId);
        FakeHouse.get(house.pool
                .query("update device set owner_id = (select id from app_user where username = 'somebody')"
                        + " where device_id = 'main'")
                .execute());
        assertThat(user.get(JOBS + "/" + jobId).status()).isEqualTo(200);
        assertThat(user.get(JOBS + "?pageSize=100").text()).contains(jobId);
    }
}
