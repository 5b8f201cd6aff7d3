package io.kurir.house;

import static org.awaitility.Awaitility.await;

import io.kurir.Kurir;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.SettingsFile;
import io.kurir.db.Database;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.db.embedded.Ports;
import io.kurir.http.ContractClient;
import io.kurir.http.EventContract;
import io.kurir.http.EventWitness;
import io.kurir.simulator.Simulator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The whole of it in one JVM, all parts real: databases, simulator, Chromium, a node; and a client of the contract. */
final class House {
    static final String KEY = "the-key-of-the-operator-0123456789";
    static final String PASSWORD = "correct horse battery";
    static final String DEVICES = "/api/whatsapp-multi-device/devices";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final EmbeddedDatabases databases;
    final Vertx vertx = Vertx.vertx();
    final Simulator simulator;
    final Pool pool;
    final Kurir kurir;
    final ContractClient stranger;
    final ContractClient admin;
    private final EventWitness witness;
    final URI base;

    /** {@code settings} are environment variables beyond those that every house has. */
    House(Path data, Map<String, String> settings) throws Exception {
        databases = EmbeddedDatabases.start(data, Progress.SILENT);
        simulator = get(Simulator.start(vertx, new Simulator.Options()));
        get(simulator.control("PUT", "/api/knobs", new JsonObject().put("syncDelayMs", 300)));
        Map<String, String> more = new TreeMap<>(settings);
        more.putIfAbsent("KURIR_DELIVERY_GRACE_TIME", "1s");
        Settings loaded = settings(data, databases, simulator.url(), more);
        Schema.prepare(loaded.database());
        kurir = get(Kurir.start(loaded));
        pool = Database.open(vertx, loaded.database());
        base = loaded.http().publicUrl();
        stranger = ContractClient.at(base);
        admin = stranger.withKey(KEY);
        witness = EventWitness.of(base, KEY);
    }

    /** Of a node that has its databases and its WhatsApp. */
    static Settings settings(Path data, EmbeddedDatabases databases, String whatsApp, Map<String, String> more)
            throws IOException {
        Map<String, String> environment = new TreeMap<>(Map.of(
                "KURIR_MODE",
                "simulator",
                "KURIR_HTTP_PORT",
                Integer.toString(Ports.free()),
                "KURIR_DATA",
                data.toString(),
                "DATABASE_URL",
                databases.databaseUrl(),
                "REDIS_URL",
                databases.redisUrl(),
                "KURIR_CLUSTER_NAME",
                "test-" + UUID.randomUUID(),
                "KURIR_WHATSAPP_BASE_URL",
                whatsApp,
                "KURIR_ADMIN_EMAIL",
                "admin@example.com",
                "KURIR_ADMIN_PASSWORD",
                PASSWORD,
                "KURIR_API_KEY",
                KEY));
        environment.putAll(more);
        return SettingsFile.load(new SettingsFile.Sources(
                        Path.of("").toAbsolutePath(), java.util.Optional.empty(), environment, Map.of()))
                .settings();
    }

    /** Creates a device, connects it and has a simulated phone scan its QR code. */
    void link(String deviceId, String phone) throws Exception {
        admin.post(DEVICES, new JsonObject().put("deviceId", deviceId));
        phone("POST", "/api/phones", new JsonObject().put("phone", phone));
        admin.post(DEVICES + "/" + deviceId + "/connect");
        scan(deviceId, phone);
        until(deviceId, status -> status.getBoolean("isConnected"));
    }

    void scan(String deviceId, String phone) throws Exception {
        String qr = admin.get(DEVICES + "/" + deviceId + "/qr").data().getString("qrCode");
        phone("POST", "/api/phones/" + phone + "/scan", new JsonObject().put("qr", qr));
    }

    JsonObject until(String deviceId, Predicate<JsonObject> reached) {
        return await().atMost(PATIENCE)
                .until(() -> admin.get(DEVICES + "/" + deviceId + "/status").data(), reached);
    }

    /** The simulator's control plane. */
    JsonObject phone(String method, String path, JsonObject body) throws Exception {
        return get(simulator.control(method, path, body));
    }

    long rows(String table) throws Exception {
        return get(pool.query("select count(*) from " + table).execute())
                .iterator()
                .next()
                .getLong(0);
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
    }

    void close() throws Exception {
        try {
            get(kurir.close());
            witness.pronounce();
            EventContract.check(pool);
        } finally {
            end();
        }
    }

    private void end() throws Exception {
        get(pool.close());
        get(simulator.close());
        get(vertx.close());
        databases.close();
    }
}
