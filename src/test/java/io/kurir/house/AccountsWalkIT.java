package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.dialect.Captured;
import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.http.Effect;
import io.kurir.http.QrReading;
import io.kurir.whatsapp.PageEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The document of 000 from top to bottom, as its user would go through it; then what it does not say. Some 30 s. Over 300 lines: the document is as long. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AccountsWalkIT {
    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;
    private static Captured walk;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data);
        house.whatsapp.linked = false;
        admin = house.admin;
        walk = new Captured(house.stranger, "accounts").with("key", House.KEY);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    @Effect({
        "startAccount",
        "listAccounts",
        "getAccountQr",
        "reconnectAccount",
        "deleteAccount",
        "queueMessage",
        "getQueuedMessage",
        "startBroadcast",
        "getBroadcast",
        "setConfigValue",
        "getConfigValue"
    })
    @Order(1)
    void theDocumentFromTopToBottom() {
        // "Keamanan API": all but these need the key
        walk.play("health");
        assertThat(house.stranger.get("/openapi.json").status()).isEqualTo(200);
        assertThat(house.stranger.get("/docs").status()).isEqualTo(200);
        walk.play("stranger");

        // "Alur penggunaan": start, scan, look
        walk.play("accounts-none");
        walk.play("start");
        JsonObject qr = walk.play("qr").json();
        assertThat(qr.getString("qr")).isEqualTo("2@fake,mywa1");
        assertThat(QrReading.text(qr.getString("qrImage"))).isEqualTo("2@fake,mywa1");
        scan("mywa1");
        walk.play("accounts");
        walk.play("start-ready");
        walk.play("qr-none");

        // "Kirim pesan tunggal"
        long job = walk.play("message").json().getLong("id");
        await().until(() -> jobStatus(job).equals("SENT"));
        walk.with("job", Long.toString(job)).play("job");
        walk.play("message-wrong");
        walk.play("job-unknown");

        // "Broadcast"
        String broadcast = walk.play("broadcast").json().getString("id");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> admin.get("/broadcasts/" + broadcast).json().getString("finishedAt") != null);
        walk.with("broadcast", broadcast).play("broadcast-done");
        walk.play("broadcast-unknown");

        // "Konfigurasi tersimpan di DB"
        walk.play("config-set");
        walk.play("config");
        walk.play("config-unknown");
        walk.play("config-wrong");
        walk.play("config-key-set");
        walk.play("config-key");
        assertThat(house.stranger
                        .withKey("a-key-of-the-new-operator")
                        .get("/accounts")
                        .status())
                .isEqualTo(200);

        // "Membuat Session WhatsApp"
        walk.play("session");
        walk.play("session-no-id");
        walk.play("session-two-ids");

        // "Kebijakan QR & Reconnect", with the account kept
        loggedOut("mywa1");
        await().until(() -> "DISCONNECTED".equals(status("mywa1")));
        walk.play("start-disconnected");
        walk.play("session-disconnected");
        walk.play("qr-disconnected");
        walk.play("accounts-disconnected");
        walk.play("reconnect");
        scan("mywa1");
        walk.play("reconnect-ready");
        walk.play("session-reconnect");

        // "Auto-purge saat disconnect": the row is gone, and the next start is a first one
        admin.post("/config", new JsonObject().put("key", "DEVICE_ON_LOGOUT").put("value", "purge"));
        loggedOut("mywa1");
        await().until(() -> clients().equals(List.of("mywa2")));
        walk.play("start");

        walk.play("delete");
        walk.play("session-delete");
        walk.play("unknown");
        walk.play("session-unknown");
        walk.play("accounts-none");
        admin.delete("/api/admin/config/DEVICE_ON_LOGOUT");
    }

    private static void scan(String clientId) {
        house.whatsapp.scan(clientId);
        await().until(() -> "READY".equals(status(clientId)));
    }

    private static void loggedOut(String clientId) {
        house.whatsapp.tell(clientId, new PageEvent.LoggedOut("removed on the phone"));
    }

    private static String jobStatus(long job) {
        return admin.get("/jobs/" + job).json().getString("status");
    }

    private static List<JsonObject> accounts() {
        return new JsonArray(admin.get("/accounts").text())
                .stream().map(JsonObject.class::cast).toList();
    }

    private static List<String> clients() {
        return accounts().stream().map(row -> row.getString("clientId")).toList();
    }

    private static String status(String clientId) {
        return accounts().stream()
                .filter(row -> row.getString("clientId").equals(clientId))
                .map(row -> row.getString("status", "none"))
                .findFirst()
                .orElse("gone");
    }

    private static JsonObject text(String clientId, String to) {
        return new JsonObject().put("clientId", clientId).put("to", to).put("text", "Halo {name}");
    }

    @Test
    @Order(2)
    void aMessageWaitsForItsAccountAndIsQueuedOnce() {
        admin.post("/accounts/waits-1/start");
        ContractClient again = admin.with("Idempotency-Key", "one-message");
        Reply first = again.post("/messages", text("waits-1", "6281234500011"));
        assertThat(first.status()).as(first.text()).isEqualTo(202);
        assertThat(again.post("/messages", text("waits-1", "6281234500011"))
                        .json()
                        .getLong("id"))
                .isEqualTo(first.json().getLong("id"));
        assertThat(again.post("/messages", text("waits-1", "6281234500012")).status())
                .as("another body")
                .isEqualTo(409);
        assertThat(jobStatus(first.json().getLong("id"))).isEqualTo("PENDING");
        scan("waits-1");
        await().until(() -> jobStatus(first.json().getLong("id")).equals("SENT"));
        assertThat(house.whatsapp.sent.stream()
                        .filter(message -> message.to().user().equals("6281234500011")))
                .hasSize(1);
    }

    @Test
    @Order(3)
    void bracesInABroadcastArePlainTextAndWhatComesTwiceIsSentToOnce() {
        admin.post("/accounts/braces-1/start");
        scan("braces-1");
        Reply started = admin.post(
                "/broadcasts",
                new JsonObject()
                        .put("clientId", "braces-1")
                        .put("text", "Halo {name}, {{so}}")
                        .put("recipients", new JsonArray(List.of("6281234500021", "6281234500021"))));
        assertThat(started.json().getInteger("total")).as(started.text()).isEqualTo(1);
        await().until(() -> house.whatsapp.sent.stream()
                .anyMatch(message -> message.to().user().equals("6281234500021")
                        && message.content().words().equals("Halo {name}, {{so}}")));
        assertThat(admin.post(
                                "/broadcasts",
                                new JsonObject()
                                        .put("clientId", "braces-1")
                                        .put("text", "Halo")
                                        .put("recipients", new JsonArray(List.of("6281234500021", "nobody"))))
                        .json()
                        .getString("error"))
                .startsWith("recipients[1].to");
    }

    @Test
    @Order(4)
    void anIdThatCannotBeADevicesIsKeptBesideAMadeOne() throws Exception {
        Reply started = admin.post("/accounts/toko@jakarta.1/start");
        assertThat(started.json().getString("clientId")).as(started.text()).isEqualTo("toko@jakarta.1");
        assertThat(house.column("select dialect || ' ' || external_id from device where device_id like 'device-%'"))
                .containsExactly("accounts toko@jakarta.1");
        ContractClient again = admin.with("Idempotency-Key", "one-end");
        Reply deleted = again.delete("/accounts/toko@jakarta.1");
        assertThat(deleted.json().getBoolean("deleted")).as(deleted.text()).isTrue();
        assertThat(again.delete("/accounts/toko@jakarta.1").text())
                .as("a repeat, though there is nothing any more")
                .isEqualTo(deleted.text());
        assertThat(admin.delete("/accounts/toko@jakarta.1").status()).isEqualTo(404);

        // a device that was made natively is an account too
        admin.post(House.DEVICES, new JsonObject().put("deviceId", "native-1"));
        assertThat(admin.post("/accounts/native-1/start").json().getString("status"))
                .isEqualTo("QR");
    }

    @Test
    @Order(5)
    void somebodyElsesAccountIsOutOfReach() throws Exception {
        admin.post("/accounts/not-yours/start");
        long job = admin.post("/messages", text("not-yours", "6281234500031"))
                .json()
                .getLong("id");
        String broadcast = admin.post(
                        "/broadcasts",
                        new JsonObject()
                                .put("clientId", "not-yours")
                                .put("text", "Halo")
                                .put("recipients", new JsonArray(List.of("6281234500032"))))
                .json()
                .getString("id");
        ContractClient user = house.user("accountant");
        JsonObject client = new JsonObject().put("clientId", "not-yours");
        List.of(
                        user.post("/accounts/not-yours/start"),
                        user.post("/accounts/not-yours/reconnect"),
                        user.get("/accounts/not-yours/qr"),
                        user.delete("/accounts/not-yours"),
                        user.post("/sessions", client),
                        user.post("/sessions/not-yours/reconnect"),
                        user.delete("/sessions/not-yours"),
                        user.post("/messages", text("not-yours", "6281234500031")),
                        user.post(
                                "/broadcasts", client.copy().put("text", "Halo").put("recipients", new JsonArray())),
                        user.post("/accounts/a-new-one/start"),
                        user.get("/config/SEND_BURST"),
                        user.post(
                                "/config",
                                new JsonObject().put("key", "SEND_BURST").put("value", 1)))
                .forEach(reply -> assertThat(reply.status()).as(reply.text()).isEqualTo(403));
        assertThat(user.get("/jobs/" + job).status()).isEqualTo(404);
        assertThat(user.get("/broadcasts/" + broadcast).status()).isEqualTo(404);
        assertThat(user.get("/accounts").text()).isEqualTo("[]");
        admin.post(
                House.DEVICES,
                new JsonObject()
                        .put("deviceId", "own-1")
                        .put("userId", user.get("/api/auth/profile").data().getLong("id")));
        assertThat(user.post("/accounts/own-1/start").json().getString("status"))
                .isEqualTo("QR");
        assertThat(user.delete("/sessions/own-1").status())
                .as("not even one's own: devices are an admin's to delete")
                .isEqualTo(403);
        assertThat(status("own-1")).isEqualTo("QR");
        assertThat(status("not-yours")).isEqualTo("QR");
        assertThat(clients()).doesNotContain("a-new-one");
    }

    @Test
    @Order(6)
    void whateverIsRefusedIsRefusedInTheWordsOfTheDialect() {
        ContractClient json = admin.with("Content-Type", "application/json");
        assertThat(json.send("POST", "/messages", Optional.of("{")).code()).isEqualTo("INVALID_PAYLOAD");
        assertThat(admin.with("Content-Type", "text/plain")
                        .send("POST", "/messages", Optional.of("x"))
                        .code())
                .isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(json.send("POST", "/messages", Optional.of("\"" + "x".repeat(2 << 20) + "\""))
                        .code())
                .isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(admin.get("/accounts?pageSize=0").code()).isEqualTo("INVALID_PAYLOAD");
        assertThat(admin.post("/messages", text("native-1", "6281234500041").put("text", " \n"))
                        .json()
                        .getString("error"))
                .startsWith("text ");
        assertThat(admin.post("/messages", text("native-1", "hello")).json().getString("error"))
                .startsWith("to ");
        assertThat(house.stranger.post("/messages", text("x", "1")).code()).isEqualTo("UNAUTHORIZED");
        // where two dialects share a path, who comes without an API key is no client of 000
        assertThat(house.stranger.delete("/sessions/nobody").json().getValue("error"))
                .isInstanceOf(JsonObject.class);
        assertThat(house.stranger
                        .withKey("wrong")
                        .delete("/sessions/nobody")
                        .json()
                        .getValue("error"))
                .isInstanceOf(String.class);
        // what is not there at all answers natively
        assertThat(admin.get("/accounts/none/of/these").json().getBoolean("success"))
                .isFalse();
    }
}
