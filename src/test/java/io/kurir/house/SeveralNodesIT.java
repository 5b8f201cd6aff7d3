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
import io.kurir.http.Effect;
import io.kurir.http.EventContract;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several nodes in one JVM, over Hazelcast and one PostgreSQL, with a WhatsApp that does what it is told. */
class SeveralNodesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DEVICES = House.DEVICES;

    private final Vertx vertx = Vertx.vertx();
    private final String cluster = "several-" + UUID.randomUUID();
    private final List<Member> members = new ArrayList<>();

    @TempDir
    Path data;

    private EmbeddedDatabases databases;
    private Pool pool;

    /** A node and a client of its own. */
    private record Member(Kurir kurir, ContractClient admin, String name) {}

    @BeforeEach
    void databases() throws Exception {
        databases = EmbeddedDatabases.start(data.resolve("db"), Progress.SILENT);
        Settings settings = settings("unused", Map.of());
        Schema.prepare(settings.database());
        pool = Database.open(vertx, settings.database());
    }

    @AfterEach
    void close() throws Exception {
        try {
            for (Member member : members) {
                House.get(member.kurir().close());
            }
            EventContract.check(pool);
        } finally {
            House.get(pool.close());
            House.get(vertx.close());
            databases.close();
        }
    }

    private Settings settings(String node, Map<String, String> more) throws Exception {
        Map<String, String> environment = new TreeMap<>(Map.of(
                "KURIR_CLUSTER_NAME", cluster,
                "KURIR_ACCESS_SECRET", "a secret that all nodes of this test share",
                "KURIR_CLUSTER_REBALANCE_EVERY", "500ms",
                "KURIR_LEASE_TTL", "6s",
                "KURIR_LEASE_RENEW_EVERY", "1s",
                "KURIR_LEASE_MARGIN", "1s"));
        environment.putAll(more);
        return House.settings(data.resolve(node), databases, "http://127.0.0.1:1", environment);
    }

    private Member join(String node) throws Exception {
        return join(node, Map.of());
    }

    private Member join(String node, Map<String, String> more) throws Exception {
        Settings settings = settings(node, more);
        Kurir kurir = House.get(Kurir.start(settings, (_, _) -> Future.succeededFuture(new FakeWhatsApp())));
        ContractClient admin = ContractClient.at(settings.http().publicUrl()).withKey(House.KEY);
        String name = admin.get("/api/admin/cluster").data().getString("answeredBy");
        Member member = new Member(kurir, admin, name);
        members.add(member);
        return member;
    }

    private void leave(Member member) throws Exception {
        House.get(member.kurir().drain());
        House.get(member.kurir().close());
        members.remove(member);
    }

    private static void connect(Member at, String deviceId) {
        at.admin().post(DEVICES, new JsonObject().put("deviceId", deviceId));
        at.admin().post(DEVICES + "/" + deviceId + "/connect");
        awaitConnected(at, deviceId);
    }

    private static void awaitConnected(Member at, String deviceId) {
        await().atMost(PATIENCE)
                .until(() -> at.admin()
                        .get(DEVICES + "/" + deviceId + "/status")
                        .data()
                        .getBoolean("isConnected"));
    }

    /** By node, of those that are ready. */
    private static Map<String, List<String>> spread(Member at) {
        Map<String, List<String>> spread = new HashMap<>();
        for (Object each : at.admin().get("/api/admin/cluster").data().getJsonArray("nodes")) {
            JsonObject node = (JsonObject) each;
            if (node.getString("state").equals("ready")) {
                spread.put(
                        node.getString("name"),
                        node.getJsonArray("deviceIds").stream()
                                .map(String::valueOf)
                                .toList());
            }
        }
        return spread;
    }

    private static void awaitEven(Member at, int nodes, int each) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(spread(at)).hasSize(nodes);
            assertThat(spread(at).values())
                    .allSatisfy(devices -> assertThat(devices).hasSize(each));
        });
    }

    private static Reply send(Member at, String deviceId) {
        return at.admin()
                .post(
                        DEVICES + "/" + deviceId + "/send-message",
                        new JsonObject().put("to", "+628111111111").put("message", "hello"));
    }

    @Test
    @Effect("getCluster")
    void aNodeThatJoinsIsGivenDevicesAndOneThatLeavesHandsThemBack() throws Exception {
        Member first = join("one");
        List<String> devices = List.of("dev-1", "dev-2", "dev-3", "dev-4");
        devices.forEach(device -> connect(first, device));
        Member second = join("two");
        awaitEven(first, 2, 2);
        for (String device : devices) {
            awaitConnected(second, device);
            // whatever node is asked, the owner sends
            assertThat(send(first, device).status()).isEqualTo(200);
            assertThat(send(second, device).status()).isEqualTo(200);
        }

        leave(second);
        await().atMost(PATIENCE)
                .until(() -> spread(first).getOrDefault(first.name(), List.of()).equals(devices));
        devices.forEach(device -> awaitConnected(first, device));
        JsonObject cluster = first.admin().get("/api/admin/cluster").data();
        assertThat(cluster.getLong("unowned")).isZero();
        assertThat(cluster.getJsonArray("leases").stream()
                        .map(JsonObject.class::cast)
                        .filter(lease -> lease.getBoolean("current")
                                && lease.getString("node").equals(first.name()))
                        .map(lease -> lease.getString("deviceId")))
                .containsExactlyElementsOf(devices);
        devices.forEach(device -> assertThat(send(first, device).status()).isEqualTo(200));
    }

    @Test
    @Effect("moveDevice")
    void aDeviceIsMovedOnRequestAndARequestMeanwhileWaits() throws Exception {
        Map<String, String> still = Map.of("KURIR_CLUSTER_REBALANCE_EVERY", "1h");
        Member first = join("one", still);
        connect(first, "dev-1");
        Member second = join("two", still);
        String path = "/api/admin/devices/dev-1/move";

        Future<List<String>> meanwhile = vertx.executeBlocking(
                () -> {
                    List<String> refused = new ArrayList<>();
                    for (int i = 0; i < 20; i++) {
                        Reply sent = send(second, "dev-1");
                        if (sent.status() != 200) {
                            refused.add(sent.text());
                        }
                    }
                    return refused;
                },
                false);
        Reply moved = first.admin().post(path, new JsonObject().put("node", second.name()));
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        assertThat(moved.data().getString("node")).isEqualTo(second.name());
        assertThat(spread(first).get(second.name())).containsExactly("dev-1");
        assertThat(House.get(meanwhile)).isEmpty();

        Reply again = first.admin().post(path, new JsonObject().put("node", second.name()));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("CONFLICT");
        assertThat(first.admin()
                        .post(path, new JsonObject().put("node", "nobody"))
                        .status())
                .isEqualTo(409);
        assertThat(first.admin().post(path, new JsonObject().put("node", 5)).fields())
                .containsExactly("node");
        assertThat(first.admin().post("/api/admin/devices/nobody/move").status())
                .isEqualTo(404);
        // without a name: the one with the most room
        assertThat(first.admin().post(path).data().getString("node")).isEqualTo(first.name());
    }

    @Test
    void aNewDeviceGoesWhereTheMostRoomIs() throws Exception {
        Map<String, String> still = Map.of("KURIR_CLUSTER_REBALANCE_EVERY", "1h");
        Member small = join("small", with(still, "KURIR_WHATSAPP_MEMORY_BUDGET", "1g"));
        Member large = join("large", with(still, "KURIR_WHATSAPP_MEMORY_BUDGET", "4g"));
        for (int i = 1; i <= 5; i++) {
            connect(small, "dev-" + i);
        }
        assertThat(spread(small).get(large.name())).hasSize(4);
        assertThat(spread(small).get(small.name())).hasSize(1);
    }

    private static Map<String, String> with(Map<String, String> some, String name, String value) {
        Map<String, String> all = new HashMap<>(some);
        all.put(name, value);
        return all;
    }

    @Test
    void aDeviceWaitsForTheNodeThatHasItsProfileUnlessAllNodesSeeIt() throws Exception {
        Member node = join("one");
        leftBehind(node, "dev-disk", "'a node that died'");
        leftBehind(node, "dev-volume", "null");
        awaitConnected(node, "dev-volume");
        assertThat(spread(node).get(node.name())).containsExactly("dev-volume");

        sql("update device set updated_at = updated_at - interval '11 minutes' where device_id = 'dev-disk'");
        sql("update lease set expires_at = expires_at - interval '11 minutes' where device_id = 'dev-disk'");
        awaitConnected(node, "dev-disk");
    }

    /** As a node does that is killed while the device is connected; {@code disk}: where the profile lies, in SQL. */
    private void leftBehind(Member node, String deviceId, String disk) throws Exception {
        node.admin().post(DEVICES, new JsonObject().put("deviceId", deviceId));
        sql("insert into lease (device_id, node, worker, epoch, expires_at, ttl_ms)"
                + " values ('%s', 'a node that died', '1', 1, clock_timestamp(), 1000)".formatted(deviceId));
        sql("insert into profile (device_id, opened_epoch, dirty, node) values ('%s', 1, true, %s)"
                .formatted(deviceId, disk));
        sql("update device set linked = true, wanted = true, state = 'connected' where device_id = '%s'"
                .formatted(deviceId));
    }

    private void sql(String statement) throws Exception {
        House.get(pool.query(statement).execute());
    }

    @Test
    void onlyAnAdminSeesAndSteersTheCluster() throws Exception {
        Member node = join("one");
        ContractClient stranger = node.admin().withKey("kurir_not_a_key_of_anybody_0000000000000000");
        assertThat(stranger.get("/api/admin/cluster").status()).isEqualTo(401);
        assertThat(stranger.post("/api/admin/devices/dev-1/move").status()).isEqualTo(401);
    }
}
