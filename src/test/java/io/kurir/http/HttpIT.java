package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient.Reply;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The door as strangers and friends find it; {@link ContractClient} holds every answer against the contract. Over 300 lines: one fixture. */
class HttpIT {
    private static final String DEVICES = "/api/whatsapp-multi-device/devices";

    private static HttpFixture fixture;
    private static ContractClient stranger;
    private static ContractClient admin;

    @BeforeAll
    static void open() {
        fixture = new HttpFixture();
        stranger = fixture.stranger;
        admin = stranger.withKey(HttpFixture.KEY);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Test
    @Effect({"getHealth", "getApiHealth"})
    void isHealthyInBothDialects() {
        assertThat(stranger.get("/health").json().getString("status")).isEqualTo("ok");
        assertThat(stranger.get("/api/health").json().getString("status")).isEqualTo("OK");
    }

    @Test
    void takesOverAWellFormedRequestIdOnly() {
        String given = "order-4711.A_b";
        assertThat(stranger.with("X-Request-Id", given).get("/health").header("X-Request-Id"))
                .contains(given);
        assertThat(stranger.with("X-Request-Id", given).get("/nowhere").code()).isEqualTo("NOT_FOUND");
        assertThat(stranger.with("X-Request-Id", "short").get("/health").header("X-Request-Id"))
                .isNotEqualTo(Optional.of("short"));
    }

    @Test
    void protectsEveryAnswer() {
        Reply reply = stranger.get("/nowhere");
        assertThat(reply.header("X-Content-Type-Options")).contains("nosniff");
        assertThat(reply.header("Content-Security-Policy")).contains("default-src 'none'; frame-ancestors 'none'");
        assertThat(reply.header("Cache-Control")).contains("no-store");
    }

    @Test
    void answersNothingThatIsNotListed() {
        assertThat(stranger.get("/nowhere").status()).isEqualTo(404);
        assertThat(stranger.get("/api/whatsapp-multi-device").status()).isEqualTo(404);
        Reply wrongMethod = stranger.send("PATCH", DEVICES, Optional.empty());
        assertThat(wrongMethod.status()).isEqualTo(405);
        assertThat(wrongMethod.header("Allow")).contains("GET, POST");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/auth/profile",
        "POST, /api/whatsapp-multi-device/devices",
        "GET, /api/whatsapp-multi-device/devices/connected",
        "GET, /api/whatsapp-multi-device/devices/no",
        "POST, /api/whatsapp-multi-device/devices/shop-1/send-message",
        "GET, /api/events"
    })
    void knowsNoStranger(String method, String path) {
        assertThat(stranger.send(method, path, Optional.empty()).code()).isEqualTo("UNAUTHORIZED");
        assertThat(stranger.withKey("kr_wrong")
                        .send(method, path, Optional.empty())
                        .status())
                .isEqualTo(401);
        assertThat(stranger.withToken("a.b.c")
                        .send(method, path, Optional.empty())
                        .status())
                .isEqualTo(401);
    }

    @Test
    void looksAtCredentialsBeforeTheBody() {
        assertThat(stranger.with("Content-Type", "text/plain")
                        .send("POST", DEVICES + "/shop-1/send-message", Optional.of("{"))
                        .status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "ab", "with.dot", "with%20space", "%00%00%00", "umlaut-%C3%A4"})
    void refusesBadDeviceIds(String id) {
        Reply reply = admin.get(DEVICES + "/" + id + "/status");
        assertThat(reply.code()).isEqualTo("INVALID_PAYLOAD");
        assertThat(reply.fields()).containsExactly("deviceId");
    }

