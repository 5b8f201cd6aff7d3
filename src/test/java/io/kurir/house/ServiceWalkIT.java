package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.dialect.Captured;
import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.Request.Standing;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of 003 from 1 to 8, its other endpoints and its legacy ones, as its users would go through them, then its permission matrix. Some
 * 45 s, most of them the matrix. Over 300 lines: one walk.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServiceWalkIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static Captured walk;
    private static HttpClient browser;
    private static final List<JsonObject> heard = new CopyOnWriteArrayList<>();

    private static final Jid ANA = Jid.ofPhone("6281230000001");
    private static final Jid GROUP = new Jid("120363000000000009", Jid.GROUP);

    private static long john;
    private static String token = "";

    /** John's. */
    private static String device = "";

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data, Map.of("KURIR_SEND_PER_MINUTE", "600", "KURIR_SEND_BURST", "100"));
        house.whatsapp.linked = false;
        house.whatsapp.known = _ -> true;
        house.whatsapp.answer(Request.ListContacts.class, _ -> new Request.Contacts(List.of()));
        browser = HttpClient.newHttpClient();
        JsonObject login = new JsonObject().put("email", "admin@example.com").put("password", House.PASSWORD);
        walk = new Captured(house.stranger, "service")
                .with("date", LocalDate.now(ZoneOffset.UTC).toString())
                .with(
                        "admin",
                        house.stranger.post("/api/auth/login", login).data().getString("token"));
    }

    @AfterAll
    static void close() throws Exception {
        browser.shutdownNow();
        house.close();
    }

    /** Examples 1 and 2, and the rest of "Authentication". */
    @Test
    @Order(1)
    void johnRegistersAndLogsIn() {
        walk.play("health");
        john = walk.play("register").data().getLong("id");
        walk.with("john", Long.toString(john));
        walk.play("register-again");
        walk.play("login-wrong");
        walk.with("refresh", walk.play("login").data().getString("refreshToken"));
        token = walk.play("refresh-token").data().getString("token");
        walk.with("user", token);
        walk.play("profile");
        walk.play("profile-stranger");
        walk.play("profile-set");
        assertThat(house.stranger
                        .withToken(token)
                        .get("/api/auth/profile")
                        .data()
                        .getString("fullName"))
                .isEqualTo("John D.");
        follow();
    }

    /** Example 8: {@code new EventSource(".../api/events?token=" + token)}. */
    private static void follow() {
        URI url = URI.create(house.url() + "/api/events?token=" + token);
        Thread.ofVirtual().start(() -> {
            try (InputStream body = browser.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofInputStream())
                            .body();
                    BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
                lines.lines()
                        .peek(line ->
                                assertThat(line).as("onmessage gets no others").doesNotStartWith("event:"))
                        .filter(line -> line.startsWith("data: "))
                        .forEach(line -> heard.add(new JsonObject(line.substring(6))));
            } catch (IOException | UncheckedIOException | InterruptedException ended) {
                // with the house
            }
        });
        event("connected", _ -> true);
    }

    private static JsonObject event(String type, Predicate<JsonObject> which) {
        return await("event " + type)
                .atMost(PATIENCE)
                .until(
                        () -> heard.stream()
                                .filter(each -> type.equals(each.getString("type")) && which.test(each))
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }

    /** Examples 3 to 5. */
    @Test
    @Order(2)
    void johnGetsADeviceAndScansItsCode() {
        String own = walk.play("device-created").data().getString("deviceId");
        assertThat(own).startsWith("device-");
        house.admin.delete(FakeHouse.DEVICES + "/" + own);

        device = walk.play("device-created-for").data().getString("deviceId");
        walk.with("device", device);
        walk.play("connect");
        JsonObject qr = event("qr-code", _ -> true);
        assertThat(qr.getString("deviceId")).isEqualTo(device);
        assertThat(qr.getString("qr")).isEqualTo("2@fake," + device);
        assertThat(qr.getString("qrCode")).as("example 4").startsWith("data:image/png;base64,");
        walk.play("qr");
        walk.play("qr-image");
        house.whatsapp.scan(device);
        JsonObject status = event(
                "whatsapp-status",
                each -> "connected".equals(each.getJsonObject("data").getString("status")));
        assertThat(status.getString("deviceId")).isEqualTo(device);
        event("device-status", each -> "connected".equals(each.getString("status")));
    }

    /** Example 6, and what its flow says of the delivery. */
    @Test
    @Order(3)
    void johnSendsAMessage() throws Exception {
        String id = walk.play("send-message").data().getString("messageId");
        assertThat(house.column("select body from message where stanza_id = '" + id + "'"))
                .containsExactly("Hello World");
        Predicate<JsonObject> its = each -> id.equals(each.getString("messageId"));
        assertThat(event("message.status", its).getString("status")).isEqualTo("sent");
        house.whatsapp.tell(
                device, new PageEvent.Acked(house.whatsapp.sent.getLast().to(), List.of(id), Ack.DELIVERED));
        assertThat(event("message.delivered", its).getString("status")).isEqualTo("delivered");
    }

    /** Example 7; its delay takes 6 s. */
    @Test
    @Order(4)
    void theAdminSendsToMany() {
        walk.play("bulk-user");
        String job = walk.play("bulk").data().getString("jobId");
        walk.with("job", job);
        progress(job, 1);
        walk.play("job");
        progress(job, 3);
        walk.play("job-completed");
        assertThat(event("job.completed", each -> job.equals(each.getString("jobId")))
                        .getString("deviceId"))
                .isEqualTo(device);
    }

    private static void progress(String job, int completed) {
        await().atMost(PATIENCE)
                .until(() -> house.admin
                                .get("/api/whatsapp-multi-device/jobs/" + job)
                                .data()
                                .getJsonObject("progress")
                                .getInteger("completed")
                        == completed);
    }

    /** "Contacts" and "Statistics". */
    @Test
    @Order(5)
    void whatADeviceHas() {
        house.admin.put(FakeHouse.DEVICES + "/" + device, new JsonObject().put("timezone", "Etc/UTC"));
        walk.play("contacts");
        walk.play("statistics");
        walk.play("statistics-daily");
    }

    /** "Legacy Endpoints": John's only device. */
    @Test
    @Order(6)
    void theLegacyEndpoints() {
        walk.play("legacy-status");
        walk.play("legacy-connect");
        walk.play("legacy-regenerate-linked");
        walk.play("legacy-send-message");
        walk.play("legacy-messages");
        walk.play("legacy-contacts");
    }

    /** "Admin Endpoints". */
    @Test
    @Order(7)
    void theAdminLooksAfterAll() throws Exception {
        Reply jane = walk.play("admin-user-created");
        walk.with("jane", Long.toString(jane.data().getLong("id")));
        walk.play("admin-users");
        walk.play("admin-user");
        walk.play("admin-user-changed");
        assertThat(house.column("select role from app_user where username = 'janedoe'"))
                .containsExactly("admin");
        walk.play("admin-user-deleted");
        walk.play("admin-user-gone");
        walk.play("admin-devices");
        walk.play("admin-messages");
        walk.play("admin-groups");
        walk.play("admin-contacts");
        walk.play("admin-jobs");
        walk.play("admin-job");
        walk.play("admin-stats");
        walk.with("job", job(device)).play("admin-job-cancelled");
        walk.play("legacy-disconnect");
        walk.allWerePlayed();
    }

    /** A job that does not begin while this test runs. */
    private static String job(String deviceId) {
        JsonObject text = new JsonObject().put("to", ANA.user()).put("message", "Halo");
        return house.admin
                .post(
                        FakeHouse.DEVICES + "/" + deviceId + "/jobs/send-text",
                        new JsonObject()
                                .put("messages", JsonArray.of(text))
                                .put("scheduleTime", "2099-01-01 12:00:00")
                                .put("timezone", "Asia/Jakarta"))
                .data()
                .getString("jobId");
    }

    /** "Permission Matrix": John asks for what is not his, then for his own, then the admin for John's. */
    @Test
    @Order(8)
    void theMatrixRowByRow() throws Exception {
        answerForGroups();
        ContractClient user = house.stranger.withToken(token);
        for (PermissionMatrix row : PermissionMatrix.rows()) {
            for (String kind : row.path().contains("{Q}") ? List.of("matrix", "qr") : List.of("matrix")) {
                ready(kind + "-john", JsonObject.of("userId", john));
                ready(kind + "-other", new JsonObject());
            }
            if (row.other() > 0) {
                assertThat(ask(user, row, "other").status())
                        .as(row + " of somebody else's")
                        .isEqualTo(row.other());
            }
            Reply own = ask(user, row, "john");
            assertThat(own.status()).as(row + " of John's: " + own.text()).isEqualTo(row.own());
            if (row.other() == 0 && row.own() == 200) {
                assertThat(own.text()).as(row + " of John's").contains("-john").doesNotContain("-other");
            }
            Reply admins = ask(house.admin, row, "john");
            assertThat(admins.status())
                    .as(row + " of the admin: " + admins.text())
                    .isEqualTo(row.admin());
        }
        assertThat(house.column("select username from app_user where username = 'third'"))
                .isEmpty();
    }

    private static Reply ask(ContractClient caller, PermissionMatrix row, String whose) throws Exception {
        String path = filled(row.path(), whose);
        return row.body().isEmpty()
                ? caller.send(row.method(), path, Optional.empty())
                : caller.with("Content-Type", "application/json")
                        .send(row.method(), path, Optional.of(filled(row.body(), whose)));
    }

    private static String filled(String text, String whose) throws Exception {
        String filled = text.replace("{D}", "matrix-" + whose)
                .replace("{Q}", "qr-" + whose)
                .replace("{G}", GROUP.toString())
                .replace("{U}", Long.toString(john));
        if (filled.contains("{J}")) {
            filled = filled.replace("{J}", job("matrix-" + whose));
        }
        return filled.contains("{T}")
                ? filled.replace(
                        "{T}",
                        house.column("select id from app_user where username = 'third'")
                                .getFirst())
                : filled;
    }

    /** There, and open: with its code in sight, or connected. */
    private static void ready(String deviceId, JsonObject owner) {
        if (open(deviceId)) {
            return;
        }
        house.admin.post(FakeHouse.DEVICES, owner.copy().put("deviceId", deviceId));
        house.whatsapp.linked = deviceId.startsWith("matrix-");
        house.admin.post(FakeHouse.DEVICES + "/" + deviceId + "/connect");
        await().atMost(PATIENCE).until(() -> open(deviceId));
    }

    private static boolean open(String deviceId) {
        Reply status = house.admin.get(FakeHouse.DEVICES + "/" + deviceId + "/status");
        return status.status() == 200
                && List.of("connected", "qr_required", "pairing")
                        .contains(status.data().getString("state"));
    }

    private static void answerForGroups() {
        Request.Member ana = new Request.Member(new Person(Optional.of(ANA), Optional.empty()), Standing.MEMBER);
        Request.Group group = new Request.Group(
                GROUP, "Grup", "", Optional.empty(), Optional.empty(), false, List.of(ana), Standing.ADMIN);
        List<Request.Change> changes = List.of(new Request.Change(ANA, 200, Optional.empty()));
        house.whatsapp.answer(Request.ListGroups.class, _ -> new Request.Groups(List.of(group)));
        house.whatsapp.answer(Request.ReadGroup.class, _ -> group);
        house.whatsapp.answer(Request.CreateGroup.class, _ -> new Request.Created(GROUP, changes));
        house.whatsapp.answer(Request.ChangeMembers.class, _ -> new Request.Changes(changes));
    }
}
