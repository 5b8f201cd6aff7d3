package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input that only WhatsApp, or the way to it, can refuse: what comes back through a real page, and that the device goes on. About 20 s. */
class PageRefusalsIT {
    private static final String OWN = "6281100000031";
    private static final String ANN = "6281200000031";
    private static final String BEN = "6281200000041";
    private static final String NO_GROUP = "120363000000000000";

    @TempDir
    private static Path data;

    private static House house;
    private static ContractClient admin;
    /** Ann's, with us in it as a member. */
    private static String group = "";

    private static String old = "";

    /** One row of the table; {@code field} is empty where no single one is at fault. */
    private record Bad(String what, int status, String code, String field, Function<ContractClient, Reply> request) {
        @Override
        public String toString() {
            return what;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        house = new House(data, Map.of());
        admin = house.admin;
        house.link("main", OWN);
        group = house.phone(
                        "POST",
                        "/api/groups",
                        new JsonObject()
                                .put("by", ANN)
                                .put("subject", "Ann's")
                                .put("members", new JsonArray().add(BEN).add(OWN)))
                .getString("id");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> admin.get(path("/groups/" + group + "/info")).status() == 200);
        old = text().data().getString("messageId");
        house.phone(
                "POST",
                "/api/phones",
                new JsonObject().put("phone", OWN).put("knobs", new JsonObject().put("editWindowMs", 1)));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static String path(String end) {
        return House.DEVICES + "/main" + end;
    }

    private static Reply text() {
        return admin.post(path("/send-message"), new JsonObject().put("to", ANN).put("message", "hello"));
    }

    private static JsonObject people() {
        return new JsonObject().put("participants", new JsonArray().add(BEN));
    }

    static List<Bad> table() {
        JsonObject message = new JsonObject().put("groupId", NO_GROUP + "@g.us").put("message", "hello");
        return List.of(
                new Bad(
                        "not an admin: adds",
                        422,
                        "NOT_GROUP_ADMIN",
                        "",
                        client -> client.post(path("/groups/" + group + "/participants"), people())),
                new Bad(
                        "not an admin: promotes",
                        422,
                        "NOT_GROUP_ADMIN",
                        "",
                        client -> client.post(path("/groups/" + group + "/admins"), people())),
                new Bad(
                        "not an admin: asks for the link",
                        422,
                        "NOT_GROUP_ADMIN",
                        "",
                        client -> client.get(path("/groups/" + group + "/invite-link"))),
                // by WhatsApp's clock; what is too old by ours is MESSAGE_TOO_OLD, in MessageKindsIT
                new Bad(
                        "too old to edit",
                        422,
                        "WHATSAPP_REFUSED",
                        "",
                        client -> client.put(path("/messages/" + old), new JsonObject().put("message", "other"))),
                new Bad(
                        "unknown group: reads",
                        404,
                        "GROUP_NOT_FOUND",
                        "",
                        client -> client.get(path("/groups/" + NO_GROUP + "/info"))),
                new Bad(
                        "unknown group: writes",
                        404,
                        "GROUP_NOT_FOUND",
                        "",
                        client -> client.post(path("/send-group-message"), message)),
                new Bad(
                        "unreachable proxy",
                        422,
                        "PROXY_UNREACHABLE",
                        "proxy",
                        client -> client.put(
                                path(""),
                                new JsonObject().put("proxy", new JsonObject().put("server", "http://127.0.0.1:1")))));
    }

    @ParameterizedTest
    @MethodSource("table")
    void isRefusedAndTheDeviceGoesOn(Bad bad) {
        Reply reply = bad.request().apply(admin);
        assertThat(reply.status()).as(reply.text()).isEqualTo(bad.status());
        assertThat(reply.code()).isEqualTo(bad.code());
        if (!bad.field().isEmpty()) {
            assertThat(reply.fields()).containsExactly(bad.field());
        }
        assertThat(text().status()).as("the device goes on").isEqualTo(200);
    }
}
