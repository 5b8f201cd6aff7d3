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
import io.kurir.whatsapp.OutgoingMessage;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.Request.MemberAction;
import io.kurir.whatsapp.Request.Standing;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
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
 * 002's reference of many devices from top to bottom, as its user would go through it: A to E, its jobs and its schedule. Some 40 s, most of
 * them the delays that the document's own requests ask for. What it says of its database is in {@link ReportingIT}. Over 300 lines: one walk.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardWalkIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String DEVICE = FakeHouse.DEVICES + "/device-001";
    private static final byte[] PIXEL = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
    private static final byte[] PAPER = "%PDF-1.4\n%%EOF\n".getBytes(StandardCharsets.US_ASCII);
    private static final Jid ANA = Jid.ofPhone("6281230000001");
    private static final Jid BEN = Jid.ofPhone("6281230000002");
    private static final Jid CITRA = Jid.ofPhone("6281230000003");
    private static final Jid NEIGHBOURS = new Jid("120363000000000010", Jid.GROUP);
    private static final Jid GROUP = new Jid("120363000000000009", Jid.GROUP);

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;
    private static Captured walk;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(
                data,
                Map.of(
                        "KURIR_MEDIA_ALLOW_URLS",
                        "127.0.0.1:*",
                        "KURIR_SEND_PER_MINUTE",
                        "600",
                        "KURIR_SEND_BURST",
                        "100"));
        house.whatsapp.linked = false;
        house.whatsapp.known = _ -> true;
        admin = house.admin;
        int port = FakeHouse.get(house.vertx
                        .createHttpServer()
                        .requestHandler(request -> request.response()
                                .putHeader("Content-Type", "image/png")
                                .end(Buffer.buffer(PIXEL)))
                        .listen(0, "127.0.0.1"))
                .actualPort();
        walk = new Captured(house.stranger, "dashboard")
                .with("key", House.KEY)
                .with("pixel", Base64.getEncoder().encodeToString(PIXEL))
                .with("paper", Base64.getEncoder().encodeToString(PAPER))
                .with("address", "http://127.0.0.1:" + port + "/foto.png");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    /** "Create → Connect → QR Scan → Connected", and sections A and B. */
    @Test
    @Effect({
        "createDevice",
        "listDevices",
        "listConnectedDevices",
        "listConnectedDevicesDetail",
        "getDevice",
        "getDeviceStatus",
        "connectDevice"
    })
    @Order(1)
    void aDeviceIsMadeAndScanned() {
        walk.play("device-created");
        walk.play("device-wrong");
        walk.play("device-again");
        walk.play("devices");
        walk.play("devices-connected-none");
        walk.play("qr-none");
        walk.play("send-not-connected");
        walk.play("connect");
        walk.play("status-qr");
        walk.play("qr");
        walk.play("qr-image");
        walk.play("qr-image-default");
        walk.play("qr-base64");
        Reply svg = admin.get(DEVICE + "/qr-image?format=svg");
        assertThat(svg.header("Content-Type").orElse("")).startsWith("image/svg+xml");
        assertThat(svg.text()).contains("<svg");
        Reply again = admin.post("/api/whatsapp/regenerate-qr?deviceId=device-001", new JsonObject());
        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.data().getString("qrCode")).startsWith("data:image/png;base64,");

        // "QR bisa berubah": the one that is asked for is the newest
        house.whatsapp.tell("device-001", new PageEvent.QrCode("2@the next one"));
        await().atMost(PATIENCE)
                .until(() ->
                        "2@the next one".equals(admin.get(DEVICE + "/qr").data().getString("qrCode")));

        scan("device-001");
        walk.play("status-connected");
        walk.play("device");
        walk.play("devices-connected");
        walk.play("devices-connected-detail");
        walk.play("qr-none");
    }

    /** "Pairing Code (tanpa QR)". */
    @Test
    @Order(2)
    void aDeviceIsPaired() {
        walk.play("pairing-device");
        walk.play("pairing-wrong");
        walk.play("pairing-code");
        scan("device-002");
        walk.play("pairing-linked");
    }

    /** Section C. */
    @Test
    @Order(3)
    void messages() {
        walk.play("send-message");
        assertThat(sent().to().user()).isEqualTo("6281234567890");
        assertThat(sent().content().words()).isEqualTo("Halo");
        for (String same : List.of("081234567890", "+6281234567890")) {
            assertThat(send(same, "Halo").status()).as(same).isEqualTo(200);
            assertThat(sent().to().user()).isEqualTo("6281234567890");
        }
        walk.play("send-message-wrong");
        assertThat(send("6281234567890", "x".repeat(4096)).status()).isEqualTo(200);
        assertThat(send("6281234567890", "x".repeat(4097)).fields()).containsExactly("message");

        Instant start = Instant.now();
        walk.play("send-message-bulk");
        assertThat(Duration.between(start, Instant.now()))
                .as("delay is in seconds")
                .isGreaterThan(Duration.ofSeconds(2));
        assertThat(sent().content().words()).isEqualTo("Pesan 2");
    }

    private static Reply send(String to, String text) {
        return admin.post(
                DEVICE + "/send-message", new JsonObject().put("to", to).put("message", text));
    }

    /** Section C, media: by base64, URL and upload. */
    @Test
    @Order(4)
    void media() {
        walk.play("send-media-base64");
        walk.play("send-media-url");
        Reply uploaded = admin.form(
                DEVICE + "/send-media",
                Map.of("to", ANA.user(), "mediaType", "document", "caption", "..."),
                "a.pdf",
                "application/pdf",
                PAPER);
        assertThat(uploaded.status()).as(uploaded.text()).isEqualTo(200);
        assertThat(sent().content()).isInstanceOfSatisfying(Content.Media.class, media -> {
            assertThat(media.kind()).isEqualTo(Content.Kind.DOCUMENT);
            assertThat(media.mimetype()).isEqualTo("application/pdf");
            assertThat(media.fileName()).contains("a.pdf");
            assertThat(media.caption()).isEqualTo("...");
        });
        walk.play("send-media-wrong");
        assertThat(admin.form(
                                DEVICE + "/send-media",
                                Map.of("to", ANA.user(), "mediaType", "document"),
                                "a.exe",
                                "application/x-msdownload",
                                new byte[] {'M', 'Z', 0, 1})
                        .status())
                .isEqualTo(415);
        walk.play("send-media-bulk");
    }

    /** Section D. */
    @Test
    @Effect({"addGroupParticipants", "sendGroupMention", "sendGroupMedia"})
    @Order(5)
    void groups() {
        Request.Group group = new Request.Group(
                GROUP,
                "Nama Grup",
                "",
                Optional.empty(),
                Optional.of(Instant.parse("2026-01-15T08:30:00Z")),
                false,
                List.of(
                        new Request.Member(new Person(Optional.of(ANA), Optional.empty()), Standing.ADMIN),
                        new Request.Member(new Person(Optional.of(BEN), Optional.empty()), Standing.MEMBER)),
                Standing.ADMIN);
        house.whatsapp.answer(Request.ListGroups.class, _ -> new Request.Groups(List.of(group)));
        house.whatsapp.answer(Request.ReadGroup.class, _ -> group);
        house.whatsapp.answer(Request.CreateGroup.class, asked -> new Request.Created(GROUP, changes(asked.members())));
        house.whatsapp.answer(Request.ChangeMembers.class, asked -> new Request.Changes(changes(asked.people())));
        walk.play("groups");
        walk.play("group-created");
        walk.play("group-info");
        walk.play("send-group-message");
        assertThat(sent().to()).isEqualTo(GROUP);
        walk.play("send-group-message-bulk");
        walk.play("mention-message");
        mentioned("Halo @6281230000001 dan @6281230000002");
        for (String same : List.of("Halo {mention1} dan {mention2}", "Halo {mention[0]} dan {mention[1]}")) {
            admin.post(
                    DEVICE + "/groups/" + GROUP + "/mention-message",
                    new JsonObject().put("message", same).put("mentions", List.of(ANA.user(), BEN.user())));
            mentioned("Halo @6281230000001 dan @6281230000002");
        }
        admin.post(
                DEVICE + "/groups/" + GROUP + "/mention-message",
                new JsonObject().put("message", "Halo {mentions}").put("mentions", List.of(ANA.user(), BEN.user())));
        assertThat(sent().content().words()).matches("Halo @6281230000001,? @6281230000002");
        walk.play("group-send-media");
        assertThat(sent().to()).isEqualTo(GROUP);
        assertThat(sent().content())
                .isInstanceOfSatisfying(
                        Content.Media.class, media -> assertThat(media.size()).isEqualTo(PIXEL.length));
        Reply uploaded = admin.form(
                DEVICE + "/groups/" + GROUP + "/send-media", Map.of("mediaType", "image"), "a.png", "image/png", PIXEL);
        assertThat(uploaded.status()).as(uploaded.text()).isEqualTo(200);
        walk.play("group-send-media-bulk");

        house.whatsapp.asked.clear();
        walk.play("participants");
        walk.play("participant-removed");
        walk.play("participant-removed-jid");
        walk.play("admin-promoted");
        walk.play("admins-promoted");
        walk.play("admin-demoted");
        Jid chief = Jid.ofPhone("6281234567890");
        assertThat(house.whatsapp.asked)
                .containsExactly(
                        new Request.ChangeMembers(GROUP, MemberAction.ADD, List.of(ANA, BEN)),
                        new Request.ChangeMembers(GROUP, MemberAction.REMOVE, List.of(ANA)),
                        new Request.ChangeMembers(GROUP, MemberAction.REMOVE, List.of(ANA)),
                        new Request.ChangeMembers(GROUP, MemberAction.PROMOTE, List.of(chief)),
                        new Request.ChangeMembers(GROUP, MemberAction.PROMOTE, List.of(ANA, BEN)),
                        new Request.ChangeMembers(GROUP, MemberAction.DEMOTE, List.of(chief)));
    }

    private static void mentioned(String text) {
        assertThat(sent().content().words()).isEqualTo(text);
        assertThat(sent().mentions()).containsExactly(ANA, BEN);
    }

    private static List<Request.Change> changes(List<Jid> people) {
        return people.stream()
                .map(person -> new Request.Change(person, 200, Optional.empty()))
                .toList();
    }

    /** Section E: what came in, what only the phone has, and who wrote today. */
    @Test
    @Order(6)
    void history() throws Exception {
        Instant now = Instant.now();
        hear(message("IN1", CITRA, Optional.empty(), "Halo juga", now));
        hear(message("IN2", CITRA, Optional.empty(), "Sudah sampai?", now.plusSeconds(1)));
        hear(message("GR1", NEIGHBOURS, Optional.of(CITRA), "Pagi semua", now));
        hear(message("GR2", NEIGHBOURS, Optional.of(CITRA), "Siang semua", now.plusSeconds(1)));
        await().atMost(PATIENCE)
                .until(() -> house.column("select 1 from message where stanza_id in ('IN1', 'IN2', 'GR1', 'GR2')")
                                .size()
                        == 4);
        house.whatsapp.answer(
                Request.History.class,
                asked -> new Request.HistoryPage(
                        asked.before().isPresent()
                                ? List.of()
                                : List.of(
                                        message("IN0", CITRA, Optional.empty(), "Dari server", now.minusSeconds(60)))));
        walk.play("chat-history");
        walk.play("chat-history-store");
        walk.play("chat-history-server");
        walk.play("chat-history-wrong");
        walk.play("group-chat-history");

        admin.put(DEVICE, new JsonObject().put("timezone", "Etc/UTC"));
        String today = LocalDate.ofInstant(now, ZoneOffset.UTC).toString();
        List<JsonObject> chats = walk.with("date", today).play("daily-chat-list").data().getJsonArray("chats").stream()
                .map(JsonObject.class::cast)
                .toList();
        assertThat(chats).extracting(chat -> chat.getString("chatId")).contains(CITRA.toString());
        assertThat(chats).extracting(chat -> chat.getBoolean("isGroup")).containsOnly(false);
        assertThat(admin.get(DEVICE + "/daily-chat-list?date=" + today + "&includeGroups=true")
                        .text())
                .contains(NEIGHBOURS.toString());
        walk.play("daily-chat-list-no-date");
    }

    private static void hear(IncomingMessage message) {
        house.whatsapp.tell("device-001", new PageEvent.Received(message));
    }

    private static IncomingMessage message(String id, Jid chat, Optional<Jid> author, String text, Instant at) {
        return new IncomingMessage(
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
                at);
    }

    /** "Job Queue": each kind, its progress and its end. */
    @Test
    @Effect("startGroupMediaJob")
    @Order(7)
    void jobs() {
        String texts = walk.play("job-text").data().getString("jobId");
        done(texts, "completed");
        walk.with("job", texts).play("job-done");
        String media = walk.play("job-media").data().getString("jobId");
        walk.with("job", media).play("job-cancelled");
        done(media, "cancelled");
        done(walk.play("job-group-media").data().getString("jobId"), "completed");
        assertThat(sent().to()).isEqualTo(GROUP);
        walk.play("job-unknown");
    }

    private static void done(String job, String status) {
        await().atMost(PATIENCE)
                .until(() -> status.equals(admin.get("/api/whatsapp-multi-device/jobs/" + job)
                        .data()
                        .getString("status")));
    }

    /** "Scheduled Message"; where 002 lost it with a restart, it is a row. */
    @Test
    @Order(8)
    void aScheduledMessage() throws Exception {
        walk.play("schedule-message");
        assertThat(house.column("select 1 from schedule where state = 'active' and device_id = 'device-001'"))
                .hasSize(1);
        walk.play("schedule-past");
    }

    /** The end of section A. */
    @Test
    @Order(9)
    void theDeviceIsDisconnectedWipedAndRemoved() throws Exception {
        walk.play("disconnect");
        walk.play("cancel-and-wipe");
        walk.play("session-removed");
        assertThat(house.column("select linked from device where device_id = 'device-001'"))
                .containsExactly("false");
        walk.play("device-removed");
        walk.play("device-gone");
        assertThat(house.column("select 1 from device where device_id = 'device-001'"))
                .isEmpty();
        walk.allWerePlayed();
    }

    private static void scan(String deviceId) {
        house.whatsapp.scan(deviceId);
        await().atMost(PATIENCE)
                .until(() -> admin.get(FakeHouse.DEVICES + "/" + deviceId + "/status")
                        .data()
                        .getBoolean("isConnected"));
    }

    private static OutgoingMessage sent() {
        return house.whatsapp.sent.getLast();
    }
}
