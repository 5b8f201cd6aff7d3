package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.http.ContractClient.Reply;
import io.kurir.session.FakeWorker;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Logins, keys, roles and scopes, over HTTP. The throttle is tried last: it counts this address for the rest of the class. Over 300 lines: one fixture. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AccessIT {
    private static final String DEVICES = "/api/whatsapp-multi-device/devices";
    private static final String JOBS = "/api/whatsapp-multi-device/jobs";
    private static final String KEYS = "/api/auth/api-keys";

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

    private static Reply login(String field, String name, String password) {
        return stranger.post(
                "/api/auth/login", new JsonObject().put(field, name).put("password", password));
    }

    private static Reply refresh(String token) {
        return stranger.post("/api/auth/refresh-token", new JsonObject().put("refreshToken", token));
    }

    @Test
    @Effect({"login", "getProfile"})
    void logsInByEmailAndByNameInAnyCase() {
        assertThat(login("email", "Admin@Example.com", HttpFixture.PASSWORD).status())
                .isEqualTo(200);
        Reply byName = login("username", "admin", HttpFixture.PASSWORD);
        assertThat(byName.data().getJsonObject("user").getString("role")).isEqualTo("admin");
        Reply profile = stranger.withToken(byName.data().getString("token")).get("/api/auth/profile");
        assertThat(profile.data().getString("email")).isEqualTo(HttpFixture.EMAIL);
    }

    @Test
    void answersTheSameForUnknownAndWrong() {
        JsonObject wrong = login("email", HttpFixture.EMAIL, "wrong").json();
        JsonObject unknown = login("email", "nobody@example.com", "wrong").json();
        assertThat(wrong.getJsonObject("error").getString("code")).isEqualTo("UNAUTHORIZED");
        assertThat(unknown.getString("message")).isEqualTo(wrong.getString("message"));
        assertThat(stranger.post("/api/auth/login", new JsonObject().put("password", "x"))
                        .fields())
                .containsExactlyInAnyOrder("email", "username");
    }

    @Test
    @Effect("logout")
    void endsALoginAtOnce() {
        JsonObject tokens =
                login("email", HttpFixture.EMAIL, HttpFixture.PASSWORD).data();
        ContractClient person = stranger.withToken(tokens.getString("token"));
        assertThat(person.get("/api/auth/profile").status()).isEqualTo(200);
        assertThat(person.post("/api/auth/logout").status()).isEqualTo(200);
        assertThat(person.get("/api/auth/profile").status()).isEqualTo(401);
        assertThat(refresh(tokens.getString("refreshToken")).status()).isEqualTo(401);
        assertThat(admin.post("/api/auth/logout").code()).isEqualTo("CONFLICT");
    }

    @Test
    @Effect("refreshToken")
    void rotatesRefreshTokensAndKillsTheFamilyOfAReusedOne() {
        JsonObject first =
                login("email", HttpFixture.EMAIL, HttpFixture.PASSWORD).data();
        JsonObject second = refresh(first.getString("refreshToken")).data();
        assertThat(second.getString("refreshToken")).isNotEqualTo(first.getString("refreshToken"));
        ContractClient person = stranger.withToken(second.getString("token"));
        assertThat(person.get("/api/auth/profile").status()).isEqualTo(200);

        assertThat(refresh(first.getString("refreshToken")).status()).isEqualTo(401);

        assertThat(person.get("/api/auth/profile").status()).isEqualTo(401);
        assertThat(refresh(second.getString("refreshToken")).status()).isEqualTo(401);
        assertThat(refresh("never-issued").status()).isEqualTo(401);
    }

    @Test
    void alsoTakesTheRefreshTokenFromACookieThatScriptsCannotRead() {
        Reply login = login("email", HttpFixture.EMAIL, HttpFixture.PASSWORD);
        String cookie = login.header("Set-Cookie").orElseThrow();
        assertThat(cookie)
                .containsIgnoringCase("HttpOnly")
                .contains("SameSite=Strict")
                .contains("Path=/api/auth");
        Reply renewed = stranger.with("Cookie", cookie.split(";", 2)[0]).post("/api/auth/refresh-token");
        assertThat(renewed.status()).isEqualTo(200);
        assertThat(stranger.post("/api/auth/refresh-token").status()).isEqualTo(401);
    }

    @Test
    void refusesForgedAndExpiredTokens() {
        String token = fixture.login(HttpFixture.EMAIL);
        String[] parts = token.split("\\.", -1);
        assertThat(profile(parts[0] + "." + parts[1] + "." + "A".repeat(43))).isEqualTo(401);
        String none = java.util.Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\",\"typ\":\"JWT\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(profile(none + "." + parts[1] + ".")).isEqualTo(401);
        JsonObject claims = part(token, 1);
        assertThat(profile(signed("another secret of thirty-two characters!", claims, 60)))
                .isEqualTo(401);
        assertThat(profile(signed(HttpFixture.SECRET, claims, -60))).isEqualTo(401);
        assertThat(profile(signed(HttpFixture.SECRET, claims, 60))).isEqualTo(200);
        JsonObject noLogin = claims.copy().put("sid", 999_999);
        assertThat(profile(signed(HttpFixture.SECRET, noLogin, 60))).isEqualTo(401);
    }

    /** As a release before signing keys had ids, or somebody else, would. */
    private static String signed(String secret, JsonObject claims, int seconds) {
        return JWTAuth.create(
                        fixture.vertx,
                        new JWTAuthOptions()
                                .addPubSecKey(new PubSecKeyOptions()
                                        .setAlgorithm("HS256")
                                        .setBuffer(Buffer.buffer(secret))))
                .generateToken(
                        claims.copy().put("exp", java.time.Instant.now().getEpochSecond() + seconds),
                        new JWTOptions().setAlgorithm("HS256").setIssuer("kurir"));
    }

    @Test
    void takesWhatAFormerSecretHasSignedAndNamesTheKeyThatSigns() {
        String token = fixture.login(HttpFixture.EMAIL);
        JsonObject header = part(token, 0);
        JsonObject claims = part(token, 1);
        assertThat(header.getString("kid")).hasSize(8);
        assertThat(profile(signed(HttpFixture.FORMER_SECRET, claims, 60))).isEqualTo(200);
        assertThat(profile(signed(HttpFixture.FORMER_SECRET, claims, -60))).isEqualTo(401);
        for (int login = 0; login < 3; login++) {
            assertThat(part(fixture.login(HttpFixture.EMAIL), 0)).isEqualTo(header);
        }
    }

    private static JsonObject part(String token, int index) {
        String[] parts = token.split("\\.", -1);
        return new JsonObject(Buffer.buffer(java.util.Base64.getUrlDecoder().decode(parts[index])));
    }

    private static int profile(String token) {
        return stranger.withToken(token).get("/api/auth/profile").status();
    }

    @Test
    @Effect({"createApiKey", "listApiKeys", "deleteApiKey"})
    void showsAKeyOnceAndForgetsItAtOnce() {
        Reply made = admin.post(
                "/api/auth/api-keys",
                new JsonObject()
                        .put("name", "till")
                        .put("scopes", new JsonArray().add("read").add("manage")));
        assertThat(made.status()).isEqualTo(201);
        String secret = made.data().getString("key");
        assertThat(secret).startsWith("kr_").hasSizeGreaterThan(40);
        ContractClient key = stranger.withKey(secret);
        assertThat(key.get("/api/auth/profile").status()).isEqualTo(200);
        assertThat(admin.get("/api/auth/api-keys").text())
                .doesNotContain(secret)
                .contains("\"name\":\"till\"");
        Reply deleted = admin.delete("/api/auth/api-keys/" + made.data().getLong("id"));
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(key.get("/api/auth/profile").status()).isEqualTo(401);
        assertThat(admin.delete("/api/auth/api-keys/999999").code()).isEqualTo("NOT_FOUND");
        assertThat(admin.delete("/api/auth/api-keys/x").fields()).containsExactly("id");
        long stored = fixture.pool
                .preparedQuery("select count(*) from api_key where prefix = $1 or encode(hash, 'escape') = $1")
                .execute(Tuple.of(secret))
                .await()
                .iterator()
                .next()
                .getLong(0);
        assertThat(stored).isZero();
    }

    @Test
    void holdsKeysToTheirScopes() {
        ContractClient reader =
                key(admin, new JsonObject().put("name", "reader").put("scopes", new JsonArray().add("read")));
        assertThat(reader.get("/api/auth/profile").status()).isEqualTo(200);
        assertThat(reader.post(DEVICES + "/shop-1/send-message", new JsonObject())
                        .code())
                .isEqualTo("FORBIDDEN");
        assertThat(reader.post(DEVICES, new JsonObject()).code()).isEqualTo("FORBIDDEN");
        ContractClient manager =
                key(admin, new JsonObject().put("name", "manager").put("scopes", new JsonArray().add("manage")));
        Reply more = manager.post(
                "/api/auth/api-keys", new JsonObject().put("name", "x").put("scopes", new JsonArray().add("admin")));
        assertThat(more.code()).isEqualTo("FORBIDDEN");
        assertThat(admin.post(DEVICES, new JsonObject().put("deviceId", "bound-1"))
                        .status())
                .isEqualTo(201);
        ContractClient bound = key(
                admin,
                new JsonObject()
                        .put("name", "bound")
                        .put("scopes", new JsonArray().add("read").add("manage"))
                        .put("deviceIds", new JsonArray().add("bound-1")));
        assertThat(bound.get("/api/auth/profile").code()).isEqualTo("FORBIDDEN");
        assertThat(bound.get("/api/auth/api-keys").code()).isEqualTo("FORBIDDEN");
    }

    private static Reply ofDevices(ContractClient by, String... devices) {
        return by.post(
                KEYS,
                new JsonObject()
                        .put("name", String.join(" ", devices))
                        .put("scopes", new JsonArray().add("read").add("send").add("manage"))
                        .put("deviceIds", new JsonArray(List.of(devices))));
    }

    private static List<String> all(Reply list, String field) {
        Object data = list.json().getValue("data");
        JsonArray each = data instanceof JsonObject named ? named.getJsonArray("devices") : (JsonArray) data;
        return each.stream().map(one -> ((JsonObject) one).getString(field)).toList();
    }

    private static Reply job(ContractClient by, String device) {
        JsonObject item = new JsonObject().put("to", "6281234567890");
        return by.post(
                DEVICES + "/" + device + "/jobs/send-text",
                new JsonObject().put("template", "hello").put("items", new JsonArray().add(item)));
    }

    private static Reply webhook(ContractClient by, JsonObject more) {
        return by.post(
                "/api/webhooks",
                new JsonObject().put("url", "https://127.0.0.1/x").mergeIn(more));
    }

    @Test
    void aKeyForTwoOfThreeDevicesReachesTheseAndWithoutThemNothing() {
        new FakeWorker(fixture.pool, fixture.bus);
        ContractClient user = fixture.user("tri");
        long userId = user.get("/api/auth/profile").data().getLong("id");
        for (String device : List.of("tri-1", "tri-2", "tri-3")) {
            admin.post(DEVICES, new JsonObject().put("deviceId", device).put("userId", userId));
        }
        admin.post(DEVICES, new JsonObject().put("deviceId", "of-admin"));
        assertThat(ofDevices(user, "tri-1", "of-admin").code()).isEqualTo("FORBIDDEN");
        assertThat(ofDevices(user, "tri-1", "tri-9").code()).isEqualTo("SESSION_NOT_FOUND");
        Reply made = ofDevices(user, "tri-2", "tri-1");
        assertThat(made.data().getJsonArray("deviceIds")).containsExactly("tri-1", "tri-2");
        ContractClient two = stranger.withKey(made.data().getString("key"));
        ContractClient unused =
                stranger.withKey(ofDevices(admin, "tri-2", "tri-1").data().getString("key"));

        assertThat(all(two.get(DEVICES), "deviceId")).containsExactlyInAnyOrder("tri-1", "tri-2");
        assertThat(two.get(DEVICES + "/tri-2").status()).isEqualTo(200);
        assertThat(two.get(DEVICES + "/tri-3").code()).isEqualTo("FORBIDDEN");
        JsonObject name = new JsonObject().put("deviceName", "till");
        assertThat(two.put(DEVICES + "/tri-1", name).status()).isEqualTo(200);
        assertThat(two.put(DEVICES + "/tri-3", name).code()).isEqualTo("FORBIDDEN");

        JsonObject third = new JsonObject().put("deviceId", "tri-3");
        assertThat(webhook(user, new JsonObject()).status()).isEqualTo(201);
        assertThat(webhook(user, third).status()).isEqualTo(201);
        assertThat(webhook(two, third).code()).isEqualTo("FORBIDDEN");
        assertThat(webhook(two, new JsonObject()).fields()).containsExactly("deviceId");
        assertThat(webhook(two, new JsonObject().put("deviceId", "tri-2")).status())
                .isEqualTo(201);
        assertThat(all(two.get("/api/webhooks"), "deviceId")).containsExactly("tri-2");
        assertThat(two.get("/api/webhooks?deviceId=tri-3").json().getJsonArray("data"))
                .isEmpty();

        assertThat(job(two, "tri-1").code()).isEqualTo("FORBIDDEN"); // jobs are started for admins
        ContractClient starter =
                stranger.withKey(ofDevices(admin, "tri-2", "tri-1").data().getString("key"));
        assertThat(job(starter, "tri-3").code()).isEqualTo("FORBIDDEN");
        String foreign = job(admin, "tri-3").data().getString("jobId");
        Reply group = starter.post(
                DEVICES + "/tri-1/jobs/send-text",
                new JsonObject()
                        .put("template", "hello")
                        .put("items", new JsonArray().add(new JsonObject().put("to", "120363012345678901@g.us"))));
        assertThat(group.fields()).containsExactly("items[0].to"); // as with single messages: for admins only
        Reply own = job(starter, "tri-1");
        assertThat(own.status()).isEqualTo(202);
        assertThat(two.post(JOBS + "/" + foreign + "/pause").status()).isEqualTo(404);
        assertThat(two.post(JOBS + "/" + own.data().getString("jobId") + "/pause")
                        .status())
                .isEqualTo(200);
        ContractClient token =
                stranger.withToken(admin.post(DEVICES + "/tri-1/token").data().getString("token"));
        assertThat(token.get(DEVICES).code()).isEqualTo("FORBIDDEN");
        assertThat(all(two.get(JOBS), "jobId")).containsExactly(own.data().getString("jobId"));
        assertThat(two.get(JOBS + "/" + foreign).status()).isEqualTo(404);
        assertThat(two.get(JOBS + "?deviceId=tri-3").code()).isEqualTo("FORBIDDEN");

        for (String device : List.of("tri-1", "tri-2")) {
            assertThat(admin.delete(DEVICES + "/" + device).status()).isEqualTo(200);
        }
        assertThat(user.get(KEYS).json().getJsonArray("data").getJsonObject(0).getJsonArray("deviceIds"))
                .isEmpty();
        admin.post(DEVICES, new JsonObject().put("deviceId", "tri-1").put("userId", userId));
        assertThat(all(unused.get(DEVICES), "deviceId")).isEmpty();
        for (String device : List.of("tri-1", "tri-3")) {
            assertThat(unused.get(DEVICES + "/" + device).code()).isEqualTo("FORBIDDEN");
        }
    }

    @Test
    void refusesKeysThatMakeNoSense() {
        Reply reply = admin.post(
                "/api/auth/api-keys",
                new JsonObject()
                        .put("name", "")
                        .put("scopes", new JsonArray().add("fly"))
                        .put("color", "red"));
        assertThat(reply.fields()).containsExactlyInAnyOrder("name", "scopes[0]", "color");
        Reply past = admin.post(
                "/api/auth/api-keys",
                new JsonObject()
                        .put("name", "old")
                        .put("scopes", new JsonArray().add("read"))
                        .put("expiresAt", "2020-01-01T00:00:00Z"));
        assertThat(past.fields()).containsExactly("expiresAt");
    }

    @Test
    void letsAUserDoLessThanAnAdmin() {
        ContractClient user = fixture.user("ayu");
        assertThat(user.get("/api/auth/profile").data().getString("role")).isEqualTo("user");
        assertThat(user.post(DEVICES, new JsonObject()).code()).isEqualTo("FORBIDDEN");
        assertThat(user.post(DEVICES + "/shop-1/pairing-code", new JsonObject()).code())
                .isEqualTo("FORBIDDEN");
        Reply key = user.post(
                "/api/auth/api-keys", new JsonObject().put("name", "x").put("scopes", new JsonArray().add("admin")));
        assertThat(key.code()).isEqualTo("FORBIDDEN");
        assertThat(user.get("/api/auth/api-keys")
                        .json()
                        .getJsonObject("pagination")
                        .getLong("total"))
                .isZero();
        long foreign = admin.get("/api/auth/api-keys")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getLong("id");
        assertThat(user.delete("/api/auth/api-keys/" + foreign).status()).isEqualTo(404);
    }

    @Test
    void letsNobodyRegisterWhereItIsSwitchedOff() {
        JsonObject person = new JsonObject()
                .put("username", "anybody")
                .put("email", "anybody@example.com")
                .put("password", HttpFixture.PASSWORD);
        assertThat(stranger.post("/api/auth/register", person).code()).isEqualTo("FORBIDDEN");
        assertThat(admin.get("/api/admin/users?search=anybody").json().getJsonArray("data"))
                .isEmpty();
    }

    @Test
    void makesTheAdminOnce() {
        fixture.accounts.ensureAdmin(HttpFixture.EMAIL, "another password", Optional.of(HttpFixture.KEY));
        assertThat(login("email", HttpFixture.EMAIL, HttpFixture.PASSWORD).status())
                .isEqualTo(200);
        assertThat(admin.get("/api/auth/profile").status()).isEqualTo(200);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void slowsDownWhoGuessesAlsoWithoutRedis() throws java.io.IOException {
        Reply last = guessUntilRefused();
        assertThat(last.code()).isEqualTo("RATE_LIMITED");
        assertThat(Integer.parseInt(last.header("Retry-After").orElseThrow())).isBetween(1, 900);

        fixture.redis.stop();
        assertThat(guessUntilRefused().code()).isEqualTo("RATE_LIMITED");
        assertThat(login("email", HttpFixture.EMAIL, HttpFixture.PASSWORD).status())
                .isEqualTo(429);
        assertThat(stranger.get("/health").status()).isEqualTo(200);
    }

    private static Reply guessUntilRefused() {
        for (int guess = 0; guess <= HttpFixture.LOGINS; guess++) {
            Reply reply = login("email", "victim@example.com", "guess " + guess);
            if (reply.status() == 429) {
                return reply;
            }
        }
        throw new AssertionError("The throttle let every guess pass");
    }

    private static ContractClient key(ContractClient by, JsonObject wanted) {
        return stranger.withKey(by.post("/api/auth/api-keys", wanted).data().getString("key"));
    }
}
