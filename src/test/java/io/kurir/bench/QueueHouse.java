package io.kurir.bench;

import io.kurir.Settings;
import io.kurir.db.Database;
import io.kurir.db.embedded.Ports;
import io.kurir.message.Lane;
import io.kurir.message.OutboxWriter;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/** The databases and one Kurir whose pages cost nothing. */
final class QueueHouse implements AutoCloseable {
    static final String DEVICES = "/api/whatsapp-multi-device/devices";
    static final String TEXT = "Your parcel is on its way, number";
    static final Map<String, String> SETTINGS = Map.of(
            "KURIR_MODE", "development",
            "KURIR_SEND_SYNC_QUEUE", "100000",
            "KURIR_WHATSAPP_BASE_URL", "http://127.0.0.1:1",
            "KURIR_WHATSAPP_MEMORY_BUDGET", "900000g",
            "KURIR_ADMIN_EMAIL", "bench@example.com",
            "KURIR_ADMIN_PASSWORD", "only for this bench",
            "KURIR_API_KEY", House.KEY);

    final Parts parts;
    final Process kurir;
    final int port;
    final Api api;
    /** For what an operation of Kurir's does within its own process. */
    final Pool pool;

    /** Where the node writes what its garbage collector does. */
    final Path collections;

    private final Connection sql;

    /** {@code settings}: more environment variables for Kurir; {@code flags}: more flags for its JVM. */
    QueueHouse(Map<String, String> settings, List<String> flags) throws Exception {
        this.parts = new Parts();
        try {
            this.port = Ports.free();
            Map<String, String> environment = new HashMap<>(SETTINGS);
            environment.putAll(Map.of(
                    "DATABASE_URL", parts.database.toString(),
                    "REDIS_URL", parts.redis.toString(),
                    "KURIR_HTTP_PORT", Integer.toString(port),
                    "KURIR_DATA", parts.folder.resolve("node").toString(),
                    "KURIR_CLUSTER_NAME", String.valueOf(parts.folder.getFileName())));
            environment.putAll(settings);
            this.collections = parts.folder.resolve("gc.log");
            List<String> all = new ArrayList<>(flags);
            all.add("-Xlog:gc:file=" + collections + "::filecount=0");
            this.kurir = parts.java("kurir", environment, all, "io.kurir.bench.InstantNode");
            this.api = new Api(parts.vertx, URI.create("http://127.0.0.1:" + port), Map.of("x-api-key", House.KEY));
            parts.awaitHealth(api, kurir);
            this.pool = Database.open(parts.vertx, new Settings.Database(parts.database.toString(), 10, false));
            this.sql = Costs.connect(parts.database, "kurir");
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Creates them; nothing runs yet. */
    List<String> create(String prefix, int count) {
        List<String> devices = IntStream.range(0, count)
                .mapToObj(number -> "%s-%03d".formatted(prefix, number))
                .toList();
        devices.forEach(device -> api.post(
                        DEVICES, new JsonObject().put("deviceId", device).put("deviceName", device))
                .ok("create " + device));
        return devices;
    }

    /** Returns when all are connected; what waits for them is on its way since their page is there. */
    void connect(List<String> devices) throws Exception {
        for (String device : devices) {
            api.post(DEVICES + "/" + device + "/connect", new JsonObject()).ok("connect " + device);
        }
        for (String device : devices) {
            parts.poll(
                    device,
                    kurir,
                    () -> api.get(DEVICES + "/" + device + "/status")
                                    .ok("status")
                                    .json()
                                    .getJsonObject("data")
                                    .getBoolean("isConnected")
                            ? Optional.of(true)
                            : Optional.empty());
        }
    }

    /** Their pages are closed; they can be connected again. */
    void stop(List<String> devices) {
        devices.forEach(device -> api.post(DEVICES + "/" + device + "/cancel-and-wipe", new JsonObject())
                .ok("stop " + device));
    }

    static Jid person(int number) {
        return Jid.ofPhone("62813%07d".formatted(number));
    }

    /** A message that an operation puts into the outbox itself. */
    static OutboxWriter.Entry entry(String device, int person, Lane lane) {
        return new OutboxWriter.Entry(
                device,
                "3EB0" + UUID.randomUUID().toString().replace("-", "").substring(0, 18),
                person(person),
                new Content.Text(TEXT + " " + person),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false,
                lane,
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                "",
                Optional.empty());
    }

    /** So many messages for each device, each to a person of its own, dealt to the devices in turn. */
    static List<OutboxWriter.Entry> entries(List<String> devices, int each, Lane lane) {
        List<OutboxWriter.Entry> entries = new ArrayList<>();
        for (int person = 0; person < each; person++) {
            for (String device : devices) {
                entries.add(entry(device, person, lane));
            }
        }
        return entries;
    }

    /**
     * Waits until nothing of these devices is in the outbox.
     *
     * @return outcomes per second, from the first to the last one of the messages above {@code mark}
     */
    double drained(List<String> devices, long mark) throws SQLException, InterruptedException {
        String these = "("
                + String.join(
                        ",", devices.stream().map(device -> "'" + device + "'").toList()) + ")";
        while (number("select count(*) from (select from outbox where device_id in " + these + " limit 1) o") > 0) {
            Thread.sleep(50);
        }
        return number("select (count(*) - 1) / extract(epoch from max(sent_at) - min(sent_at)) from message"
                + " where phase = 'sent' and id > " + mark + " and device_id in " + these);
    }

    /** The newest message's number. */
    long mark() throws SQLException {
        return (long) number("select coalesce(max(id), 0) from message");
    }

    double number(String query) throws SQLException {
        try (var statement = sql.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getDouble(1);
        }
    }

    void execute(String command) throws SQLException {
        try (var statement = sql.createStatement()) {
            statement.execute(command);
        }
    }

    Costs costs() throws SQLException {
        return new Costs(parts, kurir.toHandle());
    }

    @Override
    public void close() {
        parts.close();
    }
}
