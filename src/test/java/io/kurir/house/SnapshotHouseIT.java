package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Kurir;
import io.kurir.Profiles;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.db.Database;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.http.EventContract;
import io.kurir.simulator.Simulator;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes with a disk of their own each, in one JVM, with real Chromiums on the simulator: what a device goes on with. 80 s while others kept both cores busy. */
class SnapshotHouseIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PEER = "6282200000301";
    private static final String FIRST = "travels-1";
    private static final String SECOND = "travels-2";

    private final Vertx vertx = Vertx.vertx();
    private final String cluster = "snapshots-" + UUID.randomUUID();
    private final List<Member> members = new ArrayList<>();

    @TempDir
    Path data;

    private EmbeddedDatabases databases;
    private Simulator simulator;
    private Pool pool;

    private record Member(Kurir kurir, ContractClient admin, String name) {}

    @BeforeEach
    void databases() throws Exception {
        databases = EmbeddedDatabases.start(data.resolve("db"), Progress.SILENT);
        simulator = House.get(Simulator.start(vertx, new Simulator.Options()));
        phones("PUT", "/api/knobs", new JsonObject().put("syncDelayMs", 300));
        Settings settings = settings("unused", Map.of());
        Schema.prepare(settings.database());
        pool = Database.open(vertx, settings.database());
    }

    @AfterEach
    void close() throws Exception {
        try {
            for (Member member : List.copyOf(members)) {
                end(member);
            }
            EventContract.check(pool);
        } finally {
            House.get(pool.close());
            House.get(simulator.close());
            House.get(vertx.close());
            databases.close();
        }
    }

    private Settings settings(String node, Map<String, String> more) throws Exception {
        Map<String, String> environment = new TreeMap<>(Map.of(
                "KURIR_CLUSTER_NAME", cluster,
                "KURIR_ACCESS_SECRET", "a secret that all nodes of this test share",
                "KURIR_CLUSTER_REBALANCE_EVERY", "1h",
                "KURIR_DELIVERY_GRACE_TIME", "1s",
                "KURIR_DELIVERY_ON_UNKNOWN", "fail",
                // the nodes that are ended here do not come back
                "KURIR_PROFILE_WAIT_FOR_NODE", "0s"));
        environment.putAll(more);
        return House.settings(data.resolve(node), databases, simulator.url(), environment);
    }

    private Member join(String node, Map<String, String> more) throws Exception {
        Settings settings = settings(node, more);
        Kurir kurir = House.get(Kurir.start(settings));
        ContractClient admin = ContractClient.at(settings.http().publicUrl()).withKey(House.KEY);
        Member member =
                new Member(kurir, admin, admin.get("/api/admin/cluster").data().getString("answeredBy"));
        members.add(member);
        return member;
    }

    private void end(Member member) throws Exception {
        members.remove(member);
        House.get(member.kurir().close());
    }

    private JsonObject phones(String method, String path, JsonObject body) throws Exception {
        return House.get(simulator.control(method, path, body));
    }

    private void link(Member at, String deviceId, String phone) throws Exception {
        at.admin().post(House.DEVICES, new JsonObject().put("deviceId", deviceId));
        phones("POST", "/api/phones", new JsonObject().put("phone", phone));
        at.admin().post(House.DEVICES + "/" + deviceId + "/connect");
        String qr =
                at.admin().get(House.DEVICES + "/" + deviceId + "/qr").data().getString("qrCode");
        phones("POST", "/api/phones/" + phone + "/scan", new JsonObject().put("qr", qr));
        until(at, deviceId, "connected");
    }

    private static JsonObject until(Member at, String deviceId, String state) {
        return await().atMost(PATIENCE)
                .until(
                        () -> at.admin()
                                .get(House.DEVICES + "/" + deviceId + "/status")
                                .data(),
                        status -> state.equals(status.getString("state")));
    }

    private static void send(Member at, String deviceId, String text) {
        Reply reply = at.admin()
                .post(
                        House.DEVICES + "/" + deviceId + "/send-message",
                        new JsonObject().put("to", PEER).put("message", text));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    /** Whether the recipient could decrypt each message of this text. */
    private List<Boolean> decrypted(String text) throws Exception {
        JsonArray all = phones("GET", "/api/submissions", new JsonObject()).getJsonArray("submissions");
        return all.stream()
                .map(JsonObject.class::cast)
                .filter(one -> text.equals(one.getString("body")))
                .map(one -> one.getBoolean("decrypted"))
                .toList();
    }

    private void sql(String sql) throws Exception {
        House.get(pool.query(sql).execute());
    }

    private List<String> texts(String sql) throws Exception {
        return StreamSupport.stream(House.get(pool.query(sql).execute()).spliterator(), false)
                .map((Row row) -> String.valueOf(row.getValue(0)))
                .toList();
    }

    private List<String> states(String deviceId) throws Exception {
        return texts("select data ->> 'state' from event where type = 'device-status' and device_id = '" + deviceId
                + "' order by seq");
    }

    @Test
    void aDeviceGoesOnWithoutItsFolderAndAnOldCopyIsGoneOnWithOnlyWhereThatIsWanted() throws Exception {
        Member one = join("one", Map.of());
        link(one, FIRST, "6281100000301");
        link(one, SECOND, "6281100000302");
        send(one, FIRST, "one of the first");
        send(one, SECOND, "one of the second");
        Member two = join("two", Map.of());
        for (String device : List.of(FIRST, SECOND)) {
            movedWithoutFolder(one, two, device);
        }
        // while both nodes run
        assertThat(House.get(new Profiles(settings("one", Map.of())).rotate(vertx, Optional.empty())))
                .isEqualTo(2);
        assertThat(texts("select version from profile_key")).containsExactly("2", "2");

        // as when the other node is lost with what it has done since; the first one must not take its devices back
        end(one);
        end(two);
        sql("update profile set dirty = true");
        sql("delete from snapshot where epoch = 2");
        sql("update device set wanted = device_id = '" + FIRST + "'");

        relinked();
        sql("update device set wanted = true where device_id = '" + SECOND + "'");
        recovered();
    }

    private void movedWithoutFolder(Member from, Member to, String device) throws Exception {
        Reply moved =
                from.admin().post("/api/admin/devices/" + device + "/move", new JsonObject().put("node", to.name()));
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        until(to, device, "connected");
        assertThat(data.resolve("two/browsers/1/" + device + ".2")).isDirectory();
        assertThat(states(device).subList(0, states(device).lastIndexOf("connected")))
                .filteredOn("qr_required"::equals)
                .hasSize(1);
        assertThat(texts("select links from device where device_id = '" + device + "'"))
                .containsExactly("1");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                texts("select clean from snapshot where proved_at is not null and device_id = '"
                                        + device + "'"))
                        .containsExactly("false"));
        send(to, device, "after the move of " + device);
        assertThat(decrypted("after the move of " + device)).containsExactly(true);
    }

    private void relinked() throws Exception {
        Member three = join("three", Map.of());
        JsonObject status = until(three, FIRST, "logged_out");
        assertThat(status.getString("stateReason"))
                .isEqualTo(
                        "the profile that was opened last cannot be reached: there is only an older one, of epoch 1; link again");
        assertThat(texts("select linked from device where device_id = '" + FIRST + "'"))
                .containsExactly("false");
        assertThat(states(FIRST)).endsWith("logged_out");
        assertThat(Files.exists(data.resolve("three/browsers/1/" + FIRST + ".3")))
                .isFalse();
        end(three);
    }

    /** With something to broadcast, and something in doubt that the older copy knows nothing of. */
    private void recovered() throws Exception {
        String like = " from message where device_id = '" + SECOND + "' and body = 'one of the second'";
        sql("""
                with copied as (
                    insert into message (device_id, stanza_id, outgoing, chat, type, body, phase)
                    select device_id, '3EB0BROADCAST', true, chat, type, 'a broadcast', 'queued' %s
                    returning *
                )
                insert into outbox (message_id, device_id, chat, lane, state, due_at)
                select id, device_id, chat, 2, 'ready', clock_timestamp() from copied
                """.formatted(like));
        sql("""
                with copied as (
                    insert into message (device_id, stanza_id, outgoing, chat, type, body, phase)
                    select device_id, '3EB0DOUBTFUL', true, chat, type, 'in doubt', 'sending' %s
                    returning *
                )
                insert into outbox (message_id, device_id, chat, lane, state, due_at, attempt, epoch, claimed_at, link)
                select id, device_id, chat, 0, 'sending', clock_timestamp(), 1, 2, clock_timestamp(), 1 from copied
                """.formatted(like));
        int before = states(SECOND).size();
        Member four = join("four", Map.of("KURIR_PROFILE_ON_STALE", "reset"));
        until(four, SECOND, "connected");
        assertThat(states(SECOND).subList(before, states(SECOND).size()))
                .contains("recovering")
                .doesNotContain("qr_required", "logged_out")
                .endsWith("connected");
        assertThat(texts("select links from device where device_id = '" + SECOND + "'"))
                .containsExactly("2");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(texts("select failure from message where stanza_id = '3EB0DOUBTFUL'"))
                    .singleElement()
                    .asString()
                    .startsWith("OUTCOME_UNKNOWN");
            assertThat(texts("select phase from message where stanza_id = '3EB0BROADCAST'"))
                    .containsExactly("sent");
        });
        assertThat(texts("""
                select (min(step.value ->> 'at')::timestamptz >= (
                    select max(at) from event
                    where device_id = m.device_id and type = 'device-status' and data ->> 'state' = 'connected'))::text
                from message m, jsonb_array_elements(m.steps) as step
                where m.stanza_id = '3EB0BROADCAST' and step.value ->> 'what' = 'dispatched'
                group by m.device_id
                """)).containsExactly("true");
        // what the older copy counts again cannot be read: the reason why it is not the default
        assertThat(decrypted("a broadcast")).containsExactly(false);
        assertThat(decrypted("in doubt")).isEmpty();
        send(four, SECOND, "after the reset");
        assertThat(decrypted("after the reset")).containsExactly(true);
    }
}