    /** By hand, because no URI class lets such a path out. */
    @Test
    void refusesAPathThatCannotBeRead() throws java.io.IOException {
        try (java.net.Socket socket =
                new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), fixture.base.getPort())) {
            String request = "GET " + DEVICES + "/%zz/status HTTP/1.0\r\nx-api-key: " + HttpFixture.KEY + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.0 400")
                    .contains("INVALID_PAYLOAD")
                    .contains("X-Request-Id");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | message,to,phone",
                "{\"to\":\"628123456789\"} | message",
                "{\"message\":\"hello\"} | to,phone",
                "{\"to\":628123456789,\"message\":\"hello\"} | to",
                "{\"to\":\"628123456789\",\"message\":\"\"} | message",
                "{\"to\":\"628123456789\",\"message\":null} | message",
                "{\"to\":\"628123456789\",\"message\":[\"hello\"],\"typing\":\"yes\"} | message,typing",
                "{\"to\":\"628123456789\",\"message\":\"a\\u0000b\"} | message",
                "{\"to\":\"628123456789\",\"message\":\"hello\",\"mentions\":[1]} | mentions[0]",
                "[] | body",
                "null | body",
                "\"text\" | body",
                "{\"to\":\"628123456789\", | body",
                "{\"to\":\"628123456789\",\"message\":\"hello\"} x | body"
            })
    void namesWhatIsWrongWithAMessage(String body, String fields) {
        Reply reply = send(body);
        assertThat(reply.code()).isEqualTo("INVALID_PAYLOAD");
        assertThat(reply.fields()).containsExactlyInAnyOrder(fields.split(",", -1));
    }

    @Test
    void refusesALongTextAndNothingAtAll() {
        Reply reply = send(new JsonObject()
                .put("to", "628123456789")
                .put("message", "x".repeat(5_000))
                .encode());
        assertThat(reply.json().getJsonObject("error").getJsonArray("details").encode())
                .isEqualTo("[{\"field\":\"message\",\"reason\":\"must have at most 4096 characters\"}]");
        assertThat(send("").fields()).containsExactly("body");
    }

    @Test
    void refusesBodiesThatAreTooLargeOrOfAnotherType() {
        assertThat(send("{\"message\":\"" + "x".repeat(2 << 20) + "\"}").code()).isEqualTo("PAYLOAD_TOO_LARGE");
        for (String type : new String[] {
            "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"
        }) {
            Reply reply = admin.with("Content-Type", type)
                    .send("POST", DEVICES + "/shop-1/send-message", Optional.of("to=1"));
            assertThat(reply.code()).as(type).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        }
    }

    @Test
    void looksAtCredentialsBeforeABrokenFormToo() {
        ContractClient form = stranger.with("Content-Type", "multipart/form-data; boundary=x");
        String broken = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nab";
        assertThat(form.send("POST", DEVICES + "/shop-1/send-message", Optional.of(broken))
                        .status())
                .isEqualTo(401);
        assertThat(form.withKey(HttpFixture.KEY)
                        .send("POST", DEVICES + "/shop-1/send-message", Optional.of(broken))
                        .code())
                .isEqualTo("UNSUPPORTED_MEDIA_TYPE");
    }

    private static Reply send(String body) {
        return admin.with("Content-Type", "application/json; charset=utf-8")
                .send("POST", DEVICES + "/shop-1/send-message", Optional.of(body));
    }

    @ParameterizedTest
    @CsvSource({
        "page=0, page",
        "page=one, page",
        "pageSize=101, pageSize",
        "state=sleeping, state",
        "page=-1&pageSize=x, page;pageSize"
    })
    void refusesBadQueries(String query, String fields) {
        assertThat(admin.get(DEVICES + "?" + query).fields()).containsExactly(fields.split(";", -1));
    }

    @Test
    void refusesUnknownFieldsOnlyWhereNoOlderClientSendsThem() {
        assertThat(admin.put(
                                DEVICES + "/shop-1",
                                new JsonObject().put("deviceName", "a").put("color", "red"))
                        .fields())
                .containsExactly("color");
        Reply login = stranger.post(
                "/api/auth/login",
                new JsonObject()
                        .put("email", HttpFixture.EMAIL)
                        .put("password", HttpFixture.PASSWORD)
                        .put("rememberMe", true));
        assertThat(login.status()).isEqualTo(200);
    }

    @Test
    void keepsDevicesOfDifferentPeopleApart() {
        assertThat(admin.post(
                                DEVICES,
                                new JsonObject().put("deviceId", "shop-1").put("deviceName", "Shop"))
                        .status())
                .isEqualTo(201);
        assertThat(admin.post(DEVICES, new JsonObject().put("deviceId", "shop-1"))
                        .code())
                .isEqualTo("CONFLICT");
        assertThat(admin.post(DEVICES, new JsonObject().put("deviceId", "connected"))
                        .fields())
                .containsExactly("deviceId");
        assertThat(admin.post(DEVICES, new JsonObject().put("userId", 4711)).fields())
                .containsExactly("userId");
        ContractClient user = fixture.user("budi");
        long userId = user.get("/api/auth/profile").data().getLong("id");
        Reply own = admin.post(DEVICES, new JsonObject().put("userId", userId));
        String ownId = own.data().getString("deviceId");
        assertThat(own.data().getString("status")).isEqualTo("disconnected");

        for (String path : new String[] {"", "/status", "/qr", "/qr-image?format=svg", "/messages/1"}) {
            assertThat(user.get(DEVICES + "/shop-1" + path).code()).as(path).isEqualTo("FORBIDDEN");
            assertThat(user.get(DEVICES + "/shop-9" + path).code()).as(path).isEqualTo("SESSION_NOT_FOUND");
        }
        for (String path : new String[] {"/connect", "/restart"}) {
            assertThat(user.post(DEVICES + "/shop-1" + path).code()).as(path).isEqualTo("FORBIDDEN");
        }
        assertThat(user.delete(DEVICES + "/shop-1/disconnect").code()).isEqualTo("FORBIDDEN");
        assertThat(user.put(DEVICES + "/shop-1", new JsonObject().put("deviceName", "Mine"))
                        .code())
                .isEqualTo("FORBIDDEN");
        assertThat(user.post(DEVICES + "/shop-1/send-message", text()).code()).isEqualTo("FORBIDDEN");
        assertThat(user.post(DEVICES + "/shop-9/send-message", text()).code()).isEqualTo("SESSION_NOT_FOUND");

        assertThat(user.get(DEVICES).data().getJsonArray("devices").size()).isEqualTo(1);
        assertThat(user.get(DEVICES + "?search=shop")
                        .data()
                        .getJsonArray("devices")
                        .size())
                .isZero();
        assertThat(user.get(DEVICES + "/connected").data().encode())
                .isEqualTo("{\"devices\":[],\"counts\":{\"total\":1,\"connected\":0}}");
        assertThat(user.get(DEVICES + "/connected/detail").status()).isEqualTo(200);
        assertThat(user.put(DEVICES + "/" + ownId, new JsonObject().put("deviceName", "Mine"))
                        .data()
                        .getString("deviceName"))
                .isEqualTo("Mine");
        assertThat(user.get(DEVICES + "/" + ownId + "/status").data().getBoolean("isConnected"))
                .isFalse();
        assertThat(user.get(DEVICES + "/" + ownId + "/qr").code()).isEqualTo("NO_QR");
        assertThat(user.get(DEVICES + "/" + ownId + "/messages/1").code()).isEqualTo("MESSAGE_NOT_FOUND");
        assertThat(user.post(DEVICES + "/" + ownId + "/send-message", text()).code())
                .isEqualTo("SESSION_NOT_READY");
        assertThat(admin.get(DEVICES + "?pageSize=1")
                        .json()
                        .getJsonObject("pagination")
                        .getInteger("totalPages"))
                .isGreaterThanOrEqualTo(2);
        nothingIsStored();
    }

    private static JsonObject text() {
        return new JsonObject().put("to", "6281234567890").put("message", "hello");
    }

    private static void nothingIsStored() {
        long stored = fixture.pool
                .query("select (select count(*) from message) + (select count(*) from outbox)")
                .execute()
                .await()
                .iterator()
                .next()
                .getLong(0);
        assertThat(stored).isZero();
    }

    @Test
    @Effect("getMetrics")
    void countsRequestsPerOperation() {
        stranger.get("/health/live");
        double before = counted("getLiveness");
        stranger.get("/health/live");
        await().untilAsserted(() -> assertThat(counted("getLiveness")).isEqualTo(before + 1));
        assertThat(admin.get("/metrics").text()).contains("jvm_memory_used_bytes");
    }

    private static double counted(String operation) {
        return admin.get("/metrics")
                .text()
                .lines()
                .filter(line ->
                        line.startsWith("kurir_http_requests_seconds_count{") && line.contains("\"" + operation + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    @Effect({"getDocs", "getDocsAsset", "getContract", "getEventContract"})
    void showsTheContractWithoutForeignHosts() {
        Reply page = stranger.get("/docs");
        assertThat(page.header("Content-Security-Policy").orElseThrow()).contains("script-src 'self';");
        assertThat(page.text()).doesNotContain("http://").doesNotContain("https://");
        for (String asset : new String[] {"swagger-ui.css", "swagger-ui-bundle.js", "init.js", "favicon-32x32.png"}) {
            Reply served = stranger.get("/docs/" + asset);
            assertThat(served.status()).as(asset).isEqualTo(200);
            assertThat(served.text()).as(asset).isNotBlank();
        }
        assertThat(stranger.get("/docs/../openapi.yaml").status()).isEqualTo(404);
        assertThat(stranger.get("/docs/secrets.txt").fields()).containsExactly("asset");
        assertThat(stranger.get("/docs/init.js").text()).contains("openapi.json");
        JsonObject contract = stranger.get("/openapi.json").json();
        assertThat(contract.getString("openapi")).isEqualTo("3.1.0");
        assertThat(contract.getJsonObject("paths"))
                .isEqualTo(Contract.load(fixture.base).served().getJsonObject("paths"));
        JsonObject events = stranger.get("/asyncapi.json").json();
        assertThat(events.getString("asyncapi")).startsWith("3.");
        assertThat(events.getJsonObject("components"))
                .isEqualTo(Contract.read("asyncapi.yaml").getJsonObject("components"));
    }

    @Test
    @Effect("getAbout")
    void tellsWhatItIs() {
        assertThat(stranger.get("/api/about").data())
                .isEqualTo(new JsonObject().put("mode", "simulator").put("phones", "http://127.0.0.1/phones/"));
    }

    @Test
    @Effect({"getLiveness", "getReadiness"})
    void isAliveAndReady() {
        assertThat(stranger.get("/health/live").status()).isEqualTo(200);
        assertThat(stranger.get("/health/ready").status()).isEqualTo(200);
        fixture.draining.set(true);
        try {
            Reply ready = stranger.get("/health/ready");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.json().getString("status")).isEqualTo("draining");
            assertThat(stranger.get("/health/live").status()).isEqualTo(200);
        } finally {
            fixture.draining.set(false);
        }
    }
}
