package io.kurir.bench;

import io.kurir.db.embedded.Ports;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The databases and several nodes of one cluster, each a JVM of its own on loopback, whose pages cost nothing. */
final class ClusterHouse implements AutoCloseable {
    private static final Map<String, String> SETTINGS = Map.of(
            "KURIR_SEND_PER_MINUTE", "1000000",
            "KURIR_SEND_BURST", "1000000",
            "KURIR_CLUSTER_REBALANCE_EVERY", "1h", // devices are where the bench has put them
            "KURIR_ACCESS_SECRET", "a secret that all nodes of this bench share");

    final Parts parts;
    final Connection sql;
    private final Path members;
    private int started;

    /** A node that serves. */
    record Member(Process process, Api api) {}

    ClusterHouse() throws Exception {
        this.parts = new Parts();
        try {
            this.members = parts.folder.resolve("cluster.xml");
            int port = Ports.free();
            // ports of their own: others on this machine may use the default ones
            Files.writeString(
                    members,
                    Files.readString(parts.home.resolve("cluster.xml"))
                            .replace("5701", Integer.toString(port))
                            .replace("5702", Integer.toString(port + 1))
                            .replace("5703", Integer.toString(port + 2)));
            this.sql = Costs.connect(parts.database, "kurir");
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** What makes a process a node of this cluster. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QueueHouse.SETTINGS);
        settings.putAll(SETTINGS);
        settings.putAll(Map.of(
                "DATABASE_URL", parts.database.toString(),
                "REDIS_URL", parts.redis.toString(),
                "KURIR_CLUSTER_CONFIG", members.toString(),
                "KURIR_CLUSTER_NAME", String.valueOf(parts.folder.getFileName())));
        return settings;
    }

    Member join() throws Exception {
        String name = "node-" + ++started;
        int port = Ports.free();
        Map<String, String> settings = settings();
        settings.put("KURIR_HTTP_PORT", Integer.toString(port));
        settings.put("KURIR_DATA", parts.folder.resolve(name).toString());
        Process process = parts.java(name, settings, List.of(), "io.kurir.bench.InstantNode", InstantNode.IN_ORDER);
        Api api = new Api(parts.vertx, URI.create("http://127.0.0.1:" + port), Map.of("x-api-key", House.KEY));
        parts.awaitHealth(api, process);
        return new Member(process, api);
    }

    /** Creates devices and connects them where they are placed; with one node in the cluster that is there. */
    void connect(Member at, List<String> devices) throws Exception {
        for (String device : devices) {
            at.api()
                    .post(
                            QueueHouse.DEVICES,
                            new JsonObject().put("deviceId", device).put("deviceName", device))
                    .ok("create " + device);
            at.api()
                    .post(QueueHouse.DEVICES + "/" + device + "/connect", new JsonObject())
                    .ok("connect " + device);
        }
        parts.poll(
                "the devices",
                at.process(),
                () -> number("select count(*) from device where state = 'connected'") == devices.size()
                        ? Optional.of(true)
                        : Optional.empty());
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

    @Override
    public void close() {
        parts.close();
    }
}
