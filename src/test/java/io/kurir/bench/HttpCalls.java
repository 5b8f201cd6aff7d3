package io.kurir.bench;

import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Requests/s and latency of calls that only read, and of the login. */
final class HttpCalls {
    private static final int LOGINS = 400;
    private static final int READS = 20_000;
    private static final int DEVICES = 100;
    private static final int ROWS = 1_000_000;
    private static final int CHATS = 500;

    private final QueueHouse house;
    private final QueueBench.Scale scale;
    private final Report report;

    HttpCalls(QueueHouse house, QueueBench.Scale scale, Report report) {
        this.house = house;
        this.scale = scale;
        this.report = report;
    }

    void login() throws Exception {
        JsonObject body = new JsonObject()
                .put("email", QueueHouse.SETTINGS.get("KURIR_ADMIN_EMAIL"))
                .put("password", QueueHouse.SETTINGS.get("KURIR_ADMIN_PASSWORD"));
        measure("login", LOGINS, _ -> house.api.post("/api/auth/login", body).ok("login"));
    }

    void devices() throws Exception {
        house.create("listed", DEVICES);
        measure(
                "20 of %d devices".formatted(DEVICES),
                READS,
                _ -> house.api.get(QueueHouse.DEVICES + "?pageSize=20").ok("devices"));
    }

    /** Of one chat, the newest 50 first, among a million messages. */
    void list() throws Exception {
        String device = house.create("history", 1).getFirst();
        int rows = scale.of(ROWS);
        fill(device, rows);
        String path = QueueHouse.DEVICES + "/" + device + "/chat-history/%s?source=store&limit=50";
        measure(
                "50 messages of a chat, of %d".formatted(rows),
                READS,
                number -> house.api
                        .get(path.formatted(QueueHouse.person(number % CHATS).user()))
                        .ok("history"));
        if (paths().containsKey("/api/admin/messages")) {
            measure(
                    "20 of %d messages".formatted(rows),
                    READS / 4,
                    _ -> house.api.get("/api/admin/messages?pageSize=20").ok("messages"));
        }
    }

    private JsonObject paths() {
        return house.api.get("/openapi.json").ok("contract").json().getJsonObject("paths");
    }

    /** Without triggers: the rows are what is listed. Counting each for the statistics takes minutes, and is measured where messages are sent. */
    private void fill(String device, int rows) throws SQLException {
        house.execute("""
                set session_replication_role = replica;
                insert into message (device_id, stanza_id, outgoing, chat, type, body, phase)
                select '%s', '3EB0' || n, false, '62813' || lpad((n %% %d)::text, 7, '0') || '@c.us', 'text',
                       'Message number ' || n, 'received'
                from generate_series(1, %d) n;
                set session_replication_role = origin
                """.formatted(device, CHATS, rows));
        house.execute("vacuum analyze message");
    }

    private void measure(String name, int full, Load.Call call) throws Exception {
        int count = scale.of(full);
        Load.run(scale.inFlight(), Math.max(1, count / 4), call); // warm
        List<Sample> samples = new ArrayList<>();
        for (int run = 0; run < scale.runs(); run++) {
            samples.add(Load.run(scale.inFlight(), count, call));
        }
        rows(report, name, samples);
    }

    static void rows(Report report, String name, List<Sample> samples) {
        report.row(name, Sample.median(samples, Sample::perSecond), "requests/s");
        report.row(name + ": p50", Sample.median(samples, sample -> sample.percentile(0.5)), "ms");
        report.row(name + ": p99", Sample.median(samples, sample -> sample.percentile(0.99)), "ms");
    }
}
