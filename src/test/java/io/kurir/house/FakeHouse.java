package io.kurir.house;

import static org.awaitility.Awaitility.await;

import io.kurir.Kurir;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.db.Database;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.http.ContractClient;
import io.kurir.http.EventContract;
import io.kurir.http.EventWitness;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A whole node with real databases, and a WhatsApp that says what a test wants. */
final class FakeHouse {
    static final String DEVICES = House.DEVICES;

    final EmbeddedDatabases databases;
    final Vertx vertx = Vertx.vertx();
    final FakeWhatsApp whatsapp = new FakeWhatsApp();
    final Pool pool;
    final ContractClient stranger;
    final ContractClient admin;
    private final Settings settings;
    private Kurir kurir;
    private EventWitness witness;

    FakeHouse(Path data) throws Exception {
        this(data, Map.of());
    }

    /** {@code more} are environment variables beyond those that every house has. */
    FakeHouse(Path data, Map<String, String> more) throws Exception {
        databases = EmbeddedDatabases.start(data, Progress.SILENT);
        settings = House.settings(data, databases, "http://127.0.0.1:1", more);
        Schema.prepare(settings.database());
        pool = Database.open(vertx, settings.database());
        start();
        stranger = ContractClient.at(settings.http().publicUrl());
        admin = stranger.withKey(House.KEY);
    }

    private void start() throws Exception {
        kurir = get(Kurir.start(settings, (_, _) -> Future.succeededFuture(whatsapp)));
        witness = EventWitness.of(settings.http().publicUrl(), House.KEY);
    }

    URI url() {
        return settings.http().publicUrl();
    }

    /** Another node on the same databases. */
    void restart() throws Exception {
        get(kurir.close());
        witness.pronounce();
        start();
    }

    /** Creates a device of the admin's and connects it. */
    void connect(String deviceId) {
        admin.post(DEVICES, new JsonObject().put("deviceId", deviceId));
        admin.post(DEVICES + "/" + deviceId + "/connect");
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        admin.get(DEVICES + "/" + deviceId + "/status").data().getBoolean("isConnected"));
    }

    /** A person of role user, made as an operator would by SQL: there is no operation for it yet. */
    ContractClient user(String name) throws Exception {
        get(pool.preparedQuery("insert into app_user (email, username, password_hash, role)"
                        + " select $1, $2, password_hash, 'user' from app_user where email = 'admin@example.com'")
                .execute(Tuple.of(name + "@example.com", name)));
        JsonObject login = new JsonObject().put("email", name + "@example.com").put("password", House.PASSWORD);
        return stranger.withToken(stranger.post("/api/auth/login", login).data().getString("token"));
    }

    /** The first column as text. */
    List<String> column(String sql) throws Exception {
        List<String> values = new ArrayList<>();
        for (Row row : get(pool.query(sql).execute())) {
            values.add(String.valueOf(row.getValue(0)));
        }
        return values;
    }

    static <T> T get(Future<T> future) throws Exception {
        return House.get(future);
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
        get(vertx.close());
        databases.close();
    }
}
