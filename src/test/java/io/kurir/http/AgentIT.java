package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kurir.Names;
import io.kurir.Vault;
import io.kurir.access.Reach;
import io.kurir.agent.AgentFixture;
import io.kurir.agent.AgentVerticle;
import io.kurir.agent.Agents;
import io.kurir.agent.Brain;
import io.kurir.agent.Brain.Answer;
import io.kurir.agent.RunErasure;
import io.kurir.agent.Runs;
import io.kurir.bus.Bus;
import io.kurir.cluster.Nodes;
import io.kurir.db.TestPostgres;
import io.kurir.erasure.Person;
import io.kurir.event.EventLog;
import io.kurir.http.ContractClient.Reply;
import io.kurir.message.ChatNames;
import io.kurir.message.FakeSession;
import io.kurir.message.Outbox;
import io.kurir.session.Owners;
import io.kurir.session.Pages;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.OutgoingMessage;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Request;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Agents and chatbots, from the API and from what comes in to what goes out. Over 300 lines: one fixture. */
class AgentIT {
    private static final String KEY = "sk-that-nobody-may-see";
    private static final Jid AYU = Jid.ofPhone("6281234567890");
    private static final Jid GROUP = new Jid("120363000000000001", Jid.GROUP);
    private static final String CHATBOTS = "/api/whatsapp/chatbots";

    private static final AtomicInteger DEVICES = new AtomicInteger();
    private static final AtomicInteger MESSAGES = new AtomicInteger();
    private static HttpFixture fixture;
    private static ContractClient admin;
    private static ContractClient user;
    private static String node;

    private FakeSession session;
    private Brain brain;

