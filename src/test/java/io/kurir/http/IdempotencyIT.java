package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient.Reply;
import io.kurir.message.FakeSession;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Request;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that come again: at once, later, from others, and after a crash at any point. Over 300 lines: one fixture. */
class IdempotencyIT {
    private static final String TO = "6281234567890";
    private static final byte[] PDF = "%PDF-1.4\n%%EOF".getBytes(StandardCharsets.US_ASCII);
    /** As after a crash between the commit and the answer. */
    private static final String CRASHED =
            "update idempotency set status = null, answer = null, held_until = '-infinity' where key = $1";

    private static HttpFixture fixture;
    private static FakeSession session;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        fixture = new HttpFixture();
        session = new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, "main", 1);
        admin = fixture.stranger.withKey(HttpFixture.KEY);
        // connected as far as the database knows, and nobody sends for it
        execute("insert into device (device_id, owner_id, name, state) values ($1, 1, 'two', 'connected')", "lonely");
        execute("insert into event_counter (device_id) values ($1)", "lonely");
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static String path(String end) {
        return "/api/whatsapp-multi-device/devices/main" + end;
    }

    private static ContractClient keyed(String key) {
        return admin.with("Idempotency-Key", key);
    }

    private static String anyKey() {
        return UUID.randomUUID().toString();
    }

    private static JsonObject text(String words) {
        return new JsonObject().put("to", TO).put("message", words);
    }

    private static long submissions(String words) {
        return session.page.submitted.stream()
                .filter(message -> message.content().words().equals(words))
                .count();
    }

    private static boolean replayed(Reply reply) {
        return reply.header("Idempotency-Replayed").equals(Optional.of("true"));
    }

    @Test
    void twentyAtOnceAreOneMessage() throws Exception {
        String key = anyKey();
        List<Reply> replies = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(20)) {
            Callable<Reply> send = () -> keyed(key).post(path("/send-message"), text("twenty"));
            for (var done : threads.invokeAll(java.util.Collections.nCopies(20, send))) {
                replies.add(done.get(60, TimeUnit.SECONDS));
            }
        }
        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply.status()).as(reply.text()).isEqualTo(200));
        assertThat(replies.stream()
                        .map(reply -> reply.data().getString("messageId"))
                        .distinct())
                .hasSize(1);
        assertThat(replies.stream().filter(IdempotencyIT::replayed)).hasSize(19);
        assertThat(column("select count(*) from message where body = $1", "twenty"))
                .containsExactly("1");
        assertThat(submissions("twenty")).isEqualTo(1);
    }

    @Test
    void aRepeatGetsThePresentState() throws Exception {
        String key = anyKey();
        Reply first = keyed(key).post(path("/send-message"), text("state"));
        execute("update message set ack = 3 where stanza_id = $1", first.data().getString("messageId"));
        // what would refuse a new one does not refuse the repeat
        execute("update device set state = 'disconnected' where device_id = $1", "main");
        try {
            Reply again = keyed(key).post(path("/send-message"), text("state"));
            assertThat(again.status()).isEqualTo(200);
            assertThat(replayed(again)).isTrue();
            assertThat(replayed(first)).isFalse();
            assertThat(again.data().getLong("id")).isEqualTo(first.data().getLong("id"));
            assertThat(again.data().getString("status")).isEqualTo("read");
        } finally {
            execute("update device set state = 'connected' where device_id = $1", "main");
        }
    }

    @Test
    void aMessageThatIsNoLongerKeptIsNotSentAgain() throws Exception {
        String key = anyKey();
        Reply first = keyed(key).post(path("/send-message"), text("erased"));
        execute("delete from message where stanza_id = $1", first.data().getString("messageId"));
        assertThat(keyed(key).post(path("/send-message"), text("erased")).code())
                .isEqualTo("MESSAGE_NOT_FOUND");
        assertThat(submissions("erased")).isEqualTo(1);
    }

    @Test
    void anotherBodyUnderTheSameKeyIsRefused() {
        String key = anyKey();
        keyed(key).post(path("/send-message"), text("this"));
        Reply other = keyed(key).post(path("/send-message"), text("that"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(submissions("that")).isZero();
    }

    @Test
    void otherCallersAndOtherPathsHaveKeysOfTheirOwn() throws Exception {
        String key = anyKey();
        String mine = keyed(key).post(path("/send-message"), text("own")).data().getString("messageId");
        ContractClient somebody = fixture.user("somebody");
        assertThat(somebody.with("Idempotency-Key", key)
                        .post(path("/send-message"), text("own"))
                        .status())
                .isEqualTo(403);
        Reply place = keyed(key)
                .post(
                        path("/send-location"),
                        new JsonObject().put("to", TO).put("latitude", 1.5).put("longitude", 2.5));
        assertThat(place.status()).as(place.text()).isEqualTo(200);
        assertThat(place.data().getString("messageId")).isNotEqualTo(mine);
    }

    @Test
    void aCrashBetweenTheCommitAndTheAnswerSendsOnce() throws Exception {
        String key = anyKey();
        String first =
                keyed(key).post(path("/send-message"), text("crashed")).data().getString("messageId");
        execute(CRASHED, key);
        Reply again = keyed(key).post(path("/send-message"), text("crashed"));
        assertThat(again.status()).isEqualTo(200);
        assertThat(replayed(again)).isTrue();
        assertThat(again.data().getString("messageId")).isEqualTo(first);
        assertThat(submissions("crashed")).isEqualTo(1);
        assertThat(column("select runs from idempotency where key = $1 and status = 200", key))
                .containsExactly("2");
    }

    @Test
    void aCrashBeforeTheCommitSendsOnce() throws Exception {
        String key = anyKey();
        keyed(key).post(path("/send-message"), text("too early"));
        execute(CRASHED, key);
        execute("delete from message where body = $1", "too early");
        session.page.submitted.removeIf(message -> message.content().words().equals("too early"));
        List<Reply> replies = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(5)) {
            Callable<Reply> send = () -> keyed(key).post(path("/send-message"), text("too early"));
            for (var done : threads.invokeAll(java.util.Collections.nCopies(5, send))) {
                replies.add(done.get(60, TimeUnit.SECONDS));
            }
        }
        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply.status()).as(reply.text()).isEqualTo(200));
        assertThat(submissions("too early")).isEqualTo(1);
    }

    @Test
    void aRefusedRequestAfterACrashDoesNotForgetWhatWasSent() throws Exception {
        String key = anyKey();
        JsonObject file = new JsonObject().put("to", TO).put("mediaType", "document");
        file.put("fileName", "a.pdf")
                .put("base64", java.util.Base64.getEncoder().encodeToString(PDF));
        String first = keyed(key).post(path("/send-media"), file).data().getString("messageId");
        execute(CRASHED, key);
        execute("update message set device_id = 'lonely' where stanza_id = $1", first); // as if not committed
        execute("update device set state = 'disconnected' where device_id = $1", "main");
        assertThat(keyed(key).post(path("/send-media"), file).code()).isEqualTo("SESSION_NOT_READY");
        execute("update device set state = 'connected' where device_id = $1", "main");
        execute("update message set device_id = 'main' where stanza_id = $1", first);
        Reply again = keyed(key).post(path("/send-media"), file);
        assertThat(again.data().getString("messageId")).isEqualTo(first);
    }

    @Test
    void aRepeatWaitsForTheFirstAndSaysSoWhenItTakesTooLong() throws Exception {
        String key = anyKey();
        keyed(key).post(path("/send-message"), text("long"));
        execute(
                "update idempotency set status = null, held_until = clock_timestamp() + interval '1 hour' where key = $1",
                key);
        Reply impatient = keyed(key).post(path("/send-message"), text("long"));
        assertThat(impatient.status()).isEqualTo(503);
        assertThat(impatient.header("Retry-After")).isPresent();

        execute("update idempotency set held_until = clock_timestamp() + interval '1 second' where key = $1", key);
        Reply patient = keyed(key).post(path("/send-message"), text("long"));
        assertThat(patient.status()).as(patient.text()).isEqualTo(200);
        assertThat(submissions("long")).isEqualTo(1);
    }

    @Test
    void aRefusalLeavesNoTraceAndItsKeyCanBeUsedAgain() throws Exception {
        String key = anyKey();
        JsonObject nobody = new JsonObject().put("to", "6299912345678").put("message", "x");
        assertThat(keyed(key).post(path("/send-message"), nobody).code()).isEqualTo("NUMBER_NOT_ON_WHATSAPP");
        assertThat(column("select key from idempotency where key = $1", key)).isEmpty();
        assertThat(keyed(key).post(path("/send-message"), text("after all")).status())
                .isEqualTo(200);
    }

    @Test
    void whatWasCancelledInTimeIsSentAnew() throws Exception {
        String key = anyKey();
        String lonely = "/api/whatsapp-multi-device/devices/lonely/send-message";
        JsonObject toGroup =
                new JsonObject().put("to", "120363041234567890@g.us").put("message", "late");
        assertThat(keyed(key).post(lonely, toGroup).status()).isEqualTo(503);
        assertThat(keyed(key).post(lonely, toGroup).status()).isEqualTo(503);
        assertThat(column("select phase from message where body = $1 and device_id = 'lonely'", "late"))
                .containsExactly("cancelled", "cancelled");
    }

    @Test
    void aFormIsTheSameByItsFieldsAndFiles() {
        String key = anyKey();
        Map<String, String> fields = Map.of("to", TO, "mediaType", "document", "caption", "form");
        Reply first = keyed(key).form(path("/send-media"), fields, "a.pdf", "application/pdf", PDF);
        Reply again = keyed(key).form(path("/send-media"), fields, "a.pdf", "application/pdf", PDF);
        assertThat(again.data().getString("messageId"))
                .as(again.text())
                .isEqualTo(first.data().getString("messageId"));
        byte[] other = "%PDF-1.5\n%%EOF".getBytes(StandardCharsets.US_ASCII);
        assertThat(keyed(key)
                        .form(path("/send-media"), fields, "a.pdf", "application/pdf", other)
                        .code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(submissions("form")).isEqualTo(1);
    }

    @Test
    void severalInOneRequestAreOneJob() {
        String key = anyKey();
        JsonObject three = new JsonObject()
                .put("messages", JsonArray.of(text("job 1"), text("job 2"), text("job 3")))
                .put("delay", 0);
        Reply first = keyed(key).post(path("/send-message"), three);
        Reply again = keyed(key).post(path("/send-message"), three);
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        assertThat(again.data().getString("jobId")).isEqualTo(first.data().getString("jobId"));
        assertThat(submissions("job 2")).isEqualTo(1);
    }

    @Test
    void aJobIsStartedOnceAndItsBodyCounts() throws Exception {
        String key = anyKey();
        JsonObject job =
                new JsonObject().put("items", JsonArray.of(text("in a job"))).put("delay", 3600);
        Reply first = keyed(key).post(path("/jobs/send-text"), job);
        assertThat(first.status()).as(first.text()).isEqualTo(202);
        assertThat(keyed(key).post(path("/jobs/send-text"), job).data().getString("jobId"))
                .isEqualTo(first.data().getString("jobId"));
        execute(CRASHED, key);
        assertThat(keyed(key).post(path("/jobs/send-text"), job).data().getString("jobId"))
                .isEqualTo(first.data().getString("jobId"));
        JsonObject other =
                new JsonObject().put("items", JsonArray.of(text("another"))).put("delay", 3600);
        assertThat(keyed(key).post(path("/jobs/send-text"), other).code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void othersGetTheFirstAnswerAgain() {
        JsonObject device = new JsonObject().put("deviceName", "made once");
        String key = anyKey();
        Reply made = keyed(key).post("/api/whatsapp-multi-device/devices", device);
        Reply again = keyed(key).post("/api/whatsapp-multi-device/devices", device);
        assertThat(made.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.data()).isEqualTo(made.data());

        String one = "/api/whatsapp-multi-device/devices/" + made.data().getString("deviceId");
        String renaming = anyKey();
        Reply renamed = keyed(renaming).put(one, new JsonObject().put("deviceName", "first"));
        admin.put(one, new JsonObject().put("deviceName", "second"));
        assertThat(keyed(renaming)
                        .put(one, new JsonObject().put("deviceName", "first"))
                        .data())
                .isEqualTo(renamed.data());
        assertThat(admin.get(one).data().getString("deviceName")).isEqualTo("second");
    }

    @Test
    void aGroupIsNotMadeTwice() throws Exception {
        session.page.onRequest = asked -> Future.succeededFuture(
                asked instanceof Request.CreateGroup
                        ? new Request.Created(Jid.parse("120363049999999999@g.us"), List.of())
                        : new Request.Done());
        String key = anyKey();
        JsonObject group = new JsonObject().put("subject", "Once").put("participants", JsonArray.of(TO));
        Reply made = keyed(key).post(path("/groups"), group);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(keyed(key).post(path("/groups"), group).data()).isEqualTo(made.data());
        execute(CRASHED, key);
        Reply unknown = keyed(key).post(path("/groups"), group);
        assertThat(unknown.status()).isEqualTo(409);
        assertThat(unknown.code()).isEqualTo("OUTCOME_UNKNOWN");
        assertThat(session.page.asked.stream().filter(Request.CreateGroup.class::isInstance))
                .hasSize(1);
    }

    @Test
    void aKeyIsForgottenAfterADay() throws Exception {
        String key = anyKey();
        keyed(key).post(path("/send-message"), text("yesterday"));
        execute(
                "update idempotency set created_at = created_at - interval '25 hours', held_until = '-infinity'"
                        + " where key = $1",
                key);
        assertThat(replayed(keyed(key).post(path("/send-message"), text("today"))))
                .isFalse();
        assertThat(submissions("today")).isEqualTo(1);

        execute(
                "update idempotency set created_at = created_at - interval '25 hours', held_until = '-infinity'"
                        + " where key = $1",
                key);
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            Idempotency.forget(fixture.pool);
            return column("select key from idempotency where key = $1", key).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "tab\there", "LONG"})
    void aBadKeyIsNamed(String key) {
        Reply refused = keyed(key.equals("LONG") ? "x".repeat(256) : key).post(path("/send-message"), text("bad key"));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("INVALID_PAYLOAD");
        assertThat(refused.fields()).containsExactly("Idempotency-Key");
        assertThat(submissions("bad key")).isZero();
    }

    private static List<String> column(String sql, String parameter) throws Exception {
        List<String> values = new ArrayList<>();
        fixture.pool
                .preparedQuery(sql)
                .execute(Tuple.of(parameter))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .forEach(row -> values.add(String.valueOf(row.getValue(0))));
        return values;
    }

    private static void execute(String sql, String parameter) throws Exception {
        fixture.pool
                .preparedQuery(sql)
                .execute(Tuple.of(parameter))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }
}
