package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Settings;
import io.kurir.bus.Bus;
import io.kurir.config.StoredConfig;
import io.kurir.message.FakeSession;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is decided while Kurir runs, and the attempts of one message. */
class ConfigIT {
    private static final String PATH = "/api/admin/config";
    private static final String ATTEMPTS = PATH + "/SCHEDULER_MAX_ATTEMPTS";
    private static final String DELAY = PATH + "/SCHEDULER_BASE_DELAY_MS";
    private static final String SEND = "/api/whatsapp-multi-device/devices/config/send-message";

    private static HttpFixture fixture;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        fixture = new HttpFixture();
        FakeSession _ = new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, "config", 1);
        admin = fixture.stranger.withKey(HttpFixture.KEY);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Test
    @Effect({"listConfig", "setConfig", "resetConfig"})
    void aValueIsSetTakesEffectOnAllNodesAndGoesBackToTheSettings() {
        Vertx elsewhere = Vertx.vertx();
        try {
            Settings.Delivery settings = new Settings.Delivery(
                    8,
                    Duration.ofSeconds(7),
                    Settings.OnUnknown.RESEND,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30));
            // of a node that the bus does not reach: it looks for itself
            StoredConfig other = new StoredConfig(
                    elsewhere,
                    fixture.pool,
                    new Bus(elsewhere),
                    settings,
                    new Settings.Send(100, 100, 500, Duration.ofSeconds(3)),
                    Settings.OnLogout.KEEP);
            assertThat(sources()).contains("SCHEDULER_BASE_DELAY_MS default", "SCHEDULER_MAX_ATTEMPTS default");
            assertThat(other.delivery().baseDelay()).isEqualTo(Duration.ofSeconds(7));

            var set = admin.put(DELAY, new JsonObject().put("value", 250));
            assertThat(set.status()).as(set.text()).isEqualTo(200);
            assertThat(set.data().getString("value")).isEqualTo("250");
            assertThat(admin.put(ATTEMPTS, new JsonObject().put("value", "3")).status())
                    .isEqualTo(200);
            assertThat(sources()).contains("SCHEDULER_BASE_DELAY_MS stored", "SCHEDULER_MAX_ATTEMPTS stored");
            admin.put(PATH + "/SEND_PER_MINUTE", new JsonObject().put("value", 7));
            admin.put(PATH + "/DEVICE_ON_LOGOUT", new JsonObject().put("value", "purge"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> other.delivery().maxAttempts() == 3
                            && other.delivery().baseDelay().equals(Duration.ofMillis(250))
                            && other.send().perMinute() == 7
                            && other.onLogout() == Settings.OnLogout.PURGE);

            admin.delete(PATH + "/SEND_PER_MINUTE");
            admin.delete(PATH + "/DEVICE_ON_LOGOUT");
            assertThat(admin.delete(ATTEMPTS).data().getString("value")).isEqualTo("8");
            assertThat(admin.delete(DELAY).data().getString("source")).isEqualTo("default");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> other.delivery().baseDelay().equals(Duration.ofSeconds(7)));
        } finally {
            elsewhere.close().await();
        }
    }

    private static List<String> sources() {
        JsonArray entries = admin.get(PATH).data().getJsonArray("entries");
        return entries.stream()
                .map(JsonObject.class::cast)
                .map(entry -> entry.getString("key") + " " + entry.getString("source"))
                .toList();
    }

    private static JsonObject entry(String key) {
        return admin.get(PATH).data().getJsonArray("entries").stream()
                .map(JsonObject.class::cast)
                .filter(entry -> entry.getString("key").equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theListTellsWhoStoredAValueAndWhen() {
        assertThat(entry("SEND_BURST").getString("updatedBy")).isNull();
        Instant before = Instant.now().minusSeconds(1);
        admin.put(PATH + "/SEND_BURST", new JsonObject().put("value", 90));
        assertThat(entry("SEND_BURST").getString("updatedBy")).isEqualTo("admin");
        assertThat(Instant.parse(entry("SEND_BURST").getString("updatedAt"))).isAfter(before);
        admin.delete(PATH + "/SEND_BURST");
        assertThat(entry("SEND_BURST").getString("updatedAt")).isNull();
    }

    @Test
    void theListTellsWhatAValueMayBeAndWhatCountsWithoutIt() {
        admin.put(PATH + "/SEND_BURST", new JsonObject().put("value", 90));
        JsonObject burst = entry("SEND_BURST");
        assertThat(burst.getString("type")).isEqualTo("number");
        assertThat(burst.getInteger("minimum")).isEqualTo(1);
        assertThat(burst.getInteger("maximum")).isEqualTo(60_000);
        assertThat(burst.getString("fallback")).isNotEqualTo("90");
        admin.delete(PATH + "/SEND_BURST");
        assertThat(entry("SEND_BURST").getString("value")).isEqualTo(burst.getString("fallback"));
        assertThat(entry("DEVICE_ON_LOGOUT").getJsonArray("words")).containsExactly("keep", "purge");
        assertThat(entry("API_KEY").getString("type")).isEqualTo("secret");
        assertThat(entry("API_KEY").getString("fallback")).isNull();
    }

    @Test
    void anApiKeyIsSetReplacedAndNeverShown() {
        String first = "the-first-key-of-the-operator";
        String second = "the-second-key-of-the-operator";
        String path = PATH + "/API_KEY";
        var set = admin.put(path, new JsonObject().put("value", first));
        assertThat(set.status()).as(set.text()).isEqualTo(200);
        assertThat(set.data().getString("value")).isNull();
        assertThat(set.data().getBoolean("isSet")).isTrue();
        assertThat(fixture.stranger.withKey(first).get(PATH).status()).isEqualTo(200);

        assertThat(admin.put(path, new JsonObject().put("value", second)).status())
                .isEqualTo(200);
        assertThat(fixture.stranger.withKey(first).get(PATH).status()).isEqualTo(401);
        assertThat(fixture.stranger.withKey(second).get(PATH).status()).isEqualTo(200);
        assertThat(admin.put(path, new JsonObject().put("value", second)).status())
                .as("the same once more")
                .isEqualTo(200);
        assertThat(fixture.stranger.withKey(second).get(PATH).status()).isEqualTo(200);
        assertThat(admin.put(path, new JsonObject().put("value", HttpFixture.KEY))
                        .status())
                .as("a key that was made otherwise")
                .isEqualTo(409);

        String audit = admin.get("/api/admin/audit?pageSize=100").text();
        assertThat(audit).contains("config.set").contains("API_KEY");
        assertThat(audit + admin.get(PATH).text()).doesNotContain(first).doesNotContain(second);

        assertThat(admin.delete(path).data().getBoolean("isSet")).isFalse();
        assertThat(fixture.stranger.withKey(second).get(PATH).status()).isEqualTo(401);
    }

    @Test
    void anAdminAloneMay() {
        ContractClient user = fixture.user("someone");
        assertThat(user.get(PATH).status()).isEqualTo(403);
        assertThat(user.put(ATTEMPTS, new JsonObject().put("value", 3)).status())
                .isEqualTo(403);
        assertThat(user.delete(ATTEMPTS).status()).isEqualTo(403);
        assertThat(fixture.stranger.get(PATH).status()).isEqualTo(401);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("a key that there is not", PATH + "/NOTHING", 3, 404, "NOT_FOUND", ""),
                Arguments.of("a key of the wrong case", PATH + "/scheduler_max_attempts", 3, 404, "NOT_FOUND", ""),
                Arguments.of("a short secret", PATH + "/API_KEY", "x", 400, "INVALID_PAYLOAD", "value"),
                Arguments.of(
                        "a secret with a space",
                        PATH + "/API_KEY",
                        "a key of the operator",
                        400,
                        "INVALID_PAYLOAD",
                        "value"),
                Arguments.of("an unknown word", PATH + "/DEVICE_ON_LOGOUT", "burn", 400, "INVALID_PAYLOAD", "value"),
                Arguments.of("no attempts", ATTEMPTS, 0, 400, "INVALID_PAYLOAD", "value"),
                Arguments.of("too many attempts", ATTEMPTS, 101, 400, "INVALID_PAYLOAD", "value"),
                Arguments.of("words", ATTEMPTS, "many", 400, "INVALID_PAYLOAD", "value"),
                Arguments.of("half an attempt", ATTEMPTS, "2.5", 400, "INVALID_PAYLOAD", "value"),
                Arguments.of("half an attempt as a number", ATTEMPTS, 2.5, 400, "INVALID_PAYLOAD", "value"),
                Arguments.of("a truth", ATTEMPTS, true, 400, "INVALID_PAYLOAD", "value"),
                Arguments.of("less than nothing", DELAY, -1, 400, "INVALID_PAYLOAD", "value"),
                Arguments.of("nothing", DELAY, "", 400, "INVALID_PAYLOAD", "value"),
                Arguments.of("more than an hour", DELAY, 3_600_001, 400, "INVALID_PAYLOAD", "value"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void isRefused(String what, String path, Object value, int status, String code, String field) {
        var reply = admin.put(path, new JsonObject().put("value", value));
        assertThat(reply.status()).as(what + ": " + reply.text()).isEqualTo(status);
        assertThat(reply.code()).isEqualTo(code);
        if (!field.isEmpty()) {
            assertThat(reply.fields()).contains(field);
        }
    }

    @Test
    void aValueMustBeThereAndNothingElse() {
        assertThat(admin.put(ATTEMPTS, new JsonObject()).fields()).contains("value");
        assertThat(admin.put(ATTEMPTS, new JsonObject().put("value", 3).put("more", 1))
                        .status())
                .isEqualTo(400);
        assertThat(admin.delete(PATH + "/NOTHING").status()).isEqualTo(404);
    }

    @Test
    void aMessageMayHaveAttemptsOfItsOwn() throws Exception {
        JsonObject text = new JsonObject().put("to", "6281234567890").put("message", "one");
        for (Object wrong : List.of(0, 101, -1, "many", 1.5)) {
            var reply = admin.post(SEND, text.copy().put("maxAttempts", wrong));
            assertThat(reply.status()).as(wrong + ": " + reply.text()).isEqualTo(400);
            assertThat(reply.fields()).contains("maxAttempts");
        }
        var sent = admin.post(SEND, text.copy().put("maxAttempts", 100));
        assertThat(sent.status()).as(sent.text()).isEqualTo(200);
        var stored = fixture.pool
                .query("select max_attempts from message where stanza_id = '"
                        + sent.data().getString("messageId") + "'")
                .execute()
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        assertThat(stored.iterator().next().getInteger(0)).isEqualTo(100);
    }
}