    @BeforeAll
    static void open() {
        fixture = new HttpFixture();
        admin = fixture.stranger.withKey(HttpFixture.KEY);
        user = fixture.user("somebody");
        node = start(fixture.vertx, fixture.pool, fixture.bus, fixture.owners);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static String start(Vertx vertx, Pool pool, Bus bus, Owners owners) {
        AgentVerticle verticle = new AgentVerticle(
                pool,
                bus,
                new EventLog(pool, bus),
                new Outbox(pool, bus),
                new Pages(owners),
                AgentFixture.settings(),
                Duration.ofMillis(100),
                new Vault(HttpFixture.SECRET),
                new SimpleMeterRegistry());
        return vertx.deployVerticle(verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
                .await();
    }

    /** Each test has a device and an endpoint of its own: circuits and alerts are theirs. */
    @BeforeEach
    void device() throws Exception {
        session = device("agent-" + DEVICES.incrementAndGet());
        brain = new Brain(fixture.vertx);
    }

    private static FakeSession device(String deviceId) throws Exception {
        return new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, deviceId, 1);
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
    }

    private String path(String end) {
        return "/api/whatsapp-multi-device/devices/" + session.deviceId + "/agent" + end;
    }

    private JsonObject config() {
        return new JsonObject().put("endpointUrl", brain.url()).put("key", KEY).put("name", "Helper");
    }

    private void configured() {
        Reply set = admin.put(path(""), config());
        assertThat(set.status()).as(set.text()).isEqualTo(200);
    }

    private static IncomingMessage message(Jid chat, Optional<Jid> author, boolean fromMe, String type, String text) {
        return new IncomingMessage(
                "3EBAGENT" + MESSAGES.incrementAndGet(),
                chat,
                Optional.empty(),
                author,
                fromMe,
                type,
                new Content.Text(text),
                List.of(),
                "Ayu",
                Optional.empty(),
                Ack.NONE,
                Instant.now());
    }

    private static IncomingMessage text(String words) {
        return message(AYU, Optional.empty(), false, "chat", words);
    }

    private static IncomingMessage with(IncomingMessage message, List<Jid> mentions, Instant at) {
        return new IncomingMessage(
                message.stanzaId(),
                message.chat(),
                message.chatLid(),
                message.author(),
                message.fromMe(),
                message.type(),
                message.content(),
                mentions,
                message.senderName(),
                message.quoted(),
                message.ack(),
                at);
    }

    private static void arrives(FakeSession at, IncomingMessage message) {
        at.tell(it -> it.received(new PageEvent.Received(message)));
    }

    private void arrives(IncomingMessage message) {
        arrives(session, message);
    }

    private static List<String> sent(FakeSession from, Jid to) {
        return from.page.submitted.stream()
                .filter(message -> message.to().equals(to))
                .map(message -> message.content().words())
                .toList();
    }

    private List<String> sent() {
        return sent(session, AYU);
    }

    private List<String> alerts() {
        return sent(session, Jid.ofPhone(AgentFixture.DEVELOPER));
    }

    private static List<String> column(String sql, Object... arguments) {
        List<String> values = new ArrayList<>();
        for (Row row : fixture.pool
                .preparedQuery(sql)
                .execute(Tuple.from(List.of(arguments)))
                .await()) {
            values.add(String.valueOf(row.getValue(0)));
        }
        return values;
    }

    private List<String> states() {
        return column("select state from agent_run where device_id = $1 order by id", session.deviceId);
    }

    private List<JsonObject> failures() {
        return column(
                        "select data::text from event where device_id = $1 and type = 'agent.failed' order by seq",
                        session.deviceId)
                .stream()
                .map(JsonObject::new)
                .toList();
    }

    @Test
    @Effect("setAgent")
    void whatComesInIsAskedOfTheEndpointWhileTypingAndItsReplyGoesOutOnce() {
        configured();
        admin.put(
                path(""),
                new JsonObject().put("prompt", "Be kind.").put("parameters", new JsonObject().put("max_steps", 7)));
        IncomingMessage question = text("Do you have it in blue?");
        arrives(question);
        arrives(question); // pages tell twice
        patiently().until(() -> sent().size() == 1);

        assertThat(brain.asked).singleElement().satisfies(asked -> {
            assertThat(asked.bearer()).isEqualTo("Bearer " + KEY);
            assertThat(asked.body())
                    .isEqualTo(new JsonObject()
                            .put("input", "Do you have it in blue?")
                            .put("session_id", AYU.toString())
                            .put("parameters", new JsonObject().put("max_steps", 7))
                            .put("prompt", "Be kind.")
                            .put(
                                    "metadata",
                                    new JsonObject()
                                            .put("device_id", session.deviceId)
                                            .put("whatsapp_name", "Ayu")
                                            .put("chat_id", AYU.toString())
                                            .put("chat_name", "")
                                            .put("message_id", question.stanzaId())));
            Schema request = new Schema((JsonObject)
                    Contract.inlined(document(), new JsonObject().put("$ref", "#/components/schemas/AgentRequest")));
            assertThat(request.check(Schema.BODY, asked.body())).isEmpty();
        });
        assertThat(sent()).containsExactly("re: Do you have it in blue?");
        patiently().until(() -> states().equals(List.of("done")));
        assertThat(session.page.asked)
                .containsExactly(new Request.ShowTyping(AYU, true), new Request.ShowTyping(AYU, false));
        String replyId = column("select reply_id from agent_run where device_id = $1", session.deviceId)
                .getFirst();
        assertThat(session.page.submitted).extracting(OutgoingMessage::stanzaId).containsExactly(replyId);
        assertThat(admin.get("/api/whatsapp-multi-device/devices/" + session.deviceId + "/messages/" + replyId)
                        .data()
                        .getString("message"))
                .isEqualTo("re: Do you have it in blue?");
    }

    private static JsonObject document() {
        return Contract.read("openapi.yaml");
    }

    @Test
    void onlyTextsOfPersonsAndThoseOfGroupsThatNameUsAreAsked() {
        configured();
        Optional<Jid> author = Optional.of(AYU);
        Jid me = Jid.ofPhone("6281100000001");
        Instant now = Instant.now();
        List.of(
                        message(new Jid("status", "broadcast"), author, false, "chat", "a status"),
                        message(
                                new Jid("120363000000000002", "newsletter"),
                                Optional.empty(),
                                false,
                                "chat",
                                "a channel"),
                        message(AYU, Optional.empty(), true, "chat", "my own"),
                        message(AYU, Optional.empty(), false, "image", "a picture's caption"),
                        message(AYU, Optional.empty(), false, "ciphertext", "not yet to be read"),
                        message(GROUP, author, false, "chat", "among us"),
                        with(
                                message(GROUP, author, false, "chat", "hello @62811999"),
                                List.of(Jid.ofPhone("62811999111")),
                                now),
                        message(AYU, Optional.empty(), false, "chat", "   "),
                        message(AYU, Optional.empty(), false, "chat", " STOP "),
                        with(text("of yesterday"), List.of(), now.minus(Duration.ofHours(25))))
                .forEach(this::arrives);
        arrives(with(message(GROUP, author, false, "chat", "you there?"), List.of(me), now));
        arrives(message(GROUP, author, false, "chat", "ask 6281100000001 about it"));
        arrives(message(new Jid("9988", Jid.LID), Optional.empty(), false, "chat", "who hides the number"));
        arrives(text("the last"));
        patiently().until(() -> brain.inputs().contains("the last") && !states().contains("pending"));

        assertThat(brain.inputs())
                .containsExactlyInAnyOrder(
                        "you there?", "ask 6281100000001 about it", "who hides the number", "the last");
        assertThat(brain.asked)
                .filteredOn(asked -> asked.input().equals("you there?"))
                .singleElement()
                .satisfies(asked -> {
                    assertThat(asked.body().getString("session_id")).isEqualTo(AYU.toString());
                    assertThat(asked.body().getJsonObject("metadata").getString("chat_id"))
                            .isEqualTo(GROUP.toString());
                });
        patiently().until(() -> sent(session, GROUP).size() == 2);
        assertThat(states()).hasSize(4).containsOnly("done");
    }

    @Test
    void whoseHistoryIsNotKeptIsAnsweredAllTheSameAndNothingOfItIsLeft() {
        configured();
        column("insert into history_rule default values");
        try {
            arrives(text("between us"));
            patiently().until(() -> sent().equals(List.of("re: between us")) && states().equals(List.of("done")));
        } finally {
            column("delete from history_rule");
        }
        assertThat(column("select id from message where device_id = $1 and not outgoing", session.deviceId))
                .isEmpty();
        assertThat(column("select agent_run::text from agent_run where device_id = $1", session.deviceId))
                .singleElement()
                .satisfies(row -> assertThat(row).doesNotContain("between us").doesNotContain("Ayu"));
        column(
                "update agent_run set settled_at = settled_at - interval '1 hour' where device_id = $1",
                session.deviceId);
        Runs.forget(fixture.pool, Duration.ofDays(90)).await();
        assertThat(column("select agent_run::text from agent_run where device_id = $1", session.deviceId))
                .singleElement()
                .satisfies(row -> assertThat(row).doesNotContain(AYU.user()).doesNotContain("3EBAGENT"));
        assertThat(states()).containsExactly("done");
    }

    @Test
    void aRunWithoutAMessageIsErasedWithItsPerson() {
        configured();
        column("insert into history_rule default values");
        try {
            arrives(text("between us"));
            patiently().until(() -> states().equals(List.of("done")));
        } finally {
            column("delete from history_rule");
        }
        assertThat(erased()).isOne();
        assertThat(states()).isEmpty();
    }

    private long erased() {
        return new RunErasure(fixture.pool)
                .erase(new Person(session.deviceId, List.of(AYU.toString()), List.of(AYU.user())))
                .await();
    }

    @Test
    @Effect("deleteAgent")
    void nobodyIsAskedWhileTheAgentIsOffOrGone() {
        configured();
        admin.put(path(""), new JsonObject().put("enabled", false));
        arrives(text("off"));
        patiently()
                .until(() -> !column("select id from message where device_id = $1 and body = 'off'", session.deviceId)
                        .isEmpty());
        admin.put(path(""), new JsonObject().put("enabled", true));
        arrives(text("on"));
        patiently().until(() -> sent().size() == 1);
        assertThat(brain.inputs()).containsExactly("on");
        assertThat(admin.delete(path("")).data().getBoolean("deleted")).isTrue();
        assertThat(admin.delete(path("")).data().getBoolean("deleted")).isFalse();
        assertThat(admin.get(path("")).status()).isEqualTo(404);
    }

    @Test
    void aCallThatTakesTooLongIsGivenUpAndTheDeveloperToldOnceInAWhile() {
        configured();
        brain.answer = asked -> asked.input().startsWith("slow")
                ? Promise.<Answer>promise().future()
                : Future.succeededFuture(Answer.reply("quick"));
        arrives(text("slow one"));
        arrives(text("slow two"));
        arrives(text("then this"));
        patiently().until(() -> sent().equals(List.of("quick")));

        assertThat(states()).containsExactly("failed", "failed", "done");
        assertThat(brain.inputs()).containsExactly("slow one", "slow two", "then this");
        assertThat(failures()).hasSize(2).allSatisfy(data -> {
            assertThat(data.getString("agent")).isEqualTo("Helper");
            assertThat(data.getString("reason")).contains("no complete answer within 1000 ms");
        });
        patiently().until(() -> !alerts().isEmpty());
        assertThat(alerts())
                .singleElement()
                .satisfies(alert -> assertThat(alert)
                        .contains("Helper", session.deviceId, AYU.toString(), "no complete answer", "agent-run-")
                        .doesNotContain(KEY));
        assertThat(column("select untold from agent_alert where device_id = $1", session.deviceId))
                .containsExactly("1");
    }

    @Test
    void answersThatAreNoneAreGivenUpAtOnceAndABlankOneSendsNothing() {
        configured();
        List<Answer> bad = List.of(
                new Answer(500, "{}"),
                Answer.reply(""),
                new Answer(200, "hello"),
                Answer.reply(" "),
                new Answer(200, "{\"reply\": 5}"),
                Answer.reply(" "),
                Answer.reply("x".repeat(4097)),
                Answer.reply(" "),
                new Answer(
                        200,
                        new JsonObject()
                                .put("reply", "x")
                                .put("more", "y".repeat(70_000))
                                .encode()),
                Answer.reply(" "),
                new Answer(302, "{}"));
        AtomicInteger call = new AtomicInteger();
        brain.answer = _ -> Future.succeededFuture(bad.get(call.getAndIncrement()));
        for (int i = 0; i < bad.size(); i++) {
            arrives(text("question " + i));
        }
        patiently().until(() -> states().size() == bad.size() && !states().contains("pending"));

        assertThat(brain.asked).hasSize(bad.size());
        assertThat(sent()).isEmpty();
        assertThat(failures().stream().map(data -> data.getString("reason")))
                .containsExactly(
                        "answered 500",
                        "answered what is no JSON object",
                        "answered without a string called reply",
                        "answered with more than 4096 characters",
                        "answered with more than 65536 bytes",
                        "answered 302");
    }

    @Test
    void anEndpointThatIsDownIsProbedOneCallAtATimeAndEverybodyIsAnsweredWhenItIsBack() {
        configured();
        brain.answer = _ -> Future.succeededFuture(new Answer(503, ""));
        for (int i = 0; i < 6; i++) {
            arrives(message(Jid.ofPhone("62812345600" + i + "1"), Optional.empty(), false, "chat", "chat " + i));
        }
        patiently()
                .until(() -> !column("select 1 from agent_circuit where endpoint_url = $1 and probes > 0", brain.url())
                        .isEmpty());
        int calls = brain.asked.size();
        patiently().until(() -> brain.asked.size() > calls);
        assertThat(brain.asked.size()).as("none but probes").isLessThanOrEqualTo(calls + 2);
        brain.answer = asked -> Future.succeededFuture(Answer.reply("re: " + asked.input()));
        patiently()
                .until(() -> session.page.submitted.stream()
                                .filter(message -> message.content().words().startsWith("re: chat "))
                                .count()
                        == 6);

        patiently().until(() -> states().stream().allMatch("done"::equals));
        assertThat(column("select 1 from agent_circuit where endpoint_url = $1", brain.url()))
                .isEmpty();
        assertThat(alerts()).as("told once that it went down").hasSize(1);
    }

    @Test
    void whoseKeyIsWrongOrAsksTooMuchShutsTheEndpointForNobody() throws Exception {
        FakeSession other = device("agent-" + DEVICES.incrementAndGet());
        configured();
        admin.put("/api/whatsapp-multi-device/devices/" + other.deviceId + "/agent", config().put("key", "theirs"));
        AtomicInteger failing = new AtomicInteger(401);
        brain.answer = asked -> Future.succeededFuture(
                asked.bearer().endsWith("theirs") ? Answer.reply("well") : new Answer(failing.get(), "{}"));
        for (int i = 0; i < 4; i++) {
            arrives(text("wrong key " + i));
        }
        patiently().until(() -> states().equals(List.of("failed", "failed", "failed", "failed")));
        failing.set(429);
        arrives(text("too much"));
        patiently().until(() -> states().size() == 5 && states().getLast().equals("failed"));
        assertThat(brain.inputs())
                .as("429 is asked again")
                .filteredOn("too much"::equals)
                .hasSize(3);
        assertThat(column("select 1 from agent_circuit where endpoint_url = $1", brain.url()))
                .isEmpty();

        failing.set(503);
        arrives(text("down for one"));
        patiently()
                .until(() -> !column(
                                "select 1 from agent_circuit where device_id = $1 and down_since is not null",
                                session.deviceId)
                        .isEmpty());
        arrives(other, text("hello"));
        patiently().until(() -> sent(other, AYU).equals(List.of("well")));
        assertThat(column("select device_id from agent_circuit where endpoint_url = $1", brain.url()))
                .as("the other's answer does not close it")
                .containsExactly(session.deviceId);
    }

    @Test
    void whatANodeHadUnderWayWhenItDiedIsAskedAgainElsewhereAndAnsweredOnce() throws Exception {
        configured();
        fixture.vertx.undeploy(node).await();
        Vertx other = Vertx.vertx();
        Pool theirs = TestPostgres.pool(other, fixture.url);
        Bus bus = new Bus(other);
        start(other, theirs, bus, new Owners(other, theirs, bus, new Nodes(other, theirs, "node-x", "t", Set.of(), 1)));
        Promise<Answer> first = Promise.promise();
        brain.answer = _ -> brain.asked.size() == 1 ? first.future() : Future.succeededFuture(Answer.reply("second"));
        arrives(text("hello"));
        patiently().until(() -> brain.asked.size() == 1);
        theirs.close().await(); // it can write nothing any more
        first.complete(Answer.reply("first"));
        fixture.pool
                .query("update agent_run set claimed_until = clock_timestamp() where state = 'pending'")
                .execute()
                .await(); // the lease passes
        node = start(fixture.vertx, fixture.pool, fixture.bus, fixture.owners);
        patiently().until(() -> !sent().isEmpty());
        other.close().await();
        arrives(text("again"));
        patiently().until(() -> sent().size() == 2);

        assertThat(sent()).containsExactly("second", "second");
        assertThat(states()).containsExactly("done", "done");
    }

    @Test
    void whoComesBackAfterLosingTheRunSaysNothing() {
        configured();
        Promise<Answer> late = Promise.promise();
        brain.answer = _ -> brain.asked.size() == 1 ? late.future() : Future.succeededFuture(Answer.reply("in time"));
        arrives(text("hello"));
        patiently().until(() -> brain.asked.size() == 1);
        column("update agent_run set claimed_until = clock_timestamp() where device_id = $1", session.deviceId);
        patiently().until(() -> sent().size() == 1);
        late.complete(Answer.reply("too late"));
        arrives(text("and now?"));
        patiently().until(() -> sent().size() == 2);
        assertThat(sent()).containsExactly("in time", "in time");
        assertThat(states()).containsOnly("done");
        assertThat(failures()).isEmpty();
    }

    @Test
    void twoRobotsThatTalkToEachOtherAreStopped() throws Exception {
        FakeSession second = device("agent-" + DEVICES.incrementAndGet());
        Jid one = Jid.ofPhone("6281100000011");
        Jid two = Jid.ofPhone("6281100000012");
        column("update device set phone = $2 where device_id = $1", session.deviceId, one.user());
        column("update device set phone = $2 where device_id = $1", second.deviceId, two.user());
        carry(session, one, second);
        carry(second, two, session);
        configured();
        Reply other = admin.put("/api/whatsapp-multi-device/devices/" + second.deviceId + "/agent", config());
        assertThat(other.status()).isEqualTo(200);
        brain.answer = asked -> Future.succeededFuture(Answer.reply("and you?"));
        arrives(message(two, Optional.empty(), false, "chat", "how are you?"));

        patiently()
                .until(() -> !column(
                                "select id from agent_run where state = 'skipped' and device_id = any ($1)",
                                new Object[] {new String[] {session.deviceId, second.deviceId}})
                        .isEmpty());
        patiently()
                .until(() -> column("select id from agent_run where state = 'pending'")
                        .isEmpty());
        assertThat(sent(session, two)).hasSize(5);
        assertThat(sent(second, one)).hasSize(5);
        assertThat(failures().getLast().getString("reason")).contains("as many answers in a minute");
    }

    /** What one sends arrives at the other. */
    private static void carry(FakeSession from, Jid fromJid, FakeSession to) {
        var sends = from.page.onSend;
        from.page.onSend = message -> {
            arrives(
                    to,
                    message(
                            fromJid,
                            Optional.empty(),
                            false,
                            "chat",
                            message.content().words()));
            return sends.apply(message);
        };
    }

    @Test
    @Effect("tryAgent")
    void theDryRunSaysWhatTheEndpointSaidAndSendsNothing() {
        configured();
        admin.put(path(""), new JsonObject().put("enabled", false));
        JsonObject tried =
                admin.post(path("/try"), new JsonObject().put("input", "hi")).data();
        assertThat(tried.getBoolean("answered")).isTrue();
        assertThat(tried.getString("reply")).isEqualTo("re: hi");
        assertThat(brain.asked.getFirst().bearer()).isEqualTo("Bearer " + KEY);
        brain.answer = _ -> Future.succeededFuture(new Answer(401, "{}"));
        JsonObject refused = admin.post(
                        path("/try"), new JsonObject().put("input", "hi").put("sessionId", "6281234567890@c.us"))
                .data();
        assertThat(refused.getBoolean("answered")).isFalse();
        assertThat(refused.getString("code")).isEqualTo("AI_DOWNSTREAM_ERROR");
        assertThat(refused.getString("error")).isEqualTo("answered 401");
        assertThat(session.page.submitted).isEmpty();
        assertThat(column("select id from message where device_id = $1", session.deviceId))
                .isEmpty();
        assertThat(fixture.stranger.get("/metrics").text())
                .contains("ai_latency_seconds_count", "kurir_ai_failures_total{code=\"AI_DOWNSTREAM_ERROR\"}");
    }

    @Test
    void aKeyThatCannotBeOpenedIsTheTroubleOfItsOwnDevice() throws Exception {
        FakeSession other = device("agent-" + DEVICES.incrementAndGet());
        configured();
        Reply set = admin.put("/api/whatsapp-multi-device/devices/" + other.deviceId + "/agent", config());
        assertThat(set.status()).isEqualTo(200);
        column(
                "update agent set api_key = $2 where device_id = $1",
                session.deviceId,
                new Vault("another secret of thirty-two characters").seal("agent/" + session.deviceId, KEY));
        arrives(text("hello"));
        arrives(other, text("hello"));
        patiently().until(() -> sent(other, AYU).size() == 1 && states().equals(List.of("skipped")));
        assertThat(failures())
                .singleElement()
                .satisfies(data -> assertThat(data.getString("reason")).contains("access.former-secrets"));

        JsonObject shown = admin.get(path("")).data();
        assertThat(shown.getBoolean("hasKey")).isTrue();
        assertThat(shown.getBoolean("keyReadable")).isFalse();
        assertThat(admin.post(path("/try"), new JsonObject().put("input", "hi")).status())
                .isEqualTo(409);
        String kept = "select api_key from agent where device_id = $1";
        List<String> before = column(kept, session.deviceId);
        assertThat(admin.put(path(""), new JsonObject().put("name", "Other")).status())
                .isEqualTo(200);
        assertThat(column(kept, session.deviceId))
                .as("the secret may come back")
                .isEqualTo(before);
        assertThat(admin.put(path(""), new JsonObject().put("key", KEY)).data().getBoolean("keyReadable"))
                .isTrue();
        arrives(text("and now?"));
        patiently().until(() -> sent().equals(List.of("re: and now?")));
    }

    @Test
    void aChatThatGetsItsNumberKeepsItsOrderAndItsLoopGuard() {
        admin.put(path(""), config().put("repliesPerMinute", 2));
        Jid hidden = new Jid("7711", Jid.LID);
        Jid number = Jid.ofPhone("6281234567711");
        Promise<Answer> late = Promise.promise();
        brain.answer = asked -> asked.input().equals("two")
                ? late.future()
                : Future.succeededFuture(Answer.reply("re: " + asked.input()));
        arrives(message(hidden, Optional.empty(), false, "chat", "one"));
        patiently().until(() -> states().equals(List.of("done")));
        arrives(message(hidden, Optional.empty(), false, "chat", "two"));
        patiently().until(() -> brain.inputs().contains("two"));

        new ChatNames(fixture.pool)
                .rename(session.deviceId, Map.of(hidden.toString(), number.toString()))
                .await();
        arrives(message(number, Optional.empty(), false, "chat", "three"));
        assertThat(column("select distinct chat from agent_run where device_id = $1", session.deviceId))
                .containsExactly(number.toString());
        late.complete(Answer.reply("re: two"));
        patiently().until(() -> states().size() == 3 && !states().contains("pending"));
        assertThat(states()).containsExactly("done", "done", "skipped");
        assertThat(brain.inputs()).containsExactly("one", "two");
    }

    @Test
    @Effect("getAgent")
    void theKeyIsNeverShownAndKeptSealed() {
        configured();
        JsonObject shown = admin.get(path("")).data();
        assertThat(shown.getBoolean("hasKey")).isTrue();
        assertThat(shown.getString("endpointUrl")).isEqualTo(brain.url());
        Reply renamed = admin.put(path(""), new JsonObject().put("name", "Other"));
        assertThat(shown.encode() + renamed.text()).doesNotContain(KEY);
        assertThat(column("select agent::text from agent where device_id = $1", session.deviceId))
                .allSatisfy(row -> assertThat(row).doesNotContain(KEY));
        assertThat(column("select audit::text from audit where device_id = $1", session.deviceId))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row).doesNotContain(KEY));
        assertThat(admin.put(path(""), new JsonObject().putNull("key")).data().getBoolean("hasKey"))
                .isFalse();
    }

    @Test
    void endpointsThatMayNotBeCalledAndDevicesOfOthersAreRefused() {
        for (String url : List.of(
                "http://localhost:9/run",
                "https://[::1]/run",
                "http://10.0.0.1/run",
                "ftp://127.0.0.1/run",
                "nowhere at all")) {
            Reply refused = admin.put(path(""), new JsonObject().put("endpointUrl", url));
            assertThat(refused.status()).as(url).isEqualTo(400);
            assertThat(refused.fields()).as(url).containsExactly("endpointUrl");
        }
        assertThat(admin.put(path(""), new JsonObject().put("name", "no endpoint"))
                        .fields())
                .containsExactly("endpointUrl");
        for (JsonObject wrong : List.of(
                config().put("name", "a\0b"),
                config().put("prompt", "a\0b"),
                config().put("parameters", new JsonObject().put("a\0b", 1)),
                config().put("key", "two words"),
                config().put("key", "a\r\nb: c"),
                config().put("endpointUrl", "https://" + "x".repeat(2050)),
                config().put("repliesPerMinute", 0),
                config().put("unknown", 1))) {
            assertThat(admin.put(path(""), wrong).status()).as(wrong.encode()).isEqualTo(400);
        }
        assertThat(admin.get(path("")).status()).as("nothing was changed").isEqualTo(404);
        assertThat(admin.post(path("/try"), new JsonObject().put("input", "hi")).status())
                .isEqualTo(404);
        configured();
        assertThat(List.of(
                        user.get(path("")),
                        user.put(path(""), config()),
                        user.delete(path("")),
                        user.post(path("/try"), new JsonObject().put("input", "hi"))))
                .extracting(Reply::status)
                .containsOnly(403);
        assertThat(admin.get("/api/whatsapp-multi-device/devices/nobodys/agent").status())
                .isEqualTo(404);
        assertThat(brain.asked).isEmpty();
    }

    @Test
    @Effect({"createChatbot", "setChatbotEndpoint", "setChatbotStatus", "listChatbots", "deleteChatbot"})
    void theActiveChatbotOfTheNumberAnswersInsteadOfTheAgent() {
        configured();
        Brain bot = new Brain(fixture.vertx);
        bot.answer = _ -> Future.succeededFuture(Answer.reply("I am the bot"));
        Reply made = admin.post(
                CHATBOTS,
                new JsonObject()
                        .put("sender_number", "+62 811-0000-0001")
                        .put("status", "aktif")
                        .put("session_id", session.deviceId)
                        .put("ignored", true));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        long id = made.data().getLong("id");
        assertThat(made.data().getString("whatsapp_number")).isEqualTo("6281100000001");
        arrives(text("one"));
        patiently().until(() -> sent().size() == 1); // it has no endpoint yet
        Reply set = admin.put(CHATBOTS + "/6281100000001/endpoint", new JsonObject().put("endpoint_url", bot.url()));
        assertThat(set.data().getJsonArray("chatbots")).hasSize(1);
        arrives(text("two"));
        patiently().until(() -> sent().size() == 2);
        admin.put(CHATBOTS + "/" + id + "/status", new JsonObject().put("status", "nonaktif"));
        arrives(text("three"));
        patiently().until(() -> sent().size() == 3);

        assertThat(sent()).containsExactly("re: one", "I am the bot", "re: three");
        assertThat(bot.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked.bearer()).isEqualTo("none"));
        assertThat(admin.post(
                                CHATBOTS,
                                new JsonObject()
                                        .put("sender_number", "6281100000001")
                                        .put("session_id", session.deviceId))
                        .status())
                .isEqualTo(409);
        JsonArray listed =
                admin.get(CHATBOTS + "?whatsapp_number=6281100000001").json().getJsonArray("data");
        assertThat(listed.getJsonObject(0).getString("status")).isEqualTo("nonaktif");
        assertThat(user.get(CHATBOTS).json().getJsonArray("data")).isEmpty();
        assertThat(List.of(
                        user.put(CHATBOTS + "/" + id + "/status", new JsonObject().put("status", "aktif")),
                        user.put(CHATBOTS + "/6281100000001/endpoint", new JsonObject().put("endpoint_url", bot.url())),
                        user.delete(CHATBOTS + "/" + id)))
                .extracting(Reply::status)
                .containsOnly(404);
        assertThat(user.post(
                                CHATBOTS,
                                new JsonObject()
                                        .put("sender_number", "6281100000001")
                                        .put("session_id", session.deviceId))
                        .status())
                .isEqualTo(403);
        assertThat(admin.put(
                                CHATBOTS + "/6281100000001/endpoint",
                                new JsonObject().put("endpoint_url", "http://10.0.0.1/run"))
                        .fields())
                .containsExactly("endpoint_url");
        assertThat(admin.delete(CHATBOTS + "/" + id).status()).isEqualTo(200);
        assertThat(column("select 1 from chatbot where id = $1", id)).isEmpty();
        assertThat(admin.delete(CHATBOTS + "/" + id).status()).isEqualTo(404);
    }

    @Test
    void aRunAsksAndSendsAndTellsWhatWentWrong() {
        configured();
        Names names = Names.of("a request".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Agents.Ran ran = run("hello", names);
        assertThat(ran).isEqualTo(new Agents.Ran("re: hello", true));
        assertThat(run("hello", names.again())).as("the repeat of the request").isEqualTo(ran);
        assertThat(sent()).containsExactly("re: hello");
        assertThat(brain.asked).singleElement().satisfies(asked -> {
            assertThat(asked.body().getString("session_id")).isEqualTo(AYU.toString());
            assertThat(asked.body().getJsonObject("parameters").getInteger("max_steps"))
                    .isEqualTo(3);
        });
        brain.answer = _ -> Future.succeededFuture(Answer.reply(""));
        assertThat(run("nothing to say", Names.random())).isEqualTo(new Agents.Ran("", false));
        brain.answer = _ -> Promise.<Answer>promise().future();
        refused("slow", Problem.Code.AI_TIMEOUT);
        brain.answer = _ -> Future.succeededFuture(new Answer(500, ""));
        refused("broken", Problem.Code.AI_DOWNSTREAM_ERROR);
        admin.put(path(""), new JsonObject().put("endpointUrl", "http://127.0.0.1:1/run"));
        refused("away", Problem.Code.BAD_GATEWAY);
        int asked = brain.asked.size();
        session.page.onSend = _ -> Future.succeededFuture(new Command.Refused(Command.Reason.NOT_ALLOWED, "no"));
        admin.put(path(""), config());
        brain.answer = _ -> Future.succeededFuture(Answer.reply("that is not let through"));
        assertThat(run("unsent", Names.random())).isEqualTo(new Agents.Ran("that is not let through", false));
        column("update device set state = 'disconnected' where device_id = $1", session.deviceId);
        refused("not connected", Problem.Code.SESSION_NOT_READY);
        assertThat(brain.asked).as("asked only what could be sent").hasSize(asked + 1);
    }

    private Agents.Ran run(String input, Names names) {
        return fixture.agents.run(Reach.ALL, session.deviceId, input, "6281234567890", Optional.of(3), names);
    }

    private void refused(String input, Problem.Code code) {
        assertThatThrownBy(() -> run(input, Names.random()))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
    }
}
