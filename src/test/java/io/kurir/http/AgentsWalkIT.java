package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.agent.AgentFixture;
import io.kurir.dialect.Captured;
import io.kurir.message.FakeSession;
import io.kurir.session.FakeWorker;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A user of the agents' service (004) goes through its document, from top to bottom, on Kurir. Takes 15 seconds, most of them for the databases. */
class AgentsWalkIT {
    private static final String AGENT = "AGENT_ID";
    /** As another service may have signed it: it looks like a login of ours, and is none. */
    private static final String KEY = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiVVNFUl9JRCJ9.bm90LW91cnMtdGhpcy1vbmU";

    private static final String CHAT = "6281234567890@c.us";
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    private static final int TOO_LARGE = (10 << 20) + 1;

    private static final Vertx vertx = Vertx.vertx();
    private static final Deque<JsonObject> asked = new ConcurrentLinkedDeque<>();
    private static volatile int aiStatus = 200;
    private static String elsewhere = "";
    private static String login = "";
    private static HttpFixture fixture;
    private static ContractClient admin;

    @BeforeAll
    static void open() {
        elsewhere = "http://127.0.0.1:" + serve();
        fixture = new HttpFixture(AgentFixture.settings(Optional.of(URI.create(elsewhere))));
        new FakeWorker(fixture.pool, fixture.bus);
        login = fixture.login(HttpFixture.EMAIL);
        admin = fixture.stranger.withToken(login);
    }

    @AfterAll
    static void close() {
        fixture.close();
        vertx.close().await();
    }

    /** The AI backend, and a picture on somebody's server; answers the port. */
    private static int serve() {
        return vertx.createHttpServer()
                .requestHandler(request -> {
                    if ("/image.png".equals(request.path())) {
                        request.response().end(Buffer.buffer(Base64.getDecoder().decode(PNG)));
                        return;
                    }
                    request.body().onSuccess(body -> {
                        asked.addLast(body.toJsonObject()
                                .put("path", request.path())
                                .put("authorization", request.getHeader("Authorization")));
                        request.response()
                                .setStatusCode(aiStatus)
                                .end(new JsonObject()
                                        .put("reply", "Hello, how can I help?")
                                        .encode());
                    });
                })
                .listen(0, "127.0.0.1")
                .await()
                .actualPort();
    }

    @Test
    @Effect({
        "createSession",
        "getSession",
        "createSessionQr",
        "runAgent",
        "sendAgentMessage",
        "sendAgentMedia",
        "reconnectSession",
        "endSession"
    })
    void theDocumentFromTopToBottom() throws Exception {
        Captured captured = new Captured(fixture.stranger, "agents");
        captured.with("login", login);
        captured.with("agentId", AGENT);
        captured.with("apikey", KEY);
        captured.with("image", PNG);
        captured.with("imageUrl", elsewhere + "/image.png");
        captured.with("tooLarge", Base64.getEncoder().encodeToString(new byte[TOO_LARGE]));
        captured.with("aiUrl", elsewhere);
        captured.with("otherId", other());

        sessions(captured);
        run(captured);
        messages(captured);
        media(captured);
        captured.play("health");
        assertThat(fixture.stranger.get("/metrics").text()).contains("ai_latency_seconds_count");
        strangers();
        end(captured);
        captured.allWerePlayed();
    }

    /** An agent of another user, with a key of its own that is told once. */
    private static String other() {
        JsonObject made = admin.post(
                        "/sessions",
                        new JsonObject()
                                .put("userId", "ANOTHER_USER")
                                .put("agentId", "OTHER_AGENT")
                                .put("agentName", "Other Bot"))
                .json();
        assertThat(made.getString("api_key")).startsWith("kd_");
        return made.getString("agent_id");
    }

    private void sessions(Captured captured) throws Exception {
        captured.play("create-unknown");
        captured.play("create-invalid");
        captured.play("create");
        captured.play("create-of-another-user");
        captured.play("messages-not-ready");
        assertThat(QrReading.text(captured.play("qr").json().getJsonObject("qr").getString("base64")))
                .isEqualTo("2@the,qr,of," + AGENT);
        captured.play("qr-unknown");

        new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, AGENT, 1);
        captured.play("create-again");
        admin.post(
                "/sessions",
                new JsonObject().put("userId", "USER_ID").put("agentId", AGENT).put("agentName", "Support Bot"));
        captured.play("get");
        captured.play("get-by-key");
        captured.play("get-unknown");
        captured.play("get-other");
        captured.play("qr-connected");

