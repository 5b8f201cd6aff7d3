package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy of a device sees nothing of our network for those who are no admins. The fixture's settings allow them {@code localhost} by its name. */
class ProxySettingIT {
    private static final String DEVICES = "/api/whatsapp-multi-device/devices";
    private static final String PATH = DEVICES + "/main";

    private static final AtomicInteger connections = new AtomicInteger();
    private static HttpFixture fixture;
    private static ContractClient admin;
    private static List<ContractClient> others = List.of();
    private static NetServer neighbour;

    @BeforeAll
    static void open() {
        fixture = new HttpFixture();
        admin = fixture.stranger.withKey(HttpFixture.KEY);
        ContractClient user = fixture.user("ann");
        long ann = user.get("/api/auth/profile").data().getLong("id");
        assertThat(admin.post(DEVICES, new JsonObject().put("deviceId", "main").put("userId", ann))
                        .status())
                .isEqualTo(201);
        String key = admin.post(
                        "/api/auth/api-keys",
                        new JsonObject()
                                .put("name", "of one device")
                                .put("deviceIds", new JsonArray().add("main"))
                                .put("scopes", new JsonArray().add("manage")))
                .data()
                .getString("key");
        others = List.of(user, fixture.stranger.withKey(key));
        neighbour = fixture.vertx
                .createNetServer()
                .connectHandler(socket -> {
                    connections.incrementAndGet();
                    socket.close();
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static ContractClient.Reply set(ContractClient who, String server) {
        return who.put(PATH, new JsonObject().put("proxy", new JsonObject().put("server", server)));
    }

    private static String refusal(ContractClient who, String server) {
        ContractClient.Reply reply = set(who, server);
        assertThat(reply.status()).as(reply.text()).isEqualTo(422);
        assertThat(reply.code()).isEqualTo("PROXY_UNREACHABLE");
        assertThat(reply.fields()).containsExactly("proxy");
        return reply.json().getString("message");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d",
                "socks5://127.0.0.1:%d",
                "socks5://[::1]:%d",
                "http://[::ffff:127.0.0.1]:%d",
                "http://127.0.0.1:1",
                "http://169.254.169.254:80",
                "socks5://192.168.1.1:22",
                "http://no-such-host.invalid:3128"
            })
    void whoIsNoAdminHearsTheSameOfEveryHostOfOursAndNothingIsConnectedTo(String server) {
        int before = connections.get();
        for (ContractClient who : others) {
            assertThat(refusal(who, server.formatted(neighbour.actualPort())))
                    .isEqualTo("proxy is of no use: it must be at a public address and bring us to 127.0.0.1");
        }
        assertThat(connections).hasValue(before);
        assertThat(admin.get(PATH).data().getValue("proxy")).isNull();
    }

    @Test
    void whatTheSettingsAllowIsTriedAndRefusedWithTheSameWords() {
        String open = "http://localhost:" + neighbour.actualPort();
        for (ContractClient who : others) {
            int before = connections.get();
            assertThat(refusal(who, open)).isEqualTo(refusal(who, "http://localhost:1"));
            assertThat(connections).hasValue(before + 1);
        }
    }

    @Test
    void anAdminIsToldWhichSideRefused() {
        assertThat(refusal(admin, "http://127.0.0.1:1"))
                .contains("http://127.0.0.1:1")
                .contains("refused");
        int before = connections.get();
        refusal(admin, "http://127.0.0.1:" + neighbour.actualPort());
        assertThat(connections).hasValue(before + 1);
    }
}
