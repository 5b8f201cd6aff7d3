package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kurir.event.Event;
import io.kurir.event.EventLog;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The event stream as a client reads it. */
class EventStreamIT {
    private static final String DEVICES = "/api/whatsapp-multi-device/devices";
    private static final String END = "(end of stream)";

    private static HttpFixture fixture;
    private static ContractClient admin;
    private static EventLog log;

    @BeforeAll
    static void open() {
        fixture = new HttpFixture();
        admin = fixture.stranger.withKey(HttpFixture.KEY);
        log = new EventLog(fixture.pool, fixture.bus);
        for (String device : new String[] {"shop-1", "shop-2"}) {
            admin.post(DEVICES, new JsonObject().put("deviceId", device));
        }
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    /** One open stream; its lines are read on a thread of its own. */
    private static final class Follower implements AutoCloseable {
        private final HttpClient http = HttpClient.newHttpClient();
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final InputStream body;

        Follower(String query, String... headers) {
            HttpRequest.Builder request = HttpRequest.newBuilder(fixture.base.resolve("/api/events" + query));
            for (int header = 0; header < headers.length; header += 2) {
                request.header(headers[header], headers[header + 1]);
            }
            try {
                HttpResponse<InputStream> response =
                        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
                admin.check(
                        "GET",
                        "/api/events" + query,
                        new ContractClient.Reply(
                                200, caseless(response.headers().map()), ""));
                body = response.body();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            Thread.ofVirtual().start(this::read);
            assertThat(next().getString("type")).isEqualTo("connected");
        }

        private static Map<String, List<String>> caseless(Map<String, List<String>> headers) {
            Map<String, List<String>> caseless = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            caseless.putAll(headers);
            return caseless;
        }

        private void read() {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                // the stream was closed from either side
            }
            lines.add(END);
        }

        String line() {
            try {
                String line = lines.poll(15, TimeUnit.SECONDS);
                assertThat(line).as("a line within 15 s").isNotNull();
                return line;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The next event; its id, if it has one, as {@code "id"} beside the event under {@code "event"}. */
        JsonObject nextWithId() {
            String id = "";
            while (true) {
                String line = line();
                assertThat(line).isNotEqualTo(END).doesNotStartWith("event:");
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    return new JsonObject().put("id", id).put("event", new JsonObject(line.substring(6)));
                }
            }
        }

        JsonObject next() {
            return nextWithId().getJsonObject("event");
        }

        @Override
        public void close() {
            http.shutdownNow();
        }
    }

    private static void happens(String device, String type, int number) {
        fixture.pool
                .preparedQuery("with happened as (select 1 as ord, $2::text as type, $3::jsonb as data), "
                        + EventLog.APPEND + " select 1")
                .execute(Tuple.of(device, type, EventContract.example(type).put("id", number)))
                .await();
        log.told(device);
    }

    @Test
    @Effect("streamEvents")
    void tellsWhatHappensAndResumesWithoutAGap() {
        String id;
        try (Follower follower = new Follower("", "x-api-key", HttpFixture.KEY)) {
            happens("shop-1", "message.status", 1);
            JsonObject first = follower.nextWithId();
            id = first.getString("id");
            assertThat(id).matches("\\d+");
            assertThat(first.getJsonObject("event").fieldNames()).contains("type", "deviceId", "seq", "at", "id");
            assertThat(first.getJsonObject("event").getInteger("id")).isEqualTo(1);
        }
        happens("shop-2", "message.status", 2);
        happens("shop-1", "message.status", 3);
        try (Follower byHeader = new Follower("", "x-api-key", HttpFixture.KEY, "Last-Event-ID", id);
                Follower byQuery = new Follower("?token=" + HttpFixture.KEY + "&lastEventId=" + id)) {
            for (Follower follower : List.of(byHeader, byQuery)) {
                assertThat(List.of(
                                follower.next().getInteger("id"),
                                follower.next().getInteger("id")))
                        .containsExactly(2, 3);
            }
            happens("shop-1", "message.status", 4);
            assertThat(byHeader.next().getInteger("id")).isEqualTo(4);
            assertThat(byQuery.next().getInteger("id")).isEqualTo(4);
        }
    }

    @Test
    void filtersByDeviceAndTypeAndReach() {
        ContractClient user = fixture.user("citra");
        String token = fixture.login("citra@example.com");
        long userId = user.get("/api/auth/profile").data().getLong("id");
        for (String device : List.of("citra-1", "citra-2", "citra-3")) {
            admin.post(DEVICES, new JsonObject().put("deviceId", device).put("userId", userId));
        }
        String key = user.post(
                        "/api/auth/api-keys",
                        new JsonObject()
                                .put("name", "two of three")
                                .put("scopes", new JsonArray().add("read"))
                                .put("deviceIds", new JsonArray().add("citra-2").add("citra-3")))
                .data()
                .getString("key");
        try (Follower own = new Follower("", "Authorization", "Bearer " + token);
                Follower two = new Follower("", "x-api-key", key);
                Follower one = new Follower("?deviceId=citra-1,citra-3", "x-api-key", key);
                Follower some = new Follower(
                        "?deviceId=shop-1,citra-1&type=message.revoked&type=message.edited",
                        "x-api-key",
                        HttpFixture.KEY)) {
            happens("shop-2", "message.revoked", 1);
            happens("shop-1", "poll.vote", 2);
            happens("shop-1", "message.edited", 3);
            happens("citra-1", "message.revoked", 4);
            assertThat(List.of(some.next().getInteger("id"), some.next().getInteger("id")))
                    .containsExactly(3, 4);
            assertThat(own.next().getInteger("id")).isEqualTo(4);
            happens("citra-2", "message.revoked", 5);
            happens("citra-3", "message.revoked", 6);
            assertThat(List.of(two.next().getInteger("id"), two.next().getInteger("id")))
                    .containsExactly(5, 6);
            assertThat(one.next().getInteger("id")).isEqualTo(6);
        }
    }

    @Test
    void keepsQrCodesFromWhoMayOnlyRead() {
        String reader = admin.post(
                        "/api/auth/api-keys",
                        new JsonObject().put("name", "reader").put("scopes", new JsonArray().add("read")))
                .data()
                .getString("key");
        try (Follower manager = new Follower("", "x-api-key", HttpFixture.KEY);
                Follower onlyReads = new Follower("", "x-api-key", reader)) {
            happens("shop-1", "message.revoked", 1); // both follow now: what is live only goes to who is there
            assertThat(manager.next().getInteger("id")).isEqualTo(1);
            assertThat(onlyReads.next().getInteger("id")).isEqualTo(1);
            log.live(new Event(
                    OptionalLong.empty(), "shop-1", 1, 0, "qr-code", Instant.now(), new JsonObject().put("qr", "2@x")));
            happens("shop-1", "message.revoked", 2);
            JsonObject qr = manager.nextWithId();
            assertThat(qr.getString("id")).isEmpty();
            assertThat(qr.getJsonObject("event").getString("qr")).isEqualTo("2@x");
            assertThat(onlyReads.next().getInteger("id")).isEqualTo(2);
        }
    }

    @Test
    void endsWithTheLogin() {
        String token = fixture.login(HttpFixture.EMAIL);
        try (Follower follower = new Follower("?token=" + token)) {
            fixture.stranger.withToken(token).post("/api/auth/logout");
            List<String> lines = new ArrayList<>();
            while (!lines.contains(END)) {
                lines.add(follower.line());
            }
        }
    }

    @Test
    void refusesWhatItCannotResumeFromOrFilterBy() {
        assertThat(admin.get("/api/events?lastEventId=x&deviceId=a&type=Q").fields())
                .containsExactly("lastEventId", "deviceId[0]", "type[0]");
        assertThat(admin.get("/api/events?type=message.status&type=message.stolen")
                        .fields())
                .containsExactly("type[1]");
    }

    /** Numbered from 1. 5,000 of 4 KiB are far more than any socket buffers: without back pressure the server would hold them in memory. */
    private static void muchHappens(String device) {
        admin.post(DEVICES, new JsonObject().put("deviceId", device));
        fixture.pool
                .preparedQuery(
                        "with happened as (select n as ord, 'message.edited' as type, $2::jsonb || jsonb_build_object('id', n, 'message', repeat('x', 4000))"
                                + " as data from generate_series(1, 5000) n), " + EventLog.APPEND + " select 1")
                .execute(Tuple.of(device, EventContract.example("message.edited")))
                .await();
    }

    @Test
    void waitsForASlowReaderAndSkipsNothing() throws IOException {
        muchHappens("shop-2");
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), fixture.base.getPort())) {
            String request = "GET /api/events?lastEventId=0&type=message.edited&deviceId=shop-2 HTTP/1.0\r\nx-api-key: "
                    + HttpFixture.KEY + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            socket.setSoTimeout(20_000);
            int expected = 1;
            while (expected <= 5_000) {
                String line = reader.readLine();
                assertThat(line).isNotNull();
                if (line.startsWith("data: ") && line.contains("\"changedAt\"")) {
                    assertThat(new JsonObject(line.substring(6)).getInteger("id"))
                            .isEqualTo(expected++);
                    if (expected % 1_000 == 2) {
                        java.util.concurrent.locks.LockSupport.parkNanos(200_000_000L); // slow on purpose
                    }
                }
            }
        }
    }

    /** Asks for all events of a device after {@code id} and reads nothing yet. */
    private static Socket follow(int port, String device, String id) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        String request = "GET /api/events?deviceId=" + device + " HTTP/1.0\r\nLast-Event-ID: " + id + "\r\nx-api-key: "
                + HttpFixture.KEY + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    /** Reads up to the end, or so many numbers; answers the last id and what came beside events of the device. */
    private static String read(Socket socket, List<Integer> numbers, int upTo, List<String> others) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        String id = "";
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                JsonObject event = new JsonObject(line.substring(6));
                Optional.ofNullable(event.getInteger("id"))
                        .ifPresentOrElse(numbers::add, () -> others.add(event.getString("type")));
            }
            if (numbers.size() == upTo) {
                break;
            }
        }
        return id;
    }

    private static HttpVerticle impatient(Duration drained) {
        HttpVerticle verticle =
                new HttpVerticle(fixture.services, new EventStream.Patience(Duration.ofMillis(200), drained));
        fixture.vertx
                .deployVerticle(verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
                .await();
        return verticle;
    }

    @Test
    void tellsWhoDoesNotReadThatItIsDroppedAndItResumesWithoutLoss() throws IOException {
        muchHappens("slow-1");
        HttpVerticle server = impatient(Duration.ofMinutes(5));
        List<Integer> numbers = new ArrayList<>();
        List<String> others = new ArrayList<>();
        String last;
        try (Socket socket = follow(server.port(), "slow-1", "0")) {
            await().until(() -> server.streams() == 1);
            await().until(() -> server.streams() == 0);
            last = read(socket, numbers, 5_000, others);
        }
        assertThat(others).containsExactly("connected", "dropped");
        assertThat(numbers).hasSizeBetween(10, 4_999);
        try (Socket socket = follow(server.port(), "slow-1", last)) {
            read(socket, numbers, 5_000, others);
        }
        assertThat(numbers).isEqualTo(IntStream.rangeClosed(1, 5_000).boxed().toList());
    }

    @Test
    void cutsOffWhoIsDroppedAndGoesOnNotReading() throws IOException {
        muchHappens("slow-2");
        HttpVerticle server = impatient(Duration.ofMillis(200));
        try (Socket socket = follow(server.port(), "slow-2", "0")) {
            // the beginning of another request: while the line is open the server takes it, afterwards it answers by a
            // reset
            await().untilAsserted(() -> assertThatThrownBy(
                            () -> socket.getOutputStream().write('G'))
                    .isInstanceOf(IOException.class));
        }
    }
}