        // a second agent of the same user shares the key
        ContractClient.Reply second = admin.post(
                "/sessions",
                new JsonObject()
                        .put("userId", "USER_ID")
                        .put("agentId", "second")
                        .put("agentName", "Second Bot"));
        assertThat(second.json().getString("api_key")).isNull();
        assertThat(fixture.stranger.withToken(KEY).get("/sessions/second").status())
                .isEqualTo(200);
    }

    private void run(Captured captured) throws Exception {
        captured.play("run");
        JsonObject question = asked.getLast();
        assertThat(question.getString("path")).isEqualTo("/agents/" + AGENT + "/execute");
        assertThat(question.getString("authorization")).isEqualTo("Bearer " + KEY);
        assertThat(question.getString("input")).isEqualTo("Hello assistant!");
        assertThat(question.getString("session_id")).isEqualTo(CHAT);
        assertThat(question.getJsonObject("parameters").getInteger("max_steps")).isEqualTo(5);
        assertThat(one("select chat || ' ' || body || ' ' || phase from message where device_id = $1", AGENT))
                .isEqualTo(CHAT + " Hello, how can I help? sent");
        repeated();
        captured.play("run-message");
        captured.play("run-unknown");
        captured.play("run-invalid");
        captured.play("run-without-input");
        aiStatus = 500;
        captured.play("run-downstream");
    }

    /** A client that does not know whether it was heard asks again, and the AI is asked and answers once. */
    private static void repeated() {
        ContractClient repeating = admin.with("Idempotency-Key", "run-1");
        JsonObject question = new JsonObject().put("input", "Once").put("session_id", CHAT);
        int before = asked.size();
        JsonObject first = repeating.post("/agents/" + AGENT + "/run", question).json();
        ContractClient.Reply again = repeating.post("/agents/" + AGENT + "/run", question);
        assertThat(again.json()).isEqualTo(first);
        assertThat(again.header("Idempotency-Replayed")).contains("true");
        assertThat(asked).hasSize(before + 1);
    }

    private void messages(Captured captured) throws Exception {
        captured.play("messages");
        assertThat(one("select phase from message where device_id = $1 and body = 'Halo dari API'", AGENT))
                .isEqualTo("sent");
        captured.play("messages-unknown");
        captured.play("messages-other");
        captured.play("messages-invalid");
    }

    private void media(Captured captured) throws Exception {
        String preview = captured.play("media").json().getString("previewPath");
        assertThat(fixture.stranger.get(URI.create(preview).getPath()).status()).isEqualTo(200);
        captured.play("media-url");
        captured.play("media-not-kept");
        captured.play("media-too-large");
        captured.play("media-invalid");
        assertThat(one(
                        "select count(*) from message where device_id = $1 and type = 'image' and phase = 'sent'",
                        AGENT))
                .isEqualTo("3");
    }

    /** As it was there, where an operator wants it so; and nothing but agents. */
    private void strangers() {
        assertThat(fixture.stranger.get("/sessions/" + AGENT).status()).isEqualTo(401);
        admin.post("/api/whatsapp-multi-device/devices", new JsonObject().put("deviceId", "native-one"));
        fixture.strangers.set(true);
        JsonObject made = fixture.stranger
                .post(
                        "/sessions",
                        new JsonObject()
                                .put("userId", "NOBODY")
                                .put("agentId", "of-a-stranger")
                                .put("agentName", "Bot"))
                .json();
        assertThat(made.getString("user_id")).isEqualTo("NOBODY");
        assertThat(fixture.stranger.get("/sessions/" + AGENT).status()).isEqualTo(200);
        assertThat(fixture.stranger.get("/sessions/native-one").status()).isEqualTo(403);
        assertThat(fixture.stranger.delete("/sessions/native-one").status()).isEqualTo(403);
        assertThat(fixture.stranger
                        .post("/sessions", new JsonObject().put("clientId", "of-a-stranger"))
                        .status())
                .isEqualTo(403);
        assertThat(fixture.stranger.get("/accounts").status()).isEqualTo(401);
        assertThat(fixture.stranger.withToken("wrong").get("/sessions/" + AGENT).status())
                .isEqualTo(401);
        assertThat(fixture.stranger.delete("/sessions/of-a-stranger").json().getBoolean("deleted"))
                .isTrue();
        fixture.strangers.set(false);
    }

    private void end(Captured captured) throws Exception {
        captured.play("reconnect");
        assertThat(one("select linked from device where device_id = $1", AGENT)).isEqualTo("false");
        captured.play("reconnect-unknown");
        captured.play("delete");
        captured.play("delete-again");
        assertThat(one("select count(*) from device where device_id = $1", AGENT))
                .isEqualTo("0");
    }

    private static String one(String query, String argument) throws Exception {
        Row row = fixture.pool
                .preparedQuery(query)
                .execute(Tuple.of(argument))
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .iterator()
                .next();
        return String.valueOf(row.getValue(0));
    }
}
