package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient;
import io.kurir.http.Effect;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message goes from HTTP to WhatsApp Web and its read receipt comes back, and what else a device's owner does. */
class WholeHouseIT {
    private static final String OWN = "6281100000001";
    private static final String FRIEND = "6281234567890";

    @TempDir
    private static Path data;

    private static House house;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        house = new House(data, Map.of("KURIR_SEND_SYNC_TIMEOUT", "4s"));
        admin = house.admin;
        house.link("main", OWN);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void aTextIsSentReadAndItsStepsAreTold() throws Exception {
        var sent = send("main", FRIEND, "hello");
        assertThat(sent.status()).isEqualTo(200);
        assertThat(sent.data().getString("status")).isIn("sent", "delivered", "read");
        JsonObject message = untilRead(sent);
        assertThat(steps(message)).containsExactly("accepted", "dispatched", "sent", "delivered", "read");
        assertThat(message.getInteger("attempts")).isEqualTo(1);

        assertThat(inbox(sent).getString("text")).isEqualTo("hello");
        assertThat(inbox(sent).getInteger("shown")).isEqualTo(1);
    }

    @Test
    void anAnswerQuotesByAnyFormOfTheId() throws Exception {
        var first = send("main", FRIEND, "question");
        for (String form : List.of(
                first.data().getString("messageId"),
                first.data().getLong("id").toString(),
                "true_" + FRIEND + "@c.us_" + first.data().getString("messageId"))) {
            var answer = admin.post(
                    path("main", "/send-message"),
                    new JsonObject().put("to", FRIEND).put("message", "quoting").put("quotedMessageId", form));
            assertThat(answer.status()).as(form).isEqualTo(200);
            untilRead(answer);
            assertThat(inbox(answer).getString("quoted")).contains(first.data().getString("messageId"));
        }
    }

    @Test
    void whatAFriendWritesBecomesAnEvent() throws Exception {
        try (Events events = new Events("?deviceId=main&type=message.received")) {
            events.next(event -> event.getString("type").equals("connected"));
            house.phone(
                    "POST",
                    "/api/phones/" + FRIEND + "/messages",
                    new JsonObject().put("to", OWN).put("text", "hello yourself"));
            JsonObject event = events.next(it -> it.getString("type").equals("message.received"));
            assertThat(event.getString("message")).isEqualTo("hello yourself");
            assertThat(event.getString("chat")).isEqualTo(FRIEND + "@c.us");
            assertThat(event.getString("deviceId")).isEqualTo("main");
        }
    }

    @Test
    void theEventStreamResumesWithoutAGap() throws Exception {
        String last;
        int seq;
        try (Events events = new Events("?deviceId=main")) {
            events.next(event -> event.getString("type").equals("connected"));
            String id = send("main", FRIEND, "one").data().getString("messageId");
            JsonObject read = events.next(event -> isRead(event, id));
            seq = read.getInteger("seq");
            last = events.lastId;
        }
        var missed = send("main", FRIEND, "two");
        untilRead(missed);
        try (Events events = new Events("?deviceId=main", last)) {
            JsonObject event;
            do {
                event = events.next(it -> it.containsKey("seq"));
                assertThat(event.getInteger("seq")).isEqualTo(++seq);
            } while (!isRead(event, missed.data().getString("messageId")));
        }
    }

    @Test
    void refusedRequestsStoreNothing() throws Exception {
        admin.post(House.DEVICES, new JsonObject().put("deviceId", "never-linked"));
        long before = house.rows("message");
        refused(send("main", "628110000", "not a number of anybody's 0000"), 422, "NUMBER_NOT_ON_WHATSAPP");
        refused(send("never-linked", FRIEND, "x"), 409, "SESSION_NOT_READY");
        refused(send("nobody-knows", FRIEND, "x"), 404, "SESSION_NOT_FOUND");
        refused(send("main", "hello", "x"), 400, "INVALID_PAYLOAD");
        refused(send("main", FRIEND, "x".repeat(5_000)), 400, "INVALID_PAYLOAD");
        refused(send("main", FRIEND, ""), 400, "INVALID_PAYLOAD");
        refused(send("main", FRIEND, "nul \u0000 inside"), 400, "INVALID_PAYLOAD");
        refused(
                admin.post(
                        path("main", "/send-message"),
                        new JsonObject().put("to", FRIEND).put("message", "x").put("quotedMessageId", "3EB0NOTTHERE")),
                400,
                "INVALID_PAYLOAD");
        refused(
                house.stranger.post(
                        path("main", "/send-message"),
                        new JsonObject().put("to", FRIEND).put("message", "x")),
                401,
                "UNAUTHORIZED");
        assertThat(house.rows("message")).isEqualTo(before);
        assertThat(admin.get(path("never-linked", "/qr")).code()).isEqualTo("NO_QR");
        assertThat(admin.get(path("main", "/messages/3EB0NOTTHERE")).code()).isEqualTo("MESSAGE_NOT_FOUND");
    }

