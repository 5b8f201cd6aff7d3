package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.dialect.Captured;
import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.http.Effect;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * 002's reference of its database from top to bottom, as its user would walk it, then the other lists over many devices; on a node that keeps the
 * history of allowed numbers only. {@code main} is the user's, {@code other} the admin's, both with the same number. Over 300 lines: one house.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReportingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String ANA = "6281234567891";
    private static final String OWN = "6281100000001";
    private static final Jid GROUP = new Jid("120363025246125486", Jid.GROUP);
    private static final String BASE = "/api/whatsapp";
    private static final String NOT_YOURS = "Not yours";

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient user;
    private static ContractClient admin;
    private static Captured captured;
    private static long userId;
    private static String today;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data, Map.of("KURIR_HISTORY_PERSIST", "allowed"));
        admin = house.admin;
        user = house.user("dashboard");
        userId = Long.parseLong(house.column("select id from app_user where username = 'dashboard'")
                .getFirst());
        String zone = afternoon();
        today = LocalDate.now(ZoneId.of(zone)).toString();
        admin.post(
                FakeHouse.DEVICES,
                new JsonObject().put("deviceId", "main").put("userId", userId).put("timezone", zone));
        house.connect("other");
        admin.put(FakeHouse.DEVICES + "/other", new JsonObject().put("timezone", zone));
        captured = new Captured(house.stranger, "reporting")
                .with("token", token())
                .with("user", Long.toString(userId))
                .with("date", today);
    }

    /** Where no day ends while this test runs. */
    private static String afternoon() {
        int hours = 14 - LocalTime.now(ZoneOffset.UTC).getHour();
        return hours == 0 ? "Etc/GMT" : hours > 0 ? "Etc/GMT-" + hours : "Etc/GMT+" + -hours;
    }

    private static String token() {
        return house.stranger
                .post(
                        "/api/auth/login",
                        new JsonObject().put("email", "dashboard@example.com").put("password", House.PASSWORD))
                .data()
                .getString("token");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static void hear(String deviceId, String id, Jid chat, Optional<Jid> author, String text) {
        house.whatsapp.tell(
                deviceId,
                new PageEvent.Received(new IncomingMessage(
                        id,
                        chat,
                        Optional.empty(),
                        author,
                        false,
                        "chat",
                        new Content.Text(text),
                        List.of(),
                        "Ana",
                        Optional.empty(),
                        Ack.NONE,
                        Instant.now())));
    }

    private static void told(String id) {
        await().atMost(PATIENCE)
                .until(() -> !house.column(
                                "select 1 from event where type = 'message.received' and data ->> 'messageId' = '" + id
                                        + "'")
                        .isEmpty());
    }

    private static List<String> stored(String id) throws Exception {
        return house.column("select body from message where stanza_id = '" + id + "'");
    }

    @Test
    @Order(1)
    void whoIsNotAllowedIsToldAndNotKept() throws Exception {
        hear("other", "SECRET1", Jid.ofPhone(ANA), Optional.empty(), "my secret");
        told("SECRET1");
        hear("other", "SECRET1", Jid.ofPhone(ANA), Optional.empty(), "my secret");
        hear("other", "SECRET2", Jid.ofPhone(ANA), Optional.empty(), "another");
        told("SECRET2");
        assertThat(house.column("select 1 from event where data ->> 'messageId' = 'SECRET1'"))
                .as("told once")
                .hasSize(1);
        assertThat(house.column("select body from message where device_id = 'other'"))
                .isEmpty();

        house.whatsapp.tell("other", new PageEvent.Edited(Jid.ofPhone(ANA), "SECRET1", "my new secret", Instant.now()));
        await().atMost(PATIENCE)
                .until(() -> !house.column("select 1 from event where type = 'message.edited'")
                        .isEmpty());
        assertThat(house.column("select value from message_change")).isEmpty();

        Reply sent = admin.post(
                FakeHouse.DEVICES + "/other/send-message",
                new JsonObject().put("to", ANA).put("message", "the answer"));
        assertThat(sent.status()).isEqualTo(200);
        assertThat(house.whatsapp.sent.getLast().content().words()).isEqualTo("the answer");
        JsonObject kept = admin.get(
                        FakeHouse.DEVICES + "/other/messages/" + sent.data().getString("messageId"))
                .data();
        assertThat(kept.getString("status")).isEqualTo("sent");
        assertThat(kept.getString("message")).isEmpty();
    }

    @Test
    @Effect({"addAllowedNumber", "listAllowedNumbers", "setAllowedNumberStatus", "removeAllowedNumber"})
    @Order(2)
    void allowedNumbers() throws Exception {
        assertThat(captured.play("allowed-number-added").header("X-Request-Id")).isPresent();
        JsonObject again = new JsonObject().put("whatsapp_number", OWN).put("session_id", "main");
        assertThat(user.post(BASE + "/allowed-numbers", again).status()).isEqualTo(409);
        Reply listed = captured.play("allowed-numbers");
        long id = listed.json().getJsonArray("data").getJsonObject(0).getLong("id");
        captured.with("allowed", Long.toString(id));
        captured.play("allowed-number-status");
        assertThat(house.column("select keeps_history('main')")).containsExactly("false");
        captured.play("allowed-number-removed");
        assertThat(house.column("select 1 from allowed_number")).isEmpty();

        long others = admin.post(
                        BASE + "/allowed-numbers",
                        new JsonObject().put("whatsapp_number", OWN).put("session_id", "other"))
                .data()
                .getLong("id");
        assertThat(user.put(BASE + "/allowed-numbers/" + others + "/status", new JsonObject().put("status", "nonaktif"))
                        .status())
                .isEqualTo(404);
        assertThat(user.delete(BASE + "/allowed-numbers/" + others).status()).isEqualTo(404);
        assertThat(user.get(BASE + "/allowed-numbers").json().getJsonArray("data"))
                .isEmpty();
        assertThat(user.post(BASE + "/allowed-numbers", again.copy().put("session_id", "other"))
                        .status())
                .isEqualTo(403);
        assertThat(user.post(BASE + "/allowed-numbers", again.copy().put("whatsapp_number", "none of them"))
                        .fields())
                .containsExactly("whatsapp_number");
        captured.play("allowed-number-added");
    }

    @Test
    @Effect({"connectSingle", "getSingleStatus"})
    @Order(3)
    void theirOnlyDevice() {
        assertThat(house.stranger.get(BASE + "/status").status()).isEqualTo(401);
        assertThat(user.post(BASE + "/connect").status()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> user.get(BASE + "/status").data().getBoolean("isConnected"));
        assertThat(user.get(BASE + "/status").data().getString("deviceId")).isEqualTo("main");
        assertThat(user.post(BASE + "/regenerate-qr").code()).isEqualTo("ALREADY_LINKED");
        assertThat(user.get(BASE + "/status?deviceId=other").status()).isEqualTo(403);
        assertThat(user.get(BASE + "/messages?deviceId=other").status()).isEqualTo(403);
        assertThat(admin.get(BASE + "/status?deviceId=main").data().getString("deviceId"))
                .isEqualTo("main");
        assertThat(admin.get(BASE + "/status").data().getString("deviceId")).isEqualTo("other");
    }

    @Test
    @Effect({"sendSingleMessage", "listSingleMessages", "listSingleContacts"})
    @Order(4)
    void messagesComeAndGo() throws Exception {
        hear("main", "IN1", Jid.ofPhone(ANA), Optional.empty(), "Where is my parcel?");
        told("IN1");
        assertThat(stored("IN1")).containsExactly("Where is my parcel?");
        Reply sent = user.post(
                BASE + "/send-message", new JsonObject().put("to", ANA).put("message", "On its way."));
        assertThat(sent.status()).as(sent.text()).isEqualTo(200);
        assertThat(stored(sent.data().getString("messageId"))).containsExactly("On its way.");
        hear("main", "GR1", GROUP, Optional.of(Jid.ofPhone(ANA)), "Hello all");
        told("GR1");
        hear("other", "X1", Jid.ofPhone(ANA), Optional.empty(), NOT_YOURS);
        told("X1");
        FakeHouse.get(house.pool
                .preparedQuery("insert into contact (device_id, group_id, name) values ('main', $1, 'Couriers')"
                        + " on conflict (device_id, contact_id) do update set name = 'Couriers'")
                .execute(Tuple.of(GROUP.toString())));
        JsonArray messages = user.get(BASE + "/messages").json().getJsonArray("data");
        assertThat(messages.stream().map(each -> ((JsonObject) each).getString("content")))
                .containsExactly("Hello all", "On its way.", "Where is my parcel?");
        assertThat(user.get(BASE + "/contacts").data().getJsonArray("contacts").encode())
                .contains(ANA);
    }

    @Test
    @Effect({
        "getReportedSession",
        "setSessionRemark",
        "listReportedSessions",
        "getMessageStats",
        "listMessageDetails",
        "listGroupLinks",
        "listMessagesByNumber",
        "listFilteredHistory",
        "getConversation",
        "listMessagesOfNumber",
        "mapMessagesOfNumber",
        "listContactsOfNumber"
    })
    @Order(5)
    void theReferenceFromTopToBottom() throws Exception {
        captured.play("session");
        captured.play("keterangan");
        assertThat(house.column("select remark from device_remark where device_id = 'main'"))
                .containsExactly("Front desk");
        captured.play("sessions-of-user");
        captured.play("message-stats");
        captured.play("message-details");
        captured.play("groups-links");
        captured.play("messages-by-number");
        captured.play("history-filtered");
        captured.play("history-filtered-outgoing");
        captured.play("conversation");
        captured.play("messages-number");
        captured.play("messages-number-mapping");
        captured.play("messages-number-contacts");
        captured.play("session-of-somebody-else");
    }

    @Test
    @Order(6)
    void nothingOfSomebodyElseByAnyFilter() throws Exception {
        for (String path : List.of(
                "/message/stats?session_id=other",
                "/message/details?session_id=other",
                "/groups/links/other",
                "/sessions/user/1")) {
            assertThat(user.get(BASE + path).status()).as(path).isEqualTo(403);
        }
        assertThat(user.put(BASE + "/sessions/other/keterangan", new JsonObject().put("keterangan", "mine"))
                        .status())
                .isEqualTo(403);
        assertThat(house.column("select remark from device_remark where device_id = 'other'"))
                .isEmpty();
        for (String path : List.of(
                "/messages/by-number/" + OWN,
                "/history/filtered",
                "/history/filtered?sender_number=" + ANA,
                "/history/filtered?receiver_number=" + OWN,
                "/conversation/" + OWN + "/" + ANA,
                "/messages/number/" + OWN,
                "/messages/number/" + ANA,
                "/messages/number/" + ANA + "/mapping",
                "/messages/number/" + OWN + "/contacts",
                "/messages")) {
            Reply mine = user.get(BASE + path);
            assertThat(mine.status()).as(path).isEqualTo(200);
            assertThat(mine.text())
                    .as(path)
                    .contains("\"main\"")
                    .doesNotContain("other")
                    .doesNotContain(NOT_YOURS);
        }
        Reply all = admin.get(BASE + "/messages/number/" + ANA + "?order=asc&pageSize=1&page=2");
        assertThat(all.json().getJsonObject("pagination").getLong("total"))
                .as("of both devices: 1 sent and 1 heard by the other, 2 of the user's")
                .isEqualTo(4);
        assertThat(admin.get(BASE + "/history/filtered").text()).contains(NOT_YOURS);
    }

    @Test
    @Order(7)
    void badInputIsNamed() {
        assertThat(user.get(BASE + "/message/stats").fields()).containsExactly("session_id");
        assertThat(user.get(BASE + "/message/details?session_id=main&date=2026-02-30")
                        .fields())
                .containsExactly("date");
        assertThat(user.get(BASE + "/history/filtered?start_date=2026-02-02&end_date=2026-02-01")
                        .fields())
                .containsExactly("end_date");
        assertThat(user.get(BASE + "/messages/number/none").fields()).containsExactly("phone_number");
        assertThat(user.get(BASE + "/sessions/nowhere").status()).isEqualTo(404);
        String statistics = FakeHouse.DEVICES + "/main/statistics";
        assertThat(admin.get(statistics + "?startDate=2026-02-02&endDate=2026-02-01")
                        .fields())
                .containsExactly("endDate");
        assertThat(admin.get(statistics + "?startDate=2020-01-01&endDate=2026-02-01")
                        .status())
                .isEqualTo(400);
    }

    @Test
    @Effect({"getStatistics", "getDailyStatistics"})
    @Order(8)
    void statisticsAreForAdmins() {
        String path = FakeHouse.DEVICES + "/main/statistics";
        assertThat(user.get(path).status()).isEqualTo(403);
        assertThat(user.get(path + "/daily").status()).isEqualTo(403);
        JsonObject range =
                admin.get(path + "?startDate=" + today + "&endDate=" + today).data();
        assertThat(range.getJsonObject("total"))
                .isEqualTo(new JsonObject()
                        .put("incomingMessages", 2)
                        .put("outgoingMessages", 1)
                        .put("failedMessages", 0)
                        .put("activeChats", 2)
                        .put("incomingChats", 2)
                        .put("answeredChats", 1)
                        .put("responseRate", 50.0));
        JsonObject week = admin.get(path + "/daily").data();
        assertThat(week.getJsonArray("days")).hasSize(7);
        assertThat(week.getJsonArray("days").getJsonObject(6).getString("date")).isEqualTo(today);
        assertThat(week.getJsonObject("total")).isEqualTo(range.getJsonObject("total"));
        assertThat(admin.get(FakeHouse.DEVICES + "/nowhere/statistics").status())
                .isEqualTo(404);
    }

    /** Whatever day it is in the zone of the settings, where these messages may be on either side of a midnight. */
    @Test
    @Order(8)
    void statisticsTogetherAreOfOnesOwnDevices() {
        String path = "/api/whatsapp-multi-device/statistics";
        String around = "?startDate=" + LocalDate.parse(today).minusDays(2) + "&endDate="
                + LocalDate.parse(today).plusDays(2);
        JsonObject own = user.get(path + around).data();
        JsonObject all = admin.get(path + around).data();
        JsonObject main = admin.get(path + around + "&deviceId=main").data();
        JsonObject other = admin.get(path + around + "&deviceId=other").data();
        assertThat(List.of(own.getInteger("devices"), all.getInteger("devices"), main.getInteger("devices")))
                .containsExactly(1, 2, 1);
        assertThat(own.getJsonArray("days")).hasSize(5);
        for (String count : List.of("incomingMessages", "outgoingMessages", "activeChats")) {
            long ofMain = main.getJsonObject("total").getLong(count);
            assertThat(own.getJsonObject("total").getLong(count))
                    .isEqualTo(ofMain)
                    .isPositive();
            assertThat(all.getJsonObject("total").getLong(count))
                    .as(count)
                    .isEqualTo(ofMain + other.getJsonObject("total").getLong(count));
        }
        assertThat(user.get(path + "?deviceId=main&startDate=" + today + "&endDate=" + today)
                        .data()
                        .getJsonObject("total"))
                .isEqualTo(admin.get(FakeHouse.DEVICES + "/main/statistics?startDate=" + today + "&endDate=" + today)
                        .data()
                        .getJsonObject("total"));
        assertThat(user.get(path + "?deviceId=other").status()).isEqualTo(403);
        assertThat(user.get(path + "?startDate=2026-01-01&endDate=2026-04-03").fields())
                .containsExactly("endDate");
    }

    @Test
    @Effect({
        "listAllDevices",
        "listAllMessages",
        "listAllGroups",
        "listAllContacts",
        "listAllJobs",
        "getOverview",
        "cancelAnyJob",
        "getAnyJob"
    })
    @Order(9)
    void everythingOfEverybody() {
        String jobId = admin.post(
                        FakeHouse.DEVICES + "/main/jobs/send-text",
                        new JsonObject()
                                .put(
                                        "items",
                                        new JsonArray()
                                                .add(new JsonObject()
                                                        .put("to", ANA)
                                                        .put("message", "a")))
                                .put("scheduleTime", "2099-01-01 00:00:00")
                                .put("timezone", "Asia/Jakarta"))
                .data()
                .getString("jobId");
        for (String path : List.of("devices", "messages", "groups", "contacts", "jobs", "stats", "jobs/" + jobId)) {
            assertThat(user.get("/api/admin/" + path).status()).as(path).isEqualTo(403);
        }
        assertThat(user.post("/api/admin/jobs/" + jobId + "/cancel").status()).isEqualTo(403);

        assertThat(ids("devices?sort=name")).containsExactly("main", "other");
        assertThat(ids("devices?sort=oldest")).containsExactly("main", "other");
        assertThat(ids("devices?userId=" + userId + "&state=connected")).containsExactly("main");
        assertThat(ids("messages?deviceId=other")).containsOnly("other").hasSize(2);
        assertThat(ids("messages?userId=" + userId + "&direction=outgoing&number=" + ANA))
                .containsExactly("main");
        assertThat(ids("messages?state=received&order=asc")).containsExactly("main", "main", "other");
        assertThat(ids("messages?until=2026-01-01T00:00:00Z")).isEmpty();
        assertThat(admin.get("/api/admin/messages?deviceId=nowhere").status()).isEqualTo(404);
        assertThat(ids("groups?userId=" + userId)).containsExactly("main");
        assertThat(ids("contacts?search=Ana")).containsExactly("main", "other");
        assertThat(admin.get("/api/admin/jobs?deviceId=main").json().getJsonArray("data"))
                .hasSize(1);
        JsonObject stats = admin.get("/api/admin/stats").data();
        assertThat(stats.getLong("users")).isEqualTo(2);
        assertThat(stats.getJsonObject("devices").getJsonObject("byState").getLong("connected"))
                .isEqualTo(2);
        assertThat(stats.getJsonObject("jobs").getLong("total")).isEqualTo(1);
        assertThat(admin.post("/api/admin/jobs/" + jobId + "/cancel").data().getString("status"))
                .isEqualTo("cancelled");
        assertThat(admin.get("/api/admin/jobs/" + jobId).data().getString("status"))
                .isEqualTo("cancelled");
        assertThat(admin.get("/api/admin/jobs/nothing").code()).isEqualTo("JOB_NOT_FOUND");
    }

    /** The devices of what is listed. */
    private static List<String> ids(String list) {
        Reply reply = admin.get("/api/admin/" + list);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().getJsonArray("data").stream()
                .map(each -> ((JsonObject) each).getString("deviceId"))
                .toList();
    }

    @Test
    @Order(10)
    void theOnlyDeviceIsDisconnected() throws Exception {
        assertThat(user.post(BASE + "/disconnect").data().getBoolean("isConnected"))
                .isFalse();
        ContractClient nobody = house.user("nobody");
        assertThat(nobody.get(BASE + "/status").code()).isEqualTo("SESSION_NOT_FOUND");
        assertThat(nobody.get(BASE + "/sessions/user/" + userId).status()).isEqualTo(403);
        assertThat(nobody.get(BASE + "/messages/number/" + ANA).json().getJsonArray("data"))
                .isEmpty();
    }
}
