package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.http.ContractClient;
import io.kurir.proxy.TestProxy;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device with a proxy of its own, in the whole house: asked for its password, tried when set, changed without linking anew. */
class ProxyIT {
    private static final String DEVICE = House.DEVICES + "/far-1";

    private final Vertx vertx = Vertx.vertx();
    private final TestProxy proxy = new TestProxy(vertx, "me", "secret");

    private JsonObject through(String password) {
        return new JsonObject()
                .put("server", proxy.with(Optional.empty(), Optional.empty()).server())
                .put("username", "me")
                .put("password", password);
    }

    @Test
    void aDeviceGoesThroughItsProxyAndLosesNoLinkWhenTheProxyChanges(@TempDir Path data) throws Exception {
        House house = new House(data, Map.of());
        try {
            refused(house);
            String simulator =
                    "127.0.0.1:" + java.net.URI.create(house.simulator.url()).getPort();
            JsonObject created = house.admin
                    .post(
                            House.DEVICES,
                            new JsonObject().put("deviceId", "far-1").put("proxy", through("secret")))
                    .data();
            assertThat(created.encode()).contains("me").doesNotContain("secret");
            assertThat(secrets(house)).noneMatch(kept -> kept.contains("secret"));
            int checked = proxy.asked.size();
            house.link("far-1", "6281100000021");
            assertThat(proxy.asked.size()).isGreaterThan(checked);
            assertThat(proxy.asked).containsOnly(simulator);

            house.admin.put(DEVICE, new JsonObject().putNull("proxy"));
            house.until("far-1", status -> status.getBoolean("isConnected"));
            int direct = proxy.asked.size();
            assertThat(house.admin.get(DEVICE).data().getValue("proxy")).isNull();
            house.admin.post(DEVICE + "/restart");
            house.until("far-1", status -> status.getBoolean("isConnected"));
            assertThat(proxy.asked).hasSize(direct);

            house.admin.put(DEVICE, new JsonObject().put("proxy", through("secret")));
            house.until("far-1", status -> status.getBoolean("isConnected"));
            assertThat(proxy.asked.size()).isGreaterThan(direct + 1);
            assertThat(states(house)).doesNotContain("logged_out").containsOnlyOnce("qr_required");
        } finally {
            house.close();
            proxy.close();
            House.get(vertx.close());
        }
    }

    private void refused(House house) {
        ContractClient.Reply wrong = house.admin.post(
                House.DEVICES, new JsonObject().put("deviceId", "far-1").put("proxy", through("wrong")));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.json().getJsonObject("error").getString("code")).isEqualTo("PROXY_UNREACHABLE");
        assertThat(wrong.fields()).containsExactly("proxy");
        assertThat(house.admin.get(DEVICE).status()).isEqualTo(404);
        ContractClient.Reply malformed = house.admin.post(
                House.DEVICES, new JsonObject().put("proxy", new JsonObject().put("server", "ftp://127.0.0.1:21")));
        assertThat(malformed.status()).isEqualTo(400);
        assertThat(malformed.fields()).containsExactly("proxy.server");
    }

    private static List<String> secrets(House house) throws Exception {
        return House.get(house.pool.query("select proxy_password from device").execute()).stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private static List<String> states(House house) throws Exception {
        return House.get(house.pool
                        .query("select data ->> 'state' from event where type = 'device-status' order by position")
                        .execute())
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }
}
