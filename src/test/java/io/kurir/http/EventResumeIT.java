package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.event.EventLog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who was away comes back and has missed nothing: by the stream, and by the pages of the log. */
class EventResumeIT {
    private static final String DEVICES = "/api/whatsapp-multi-device/devices";
    private static final int EVENTS = 3_000;
    private static final int CUTS = 60;

    private static HttpFixture fixture;
    private static ContractClient admin;
    private static EventLog log;

    @BeforeAll
    static void open() {
        fixture = new HttpFixture();
        admin = fixture.stranger.withKey(HttpFixture.KEY);
        log = new EventLog(fixture.pool, fixture.bus);
        log.maintain(java.time.Duration.ofDays(30)).await();
        for (String device : List.of("cut-1", "cut-2", "page-1", "page-2", "old-1")) {
            admin.post(DEVICES, new JsonObject().put("deviceId", device));
        }
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    /** One statement with {@code count} events whose data.id goes on from {@code first}. */
    private static void happen(String device, String type, int first, int count) {
        fixture.pool
                .preparedQuery(
                        "with happened as (select n as ord, $2::text as type, $3::jsonb || jsonb_build_object('id', n) as data"
                                + " from generate_series($4::int, $5::int) n), " + EventLog.APPEND + " select 1")
                .execute(Tuple.of(device, type, EventContract.example(type), first, first + count - 1))
                .await();
        log.told(device);
    }

    /** A client whose line is cut at random, in the middle of whatever is under way, and that resumes by the last event it has got whole. */
    @Test
    void aStreamThatIsCutAtRandomMissesNothingAndRepeatsNothing() throws IOException {
        long seed = System.nanoTime();
        System.out.println("EventResumeIT seed " + seed);
        Random random = new Random(seed);
        AtomicBoolean wrong = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                for (int n = 1; n <= EVENTS; n += 3) {
                    happen(n % 2 == 0 ? "cut-1" : "cut-2", "message.revoked", n, 3);
                }
            } catch (RuntimeException e) {
                wrong.set(true);
            }
        });
        List<Long> got = new ArrayList<>();
        String cursor = "0";
        int cuts = 0;
        while (got.size() < EVENTS) {
            assertThat(wrong).isFalse();
            boolean cut = cuts < CUTS;
            cursor = follow(cursor, cut ? 1 + random.nextInt(150) : Integer.MAX_VALUE, got);
            cuts++;
        }
        assertThat(cuts).isGreaterThan(20);
        assertThat(got).hasSize(EVENTS).doesNotHaveDuplicates();
        assertThat(got)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, EVENTS).boxed().toList());
        assertThat(writer.isAlive()).isFalse();
    }

    /** Reads so many lines, then cuts the line; answers the id of the last whole event. */
    private static String follow(String after, int lines, List<Long> got) throws IOException {
        String cursor = after;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.base.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET /api/events?deviceId=cut-1,cut-2 HTTP/1.0\r\nx-api-key: " + HttpFixture.KEY
                                    + "\r\nLast-Event-ID: " + after + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String id = "";
            long number = 0;
            for (int line = 0; line < lines && got.size() < EVENTS; line++) {
                String text = reader.readLine();
                assertThat(text).isNotNull();
                if (text.startsWith("id: ")) {
                    id = text.substring(4);
                } else if (text.startsWith("data: ") && !id.isEmpty()) {
                    number = new JsonObject(text.substring(6)).getLong("id");
                } else if (text.isEmpty() && !id.isEmpty()) { // the empty line makes it whole
                    got.add(number);
                    cursor = id;
                    id = "";
                }
            }
        }
        return cursor;
    }

    @Test
    @Effect("listEvents")
    void thePagesOfTheLogAreTheWholeLog() {
        happen("page-1", "message.revoked", 1, 250);
        happen("page-2", "poll.vote", 1, 30);
        happen("page-1", "message.edited", 251, 5);
        List<Integer> ids = new ArrayList<>();
        String cursor = "0";
        for (int pages = 0; pages < 4; pages++) {
            JsonObject page = admin.get("/api/events/log?deviceId=page-1&limit=100&after=" + cursor)
                    .data();
            page.getJsonArray("events")
                    .forEach(event ->
                            ids.add(((JsonObject) event).getJsonObject("data").getInteger("id")));
            cursor = page.getString("next");
        }
        assertThat(ids).hasSize(255).isSorted().doesNotHaveDuplicates();
        assertThat(events("?deviceId=page-1,page-2&type=poll.vote,message.edited&limit=1000"))
                .hasSize(35);
        // the end for now: the same cursor goes on with what comes
        assertThat(events("?deviceId=page-1&after=" + cursor)).isEmpty();
        happen("page-1", "message.revoked", 300, 1);
        assertThat(events("?deviceId=page-1&after=" + cursor)).hasSize(1);
    }

    @Test
    void backwardsTheLogComesNewestFirst() {
        happen("page-2", "message.reaction", 1, 22);
        happen("page-1", "message.reaction", 23, 5);
        List<Integer> ids = new ArrayList<>();
        String before = "999999999999999999";
        for (JsonArray page = new JsonArray().add(""); !page.isEmpty(); ) {
            JsonObject data = admin.get("/api/events/log?type=message.reaction&limit=10&before=" + before)
                    .data();
            page = data.getJsonArray("events");
            page.forEach(
                    event -> ids.add(((JsonObject) event).getJsonObject("data").getInteger("id")));
            before = data.getString("next");
        }
        assertThat(ids)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 27)
                        .mapToObj(n -> Math.toIntExact(28 - n))
                        .toList());
        assertThat(fixture.user("sari")
                        .get("/api/events/log?before=999999999999999999")
                        .data()
                        .getJsonArray("events"))
                .isEmpty();
    }

    private static JsonArray events(String query) {
        return admin.get("/api/events/log" + query).data().getJsonArray("events");
    }

    @Test
    void theLogShowsNobodyAnotherOnesEvents() {
        ContractClient dewi = fixture.user("dewi");
        happen("page-1", "message.revoked", 1_000, 1);
        assertThat(dewi.get("/api/events/log?deviceId=page-1").data().getJsonArray("events"))
                .isEmpty();
        long dewisId = dewi.get("/api/auth/profile").data().getLong("id");
        admin.post(DEVICES, new JsonObject().put("deviceId", "dewi-1").put("userId", dewisId));
        happen("dewi-1", "message.revoked", 7, 1);
        JsonArray own = dewi.get("/api/events/log").data().getJsonArray("events");
        assertThat(own).hasSize(1);
        assertThat(own.getJsonObject(0).getString("deviceId")).isEqualTo("dewi-1");
        assertThat(fixture.stranger.get("/api/events/log").status()).isEqualTo(401);
    }

    @Test
    void whatIsOlderThanTheLogIsToldSo() throws IOException {
        fixture.pool
                .query(
                        "create table event_20200101 partition of event for values from ('2020-01-01') to ('2020-01-02')")
                .execute()
                .await();
        fixture.pool
                .query("insert into event values (77, 'old-1', 1, 1, 'message.revoked', '2020-01-01', '{}')")
                .execute()
                .await();
        log.maintain(java.time.Duration.ofDays(30)).await();
        ContractClient.Reply gone = admin.get("/api/events/log?after=76");
        assertThat(gone.status()).isEqualTo(410);
        assertThat(gone.code()).isEqualTo("GONE");
        assertThat(gone.fields()).containsExactly("after");
        assertThat(admin.get("/api/events/log?after=77").status()).isEqualTo(200);
        assertThat(admin.get("/api/events/log?before=77").fields()).containsExactly("before");
        assertThat(admin.get("/api/events/log?before=77").status()).isEqualTo(410);
        assertThat(admin.get("/api/events/log?before=78").status()).isEqualTo(200);
        assertThat(admin.get("/api/events/log").status()).isEqualTo(200);
        happen("old-1", "message.revoked", 5, 1);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.base.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET /api/events?deviceId=old-1&lastEventId=3 HTTP/1.0\r\nx-api-key: " + HttpFixture.KEY
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<String> types = new ArrayList<>();
            while (types.size() < 3) {
                String line = reader.readLine();
                assertThat(line).isNotNull();
                if (line.startsWith("data: ")) {
                    types.add(new JsonObject(line.substring(6)).getString("type"));
                }
            }
            assertThat(types).containsExactly("connected", "reset", "message.revoked");
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        record Row(String query, String field) {}
        for (Row row : List.of(
                new Row("after=-1", "after"),
                new Row("after=x", "after"),
                new Row("before=0", "before"),
                new Row("before=9&after=1", "before"),
                new Row("limit=0", "limit"),
                new Row("limit=1001", "limit"),
                new Row("deviceId=a", "deviceId[0]"),
                new Row("type=message.revoked,message.stolen", "type[1]"))) {
            ContractClient.Reply reply = admin.get("/api/events/log?" + row.query());
            assertThat(reply.status()).as(row.query()).isEqualTo(400);
            assertThat(reply.code()).as(row.query()).isEqualTo("INVALID_PAYLOAD");
            assertThat(reply.fields()).as(row.query()).containsExactly(row.field());
        }
    }
}
