package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Kurir;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.db.Database;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.simulator.Simulator;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real pages and a volume that the nodes share: a device moves with its profile, and an old copy of that is not opened. About 25 s. */
class ProfileMoveIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DEVICE = "moving-1";
    private static final String PHONE = "6281100000991";

    private final Vertx vertx = Vertx.vertx();
    private final String cluster = "moving-" + UUID.randomUUID();
    private final List<Kurir> running = new ArrayList<>();

    @TempDir
    Path folder;

    private EmbeddedDatabases databases;
    private Simulator simulator;
    private Pool pool;

    @BeforeEach
    void start() throws Exception {
        databases = EmbeddedDatabases.start(folder.resolve("db"), Progress.SILENT);
        simulator = House.get(Simulator.start(vertx, new Simulator.Options()));
        Settings settings = settings("unused");
        Schema.prepare(settings.database());
        pool = Database.open(vertx, settings.database());
    }

    @AfterEach
    void close() throws Exception {
        try {
            stopAll();
        } finally {
            House.get(pool.close());
            House.get(simulator.close());
            House.get(vertx.close());
            databases.close();
        }
    }

    private void stopAll() throws Exception {
        for (Kurir kurir : List.copyOf(running)) {
            House.get(kurir.close());
            running.remove(kurir);
        }
    }

    private Settings settings(String node) throws Exception {
        return House.settings(
                folder.resolve(node),
                databases,
                simulator.url(),
                Map.of(
                        "KURIR_CLUSTER_NAME",
                        cluster,
                        "KURIR_ACCESS_SECRET",
                        "a secret that all nodes of this test share",
                        "KURIR_CLUSTER_REBALANCE_EVERY",
                        "1h",
                        "KURIR_PROFILE_SHARED_FOLDER",
                        folder.resolve("shared").toString()));
    }

    private ContractClient join(String node) throws Exception {
        Settings settings = settings(node);
        running.add(House.get(Kurir.start(settings)));
        return ContractClient.at(settings.http().publicUrl()).withKey(House.KEY);
    }

    private static String name(ContractClient at) {
        return at.get("/api/admin/cluster").data().getString("answeredBy");
    }

    /** The device's profiles on the volume, as node/browser/device.epoch. */
    private List<String> profiles() throws Exception {
        Path shared = folder.resolve("shared");
        try (Stream<Path> all =
                Files.find(shared, 3, (path, _) -> path.getFileName().toString().startsWith(DEVICE + "."))) {
            return all.map(path -> shared.relativize(path).toString()).toList();
        }
    }

    private Row row(String sql) throws Exception {
        return House.get(pool.query(sql).execute()).iterator().next();
    }

    private String state() throws Exception {
        return row("select state from device").getString(0);
    }

    private static void send(ContractClient at) {
        Reply sent = at.post(
                House.DEVICES + "/" + DEVICE + "/send-message",
                new JsonObject().put("to", "+628111111111").put("message", "hello"));
        assertThat(sent.status()).as(sent.text()).isEqualTo(200);
    }

    private void link(ContractClient at) throws Exception {
        String path = House.DEVICES + "/" + DEVICE;
        at.post(House.DEVICES, new JsonObject().put("deviceId", DEVICE));
        House.get(simulator.control("POST", "/api/phones", new JsonObject().put("phone", PHONE)));
        at.post(path + "/connect");
        String qr = at.get(path + "/qr").data().getString("qrCode");
        House.get(simulator.control("POST", "/api/phones/" + PHONE + "/scan", new JsonObject().put("qr", qr)));
        await().atMost(PATIENCE).until(() -> state().equals("connected"));
    }

    @Test
    void aDeviceMovesWithItsProfileAndAnOldCopyIsNotOpened() throws Exception {
        ContractClient one = join("one");
        link(one);
        send(one);
        assertThat(profiles()).singleElement().asString().startsWith(name(one) + "/1/");

        ContractClient two = join("two");
        Reply moved = one.post("/api/admin/devices/" + DEVICE + "/move", new JsonObject().put("node", name(two)));
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> state().equals("connected"));
        send(one);
        assertThat(row("select links from device").getInteger(0)).isEqualTo(1);
        Row opened =
                row("select p.opened_epoch = l.epoch, p.dirty, l.epoch from profile p join lease l using (device_id)");
        assertThat(opened.getBoolean(0)).isTrue();
        assertThat(opened.getBoolean(1)).isTrue();
        assertThat(profiles()).containsExactly(name(two) + "/1/" + DEVICE + "." + opened.getLong(2));

        stopAll();
        assertThat(row("select dirty from profile").getBoolean(0)).isFalse();
        List<String> left = profiles();
        // as if it had been opened where nobody sees it
        House.get(
                pool.query("update profile set opened_epoch = opened_epoch + 1").execute());
        join("one");
        await().atMost(PATIENCE).until(() -> state().equals("logged_out"));
        Row told = row("select state_reason, linked from device");
        assertThat(told.getString(0)).contains("link again");
        assertThat(told.getBoolean(1)).isFalse();
        assertThat(profiles()).isEqualTo(left);
    }
}
