package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.agent.AgentFixture;
import io.kurir.http.ContractClient.Reply;
import io.kurir.session.FakeWorker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What nobody gets by way of a dialect that is not its own natively. Takes 15 seconds, most of them for the databases. */
class DialectRightsIT {
    private static final String DEVICES = "/api/whatsapp-multi-device/devices";

    private static HttpFixture fixture;
    private static ContractClient admin;
    private static ContractClient user;
    private static long userId;

    @BeforeAll
    static void open() {
        fixture = new HttpFixture(AgentFixture.settings(Optional.of(URI.create("http://127.0.0.1:9"))));
        new FakeWorker(fixture.pool, fixture.bus);
        admin = fixture.stranger.withToken(fixture.login(HttpFixture.EMAIL));
        user = fixture.user("rina");
        userId = user.get("/api/auth/profile").data().getLong("id");
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static void device(String id) {
        assertThat(admin.post(DEVICES, new JsonObject().put("deviceId", id).put("userId", userId))
                        .status())
                .isEqualTo(201);
    }

    private static ContractClient token(String device) {
        return fixture.stranger.withToken(
                admin.post(DEVICES + "/" + device + "/token").data().getString("token"));
    }

    private static String keyOf(ContractClient maker, JsonObject wanted) {
        return maker.post("/api/auth/api-keys", wanted.put("name", "for a test"))
                .data()
                .getString("key");
    }

    private static JsonObject session(String tenant, String agent) {
        return new JsonObject().put("userId", tenant).put("agentId", agent).put("agentName", "Bot");
    }

    private static String one(String query, String argument) {
        return String.valueOf(fixture.pool
                .preparedQuery(query)
                .execute(Tuple.of(argument))
                .await()
                .iterator()
                .next()
                .getValue(0));
    }

    private static boolean exists(String device) {
        return one("select count(*) from device where device_id = $1", device).equals("1");
    }

    private static void link(String device) {
        fixture.pool
                .preparedQuery("update device set linked = true, state = 'connected' where device_id = $1")
                .execute(Tuple.of(device))
                .await();
    }

    private static String linked(String device) {
        return one("select linked from device where device_id = $1", device);
    }

    @Test
    void nativeDevicesAreNotDeletedOrWipedByTheirTokens() {
        device("native-1");
        link("native-1");
        ContractClient token = token("native-1");
        assertThat(token.delete("/api/connection/native-1").status()).isEqualTo(403);
        assertThat(token.delete("/sessions/native-1").status()).isEqualTo(403);
        assertThat(user.delete("/sessions/native-1").status()).isEqualTo(403);
        for (ContractClient caller : new ContractClient[] {token, user}) {
            assertThat(caller.post("/sessions/native-1/reconnect").status()).isEqualTo(200);
        }
        assertThat(linked("native-1")).isEqualTo("true");
    }

    /** What a name meant is believed for 5 seconds, and never more than the commit finds. */
    @Test
    void whatAnAccountWasCalledAMomentAgoIsNotWhereAMessageGoes() {
        named("shop-1", "shop");
        assertThat(queued("shop")).isEqualTo(202);
        remove("shop-1"); // by another node
        named("shop-2", "shop");
        assertThat(queued("shop")).isEqualTo(202);
        assertThat(one("select count(*) from message where device_id = $1", "shop-2"))
                .isEqualTo("1");
        fixture.pool
                .query("update device set owner_id = 1 where device_id = 'shop-2'")
                .execute()
                .await();
        assertThat(queued("shop")).isEqualTo(403);
        remove("shop-2");
        assertThat(queued("shop")).isEqualTo(404);
    }

    private static void named(String device, String account) {
        device(device);
        fixture.pool
                .preparedQuery("update device set dialect = 'accounts', external_id = $2 where device_id = $1")
                .execute(Tuple.of(device, account))
                .await();
    }

    private static void remove(String device) {
        fixture.pool
                .preparedQuery("delete from device where device_id = $1")
                .execute(Tuple.of(device))
                .await();
    }

    private static int queued(String account) {
        JsonObject message = new JsonObject()
                .put("clientId", account)
                .put("to", "6281234567890")
                .put("text", "Halo");
        return user.post("/messages", message).status();
    }

    @Test
    void aConnectionIsDeletedByItsTokenAndNotByAKeyForIt() {
        JsonObject made = admin.post("/api/connection/create", new JsonObject().put("user_id", userId))
                .json();
        String id = made.getString("connection_id");
        ContractClient key = fixture.stranger.withKey(keyOf(
                user,
                new JsonObject()
                        .put("scopes", new JsonArray().add("manage"))
                        .put("deviceIds", new JsonArray().add(id))));
        assertThat(key.delete("/api/connection/" + id).status()).isEqualTo(403);
        ContractClient token = fixture.stranger.withToken(made.getString("token"));
        assertThat(token.delete("/sessions/" + id).status()).isEqualTo(403);
        assertThat(exists(id)).isTrue();
        assertThat(token.delete("/api/connection/" + id).status()).isEqualTo(200);
        assertThat(exists(id)).isFalse();
    }

    @Test
    void anAgentForgetsItsLinkForWhoHasItsKeyAlone() {
        String key = admin.post("/sessions", session("T1", "wiped")).json().getString("api_key");
        fixture.pool
                .preparedQuery("update device set owner_id = $1 where device_id = 'wiped'")
                .execute(Tuple.of(userId))
                .await();
        link("wiped");
        assertThat(user.post("/sessions/wiped/reconnect").status()).isEqualTo(403);
        assertThat(user.delete("/sessions/wiped").status()).isEqualTo(403);
        assertThat(linked("wiped")).isEqualTo("true");
        assertThat(fixture.stranger
                        .withToken(key)
                        .post("/sessions/wiped/reconnect")
                        .status())
                .isEqualTo(200);
        assertThat(linked("wiped")).isEqualTo("false");
    }

    @Test
    void theKeyThatAnAgentHasStays() {
        String kept = "the-key-that-is-kept";
        String other = "the-key-that-came-later";
        admin.post("/sessions", session("T2", "kept").put("apikey", kept));
        for (String agent : new String[] {"kept", "sibling"}) {
            admin.post("/sessions", session("T2", agent).put("apikey", other));
            assertThat(opens(kept, agent)).isEqualTo(200);
            assertThat(opens(other, agent)).isEqualTo(401);
        }
        fixture.strangers.set(true);
        fixture.stranger.post("/sessions", session("T2", "kept").put("apikey", other));
        assertThat(opens(kept, "kept")).isEqualTo(200);
        assertThat(opens(other, "kept")).isEqualTo(401);
        Reply theirs = fixture.stranger.post("/sessions", session("T2", "theirs"));
        assertThat(theirs.json().getString("api_key")).startsWith("kd_");
        assertThat(opens(kept, "theirs")).isEqualTo(403);
        admin.post("/sessions", session("T2", "after-them"));
        assertThat(opens(kept, "after-them")).isEqualTo(200);
        assertThat(one("select user_id from audit where detail ->> 'agentId' = $1", "theirs"))
                .isEqualTo("null");

        fixture.stranger.with("Idempotency-Key", "same").delete("/sessions/nowhere");
        assertThat(admin.with("Idempotency-Key", "same")
                        .delete("/sessions/nowhere")
                        .header("Idempotency-Replayed"))
                .isEmpty();
        fixture.strangers.set(false);
    }

    private static int opens(String key, String agent) {
        return fixture.stranger.withToken(key).get("/sessions/" + agent).status();
    }

    @Test
    void whoMayLessThanATokenMakesNone() {
        device("native-3");
        ContractClient manager =
                fixture.stranger.withKey(keyOf(admin, new JsonObject().put("scopes", new JsonArray().add("manage"))));
        assertThat(manager.post(DEVICES + "/native-3/token").status()).isEqualTo(403);
        assertThat(manager.post("/api/connection/create", new JsonObject()).status())
                .isEqualTo(403);
        assertThat(manager.post("/sessions", session("T3", "of-a-manager")).status())
                .isEqualTo(403);
        assertThat(exists("of-a-manager")).isFalse();
    }

    @Test
    void theTokenOfAnAdminsDeviceDoesNotWriteToGroups() {
        admin.post(DEVICES, new JsonObject().put("deviceId", "admins"));
        JsonObject text = new JsonObject()
                .put("clientId", "admins")
                .put("to", "120363000000000001@g.us")
                .put("text", "Halo");
        assertThat(token("admins").post("/messages", text).status()).isEqualTo(403);
        assertThat(admin.post("/messages", text).status()).isEqualTo(202);
    }

    @Test
    void anApikeyIsLongOrRefusedBeforeAnythingIsMade() {
        Reply refused = admin.post("/sessions", session("T5", "long").put("apikey", "k".repeat(4097)));
        assertThat(refused.json().getJsonObject("error").getString("message")).startsWith("apikey");
        assertThat(admin.post("/sessions", session("T\0", "long")).status()).isEqualTo(400);
        assertThat(exists("long")).isFalse();
        String longest = "k".repeat(4096);
        assertThat(admin.post("/sessions", session("T5", "long").put("apikey", longest))
                        .status())
                .isEqualTo(200);
        assertThat(opens(longest, "long")).isEqualTo(200);
    }

    @Test
    void refusalsNameTheFieldsThatWereSentAndTheAuditHasTheToken() {
        JsonObject made = admin.post("/api/connection/create", new JsonObject()).json();
        String id = made.getString("connection_id");
        ContractClient token = fixture.stranger.withToken(made.getString("token"));
        assertThat(token.post(
                                "/api/connections/" + id + "/agent",
                                new JsonObject().put("endpoint_url", "ftp://example.com/x"))
                        .json()
                        .getString("error"))
                .startsWith("endpoint_url ");
        assertThat(token.put("/api/webhook/update", new JsonObject().put("webhook_url", "ftp://example.com/x"))
                        .json()
                        .getString("error"))
                .startsWith("webhook_url ");
        ContractClient repeating = token.with("Idempotency-Key", "once");
        assertThat(repeating.post("/api/disconnect").status()).isEqualTo(200);
        assertThat(repeating.post("/api/disconnect").header("Idempotency-Replayed"))
                .contains("true");
        assertThat(one(
                        "select bool_and(detail ->> 'tokenPrefix' = left($1, length(detail ->> 'tokenPrefix'))) from audit"
                                + " where action = 'agent.set'",
                        made.getString("token")))
                .isEqualTo("true");
    }
}
