package io.kurir.session;

import io.kurir.cluster.Holding;
import io.kurir.cluster.Node;
import io.kurir.cluster.Nodes;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The operations tagged {@code cluster}. */
public final class ClusterOperations {
    private final Nodes nodes;
    private final Devices devices;

    public ClusterOperations(Nodes nodes, Devices devices) {
        this.nodes = nodes;
        this.devices = devices;
    }

    public Answer get(Ask ask) {
        List<Node> all = nodes.all().await();
        List<Holding> held = nodes.held().await();
        Map<String, List<String>> owned = held.stream()
                .filter(Holding::current)
                .collect(Collectors.groupingBy(
                        Holding::node, Collectors.mapping(Holding::deviceId, Collectors.toList())));
        return Answer.ok(
                all.stream().filter(Node::alive).count() + " nodes",
                new JsonObject()
                        .put("answeredBy", nodes.name())
                        .put("unowned", devices.unowned())
                        .put(
                                "nodes",
                                Answer.array(all.stream()
                                        .map(node -> json(node, owned.getOrDefault(node.name(), List.of())))
                                        .toList()))
                        .put(
                                "leases",
                                Answer.array(held.stream()
                                        .map(ClusterOperations::json)
                                        .toList())));
    }

    private static JsonObject json(Holding holding) {
        return new JsonObject()
                .put("deviceId", holding.deviceId())
                .put("node", holding.node())
                .put("epoch", holding.epoch())
                .put("acquiredAt", Timestamps.write(holding.acquiredAt()))
                .put("expiresAt", Timestamps.write(holding.expiresAt()))
                .put("current", holding.current());
    }

    private static JsonObject json(Node node, List<String> owned) {
        return new JsonObject()
                .put("name", node.name())
                .put("version", node.version())
                .put(
                        "roles",
                        new JsonArray(node.roles().stream()
                                .map(role -> role.name().toLowerCase(Locale.ROOT))
                                .sorted()
                                .toList()))
                .put("state", !node.alive() ? "gone" : node.draining() ? "draining" : "ready")
                .put("deviceIds", new JsonArray(owned))
                .put("memoryBytes", node.memory())
                .put("memoryBudgetBytes", node.budget())
                .put("startedAt", Timestamps.write(node.startedAt()))
                .put("seenAt", Timestamps.write(node.seenAt()));
    }

    public Answer move(Ask ask) {
        String deviceId = ask.text("deviceId");
        String node = devices.move(ask.reach(), deviceId, ask.optionalField("node"));
        return Answer.ok("Moved to " + node, DeviceOperations.json(devices.get(ask.reach(), deviceId)));
    }
}
