package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.client.Addresses;
import io.kurir.client.Event;
import io.kurir.client.Following;
import io.kurir.client.IncomingMessage;
import io.kurir.client.KurirClient;
import io.kurir.client.KurirException;
import io.kurir.client.Seal;
import io.kurir.client.SendMedia;
import io.kurir.client.SendText;
import io.kurir.client.Sent;
import io.kurir.message.FakeSession;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What programs in the cluster may do, by the client and by hand; every answer is as {@code asyncapi.yaml} says. */
class MemberIT {
    private static final String TO = "6281234567890";
    private static final Duration LONG = Duration.ofSeconds(60);

    private static HttpFixture fixture;
    private static FakeSession session;
    private static KurirClient client;
    private static final Seal seal = new Seal(HttpFixture.CLUSTER_SECRET, Seal.CLIENTS, InstantSource.system());

    @BeforeAll
    static void open() throws Exception {
        fixture = new HttpFixture();
        session = new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, "main", 1);
        client = client(HttpFixture.KEY);
        get(fixture.pool
                .preparedQuery("insert into device (device_id, owner_id, name, state) values ($1, 1, 'two', 'created')")
                .execute(Tuple.of("idle")));
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static KurirClient client(String key) {
        return KurirClient.create(fixture.vertx, HttpFixture.CLUSTER_SECRET, key)
                .waiting(LONG, LONG);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
    }

    private static KurirException failure(Future<?> future) throws Exception {
        try {
            get(future);
            throw new AssertionError("it succeeded");
        } catch (ExecutionException failed) {
            return (KurirException) Optional.ofNullable(failed.getCause()).orElseThrow();
        }
    }

    private static long submissions(String words) {
        return session.page.submitted.stream()
                .filter(message -> message.content().words().equals(words))
                .count();
    }

    /** By hand, and judged. */
    private static JsonObject ask(String address, JsonObject request) throws Exception {
        Buffer frame = Buffer.buffer(seal.close(address, request.toBuffer().getBytes()));
        var reply = get(fixture.vertx.eventBus().<Buffer>request(address, frame));
        Seal.Body body = (Seal.Body) seal.open(reply.address(), reply.body().getBytes());
        JsonObject answer = new JsonObject(body.content());
        assertThat(MemberContract.faults(address, "reply", answer))
                .as(answer.encode())
                .isEmpty();
        return answer;
    }

    private static JsonObject request() {
        return new JsonObject().put("apiKey", HttpFixture.KEY).put("deviceId", "main");
    }

    private static void arrives(String stanzaId, String words) {
        session.tell(it -> it.received(new PageEvent.Received(new io.kurir.whatsapp.IncomingMessage(
                stanzaId,
                Jid.ofPhone(TO),
                Optional.empty(),
                Optional.empty(),
                false,
                "chat",
                new Content.Text(words),
                List.of(),
                "Citra",
                Optional.empty(),
                Ack.NONE,
                Instant.now()))));
    }

