package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.agent.AgentFixture;
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
}