    private static void refused(ContractClient.Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.code()).isEqualTo(code);
    }

    @Test
    void aSendThatWhatsAppDoesNotAcknowledgeAnswers202AndGoesOn() throws Exception {
        String silent = "6281300000007";
        house.phone("POST", "/api/phones", new JsonObject().put("phone", silent).put("auto", false));
        house.phone("POST", "/api/phones", knobs("neverAck", 1));
        var taken = send("main", silent, "no ack comes");
        assertThat(taken.status()).isEqualTo(202);
        assertThat(taken.data().getString("state")).isEqualTo("sending");
        // a receipt says as much as the ack that never came
        house.phone("POST", "/api/phones/" + silent + "/read", new JsonObject().put("peer", OWN));
        assertThat(untilRead(taken).getString("state")).isEqualTo("sent");
    }

    @Test
    void aRefusedSendIsTriedAgainUntilItSucceeds() throws Exception {
        house.phone("POST", "/api/phones", knobs("failSend", 500).mergeIn(knobs("failTimes", 2), true));
        house.phone("POST", "/api/phones", knobs("failSend", 500));
        var sent = send("main", "6281300000008", "third time lucky");
        house.phone("POST", "/api/phones", knobs("failSend", 0));
        JsonObject message = untilRead(sent);
        assertThat(message.getInteger("attempts")).isGreaterThan(1);
        assertThat(steps(message)).contains("retry");
    }

    private static JsonObject knobs(String knob, Object value) {
        return new JsonObject().put("phone", OWN).put("knobs", new JsonObject().put(knob, value));
    }

    @Test
    @Effect("createPairingCode")
    void aDeviceIsLinkedByPairingCodeRestartedAndDisconnected() throws Exception {
        String phone = "6281100000009";
        admin.post(House.DEVICES, new JsonObject().put("deviceId", "paired"));
        house.phone("POST", "/api/phones", new JsonObject().put("phone", phone));
        var pairing = admin.post(path("paired", "/pairing-code"), new JsonObject().put("phone", phone));
        assertThat(pairing.status()).as(pairing.text()).isEqualTo(200);
        String code = pairing.data().getString("pairingCode");
        house.phone("POST", "/api/phones/" + phone + "/link-code", new JsonObject().put("code", code));
        house.until("paired", status -> status.getBoolean("isConnected"));
        assertThat(admin.post(path("paired", "/pairing-code"), new JsonObject().put("phone", phone))
                        .code())
                .isEqualTo("ALREADY_LINKED");

        assertThat(admin.post(path("paired", "/restart")).status()).isEqualTo(200);
        house.until("paired", status -> status.getBoolean("isConnected"));

        assertThat(admin.delete(path("paired", "/disconnect")).status()).isEqualTo(200);
        assertThat(house.phone("GET", "/api/phones/" + phone, new JsonObject()).getJsonArray("links"))
                .isEqualTo(new JsonArray());

        assertThat(admin.post(path("paired", "/connect")).data().getString("qrCode"))
                .startsWith("data:image/png");
        assertThat(admin.get(path("paired", "/qr-image?format=svg")).text()).contains("<svg");
        house.scan("paired", phone);
        house.until("paired", status -> status.getBoolean("isConnected"));

        assertThat(admin.post(path("paired", "/cancel-and-wipe")).status()).isEqualTo(200);
        assertThat(admin.get(path("paired", "/status")).data().getString("state"))
                .isEqualTo("cancelled");
        assertThat(admin.delete(path("paired", "")).status()).isEqualTo(200);
        assertThat(admin.get(path("paired", "/status")).status()).isEqualTo(404);
    }

    @Test
    void aLinkRemovedOnThePhoneIsNoticedAndNoQrCodeIsMade() throws Exception {
        house.link("unlinked", "6281100000010");
        house.phone("POST", "/api/phones/6281100000010/unlink", new JsonObject());
        house.until("unlinked", status -> status.getString("state").equals("logged_out"));
        assertThat(admin.get(path("unlinked", "/qr")).code()).isEqualTo("NO_QR");
    }

    private static ContractClient.Reply send(String device, String to, String text) {
        return admin.post(
                path(device, "/send-message"), new JsonObject().put("to", to).put("message", text));
    }

    private static JsonObject untilRead(ContractClient.Reply sent) {
        String id = sent.data().getString("messageId");
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> admin.get(path("main", "/messages/" + id)).data(),
                        message -> message.getString("status").equals("read"));
    }

    private static boolean isRead(JsonObject event, String id) {
        return id.equals(event.getString("messageId")) && "read".equals(event.getString("status"));
    }

    private static JsonObject inbox(ContractClient.Reply sent) throws Exception {
        return house.phone(
                        "GET",
                        "/api/phones/" + FRIEND + "/messages?id=" + sent.data().getString("messageId"),
                        new JsonObject())
                .getJsonArray("messages")
                .getJsonObject(0);
    }

    private static List<String> steps(JsonObject message) {
        return message.getJsonArray("steps").stream()
                .map(step -> ((JsonObject) step).getString("step"))
                .toList();
    }

    private static String path(String device, String rest) {
        return House.DEVICES + "/" + device + rest;
    }

    /** The event stream, read line by line. */
    private static final class Events implements AutoCloseable {
        private final BufferedReader lines;
        private String lastId = "";

        Events(String query) throws Exception {
            this(query, "");
        }

        Events(String query, String after) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(house.base.resolve("/api/events" + query))
                    .header("x-api-key", House.KEY);
            Optional.of(after).filter(id -> !id.isEmpty()).ifPresent(id -> request.header("Last-Event-ID", id));
            lines = new BufferedReader(new InputStreamReader(
                    HttpClient.newHttpClient()
                            .send(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                            .body(),
                    StandardCharsets.UTF_8));
        }

        JsonObject next(java.util.function.Predicate<JsonObject> wanted) throws Exception {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    JsonObject event = new JsonObject(line.substring(6));
                    if (wanted.test(event)) {
                        return event;
                    }
                }
            }
            throw new AssertionError("the stream ended");
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