    @Test
    void aTextGoesOutOnceHoweverOftenItIsAsked() throws Exception {
        SendText text = SendText.of(TO, "once");
        Sent first = get(client.send("main", text));
        Future<Sent> second = client.send("main", text);
        Future<Sent> third = client.send("main", text);

        assertThat(first.status()).isEqualTo("sent");
        assertThat(get(second).messageId()).isEqualTo(first.messageId());
        assertThat(get(third).id()).isEqualTo(first.id());
        assertThat(submissions("once")).isEqualTo(1);
        assertThat(failure(client.send("main", SendText.of(TO, "other").keyed(text.idempotencyKey())))
                        .code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(submissions("other")).isZero();
    }

    @Test
    void aCrashBetweenCommitAndAnswerSendsNothingAgain() throws Exception {
        SendText text = SendText.of(TO, "crashed");
        Sent first = get(client.send("main", text));
        get(fixture.pool
                .preparedQuery(
                        "update idempotency set status = null, answer = null, held_until = '-infinity' where key = $1")
                .execute(Tuple.of(text.idempotencyKey())));

        assertThat(get(client.send("main", text)).messageId()).isEqualTo(first.messageId());
        assertThat(submissions("crashed")).isEqualTo(1);
    }

    @Test
    void theStatusOfADevice() throws Exception {
        assertThat(get(client.status("main")).isConnected()).isTrue();
        assertThat(get(client.status("idle")).state()).isEqualTo("created");
        assertThat(failure(client.status("nowhere")).code()).isEqualTo("SESSION_NOT_FOUND");
    }

    @Test
    void aFileThatCannotBeFetchedIsRefusedAsOverHttp() throws Exception {
        KurirException refusal = failure(client.send("main", SendMedia.of(TO, "image", "http://192.168.0.1/x.png")));
        assertThat(refusal.code()).isEqualTo("MEDIA_FETCH_FAILED");
        assertThat(refusal.details()).singleElement().extracting("field").isEqualTo("url");
    }

    @Test
    void eventsFollowFromNowAndFromAPositionAndAnAnswerGoesOutOnce() throws Exception {
        BlockingQueue<Event> live = new LinkedBlockingQueue<>();
        Following following = client.events(Set.of("main"), event -> {
            live.add(event);
            return Future.succeededFuture();
        });
        long start = get(following.placed());

        arrives("ASKED1", "Are you open?");
        Event asked = next(live, "message.received");
        IncomingMessage question = asked.incoming().orElseThrow();
        assertThat(question.text()).isEqualTo("Are you open?");
        Sent answer = get(client.reply(question, "Until 5 pm"));
        assertThat(get(client.reply(question, "Until 5 pm")).id()).isEqualTo(answer.id());
        assertThat(submissions("Until 5 pm")).isEqualTo(1);
        assertThat(next(live, "message.status").data().getString("messageId")).isEqualTo(answer.messageId());
        get(following.close());

        // again from where it began, with a handler that fails at first
        List<Long> positions = new ArrayList<>();
        BlockingQueue<Event> again = new LinkedBlockingQueue<>();
        Following resumed = client.events(Set.of("main"), start, event -> {
            positions.add(event.position());
            if (positions.size() == 1) {
                throw new IllegalStateException("as a program that stumbles");
            }
            again.add(event);
            return Future.succeededFuture();
        });
        assertThat(next(again, "message.received")).isEqualTo(asked);
        assertThat(positions.get(0)).isEqualTo(positions.get(1)).isEqualTo(asked.position());
        get(resumed.close());
    }

    private static Event next(BlockingQueue<Event> events, String type) throws InterruptedException {
        Event event = events.poll(60, TimeUnit.SECONDS);
        while (event != null && !event.type().equals(type)) {
            event = events.poll(60, TimeUnit.SECONDS);
        }
        assertThat(event).as(type).isNotNull();
        return event;
    }

    @Test
    void aKeyMayHereWhatItMayOverHttp() throws Exception {
        ContractClient admin = fixture.stranger.withToken(fixture.login(HttpFixture.EMAIL));
        JsonObject wanted = new JsonObject()
                .put("name", "reader")
                .put("scopes", new JsonArray().add("read"))
                .put("deviceIds", new JsonArray().add("idle"));
        String reader = admin.post("/api/auth/api-keys", wanted).data().getString("key");

        assertThat(get(client(reader).status("idle")).state()).isEqualTo("created");
        assertThat(failure(client(reader).status("main")).code()).isEqualTo("FORBIDDEN");
        assertThat(failure(client(reader).send("idle", SendText.of(TO, "x"))).code())
                .isEqualTo("FORBIDDEN");
        assertThat(failure(client("no key at all").status("idle")).code()).isEqualTo("UNAUTHORIZED");
        arrives("SECRET1", "not for the reader");
        JsonObject all = request().put("apiKey", reader).put("body", new JsonObject().put("after", "0"));
        all.remove("deviceId");
        JsonArray events = ask(Addresses.EVENTS, all).getJsonObject("data").getJsonArray("events");
        assertThat(events.encode()).doesNotContain("\"main\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "kurir.v1.send-text     | {}                                                    | UNAUTHORIZED    |",
                "kurir.v1.send-text     | {\"apiKey\":1}                                        | INVALID_PAYLOAD | apiKey",
                "kurir.v1.send-text     | {\"apiKey\":\"K\"}                                    | INVALID_PAYLOAD | idempotencyKey",
                "kurir.v1.send-text     | {\"apiKey\":\"K\",\"idempotencyKey\":\"k\"}           | INVALID_PAYLOAD | deviceId",
                "kurir.v1.send-text     | {\"apiKey\":\"K\",\"idempotencyKey\":\"k\",\"deviceId\":\"main\",\"body\":7} | INVALID_PAYLOAD | body",
                "kurir.v1.send-text     | {\"apiKey\":\"K\",\"idempotencyKey\":\"k k\",\"deviceId\":\"main\",\"body\":{\"to\":\"6281\",\"message\":\"x\"}} | INVALID_PAYLOAD | Idempotency-Key",
                "kurir.v1.send-text     | {\"apiKey\":\"K\",\"idempotencyKey\":\"k\",\"deviceId\":\"main\",\"body\":{\"to\":\"6281234567890\"}} | INVALID_PAYLOAD | message",
                "kurir.v1.send-text     | {\"apiKey\":\"K\",\"idempotencyKey\":\"k\",\"deviceId\":\"main\",\"body\":{\"messages\":[]}} | INVALID_PAYLOAD | messages",
                "kurir.v1.send-text     | {\"apiKey\":\"K\",\"idempotencyKey\":\"k\",\"deviceId\":\"idle\",\"body\":{\"to\":\"6281234567890\",\"message\":\"x\"}} | SESSION_NOT_READY |",
                "kurir.v1.send-text     | {\"apiKey\":\"K\",\"idempotencyKey\":\"k\",\"deviceId\":\"main\",\"body\":{\"to\":\"62999\",\"message\":\"x\"}} | INVALID_PAYLOAD | to",
                "kurir.v1.send-media    | {\"apiKey\":\"K\",\"idempotencyKey\":\"k\",\"deviceId\":\"main\",\"body\":{\"items\":[]}} | INVALID_PAYLOAD | items",
                "kurir.v1.send-media    | {\"apiKey\":\"K\",\"idempotencyKey\":\"k\",\"deviceId\":\"main\",\"body\":{\"to\":\"6281234567890\",\"mediaType\":\"image\"}} | INVALID_PAYLOAD | file",
                "kurir.v1.device-status | {\"apiKey\":\"K\"}                                    | INVALID_PAYLOAD | deviceId",
                "kurir.v1.device-status | {\"apiKey\":\"K\",\"deviceId\":\"nowhere\"}           | SESSION_NOT_FOUND |",
                "kurir.v1.events        | {\"apiKey\":\"K\",\"body\":{\"after\":\"x\"}}         | INVALID_PAYLOAD | after",
                "kurir.v1.events        | {\"apiKey\":\"K\",\"body\":{\"after\":\"0\",\"limit\":0}}      | INVALID_PAYLOAD | limit",
                "kurir.v1.events        | {\"apiKey\":\"K\",\"body\":{\"after\":\"0\",\"waitMs\":30001}} | INVALID_PAYLOAD | waitMs",
                "kurir.v1.events        | {\"apiKey\":\"K\",\"body\":{\"after\":\"0\",\"devices\":\"main\"}} | INVALID_PAYLOAD | deviceId",
                "kurir.v1.events        | {\"apiKey\":\"K\",\"body\":{\"after\":\"0\",\"types\":[\"message.stolen\"]}} | INVALID_PAYLOAD | type[0]",
            })
    void badInputIsNamed(String address, String request, String code, String field) throws Exception {
        JsonObject error = ask(
                        address,
                        new JsonObject(request.replace("\"K\"", "\"" + HttpFixture.KEY + "\"")
                                .replace("\"k\"", "\"" + UUID.randomUUID() + "\"")))
                .getJsonObject("error");

        assertThat(error.getString("code")).as(error.encode()).isEqualTo(code);
        if (field != null) {
            assertThat(error.getJsonArray("details").getJsonObject(0).getString("field"))
                    .isEqualTo(field);
        }
    }

    @Test
    void whoLacksTheSecretGetsNoAnswerAndWhatIsNoJsonGetsOne() throws Exception {
        KurirClient stranger = KurirClient.create(
                        fixture.vertx, "another secret of thirty-two letters", HttpFixture.KEY)
                .waiting(Duration.ofSeconds(1), Duration.ofSeconds(1));
        assertThat(failure(stranger.send("main", SendText.of(TO, "stranger"))))
                .hasMessageContaining("is the cluster's secret the same")
                .extracting("code")
                .isEqualTo("NOT_AVAILABLE");
        assertThat(submissions("stranger")).isZero();
        var reply = get(fixture.vertx
                .eventBus()
                .<Buffer>request(Addresses.EVENTS, Buffer.buffer(seal.close(Addresses.EVENTS, new byte[] {'['}))));
        Seal.Body body = (Seal.Body) seal.open(reply.address(), reply.body().getBytes());
        assertThat(body.content().toString()).contains("UNAUTHORIZED");
    }

    /** A page that waits is answered by what happens meanwhile, and else when its time is over. */
    @Test
    void aPageWaitsForWhatHappens() throws Exception {
        long now = Long.parseLong(ask(Addresses.EVENTS, request().put("body", new JsonObject()))
                .getJsonObject("data")
                .getString("next"));
        JsonObject body =
                new JsonObject().put("after", Long.toString(now)).put("types", new JsonArray().add("poll.vote"));
        assertThat(ask(Addresses.EVENTS, request().put("body", body.copy().put("waitMs", 100)))
                        .getJsonObject("data")
                        .getJsonArray("events"))
                .isEmpty();
        body.put("waitMs", 30_000).remove("types");
        Future<JsonObject> waiting = fixture.vertx.executeBlocking(
                () -> ask(Addresses.EVENTS, request().put("body", body)), false);
        arrives("WAITED1", "waited for");
        assertThat(get(waiting).encode()).contains("WAITED1");
    }
}
