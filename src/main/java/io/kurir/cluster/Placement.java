package io.kurir.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which node is to have a device. Every node decides alike from the same rows; where they differ, the lease has the last word. */
public final class Placement {
    /** By share of the budget, then by name, so that all nodes agree. */
    private static final Comparator<Node> EMPTIEST =
            Comparator.<Node>comparingDouble(node -> node.load(1)).thenComparing(Node::name);

    private Placement() {}

    /**
     * The nodes that may take a device, the best one first: those whose browsers have its proxy already, then the emptiest.
     *
     * @param sameProxy the nodes that run devices with the same proxy; empty where it has none
     */
    public static List<Node> candidates(Collection<Node> nodes, Set<String> sameProxy) {
        return nodes.stream()
                .filter(Node::takes)
                .sorted(Comparator.<Node, Boolean>comparing(node -> !sameProxy.contains(node.name()))
                        .thenComparing(EMPTIEST))
                .toList();
    }

    /** Spreads devices that nobody owns: for each node those that it is to take. */
    public static Map<String, List<String>> spread(Collection<String> devices, Collection<Node> nodes) {
        Map<String, Node> left = new HashMap<>();
        nodes.stream().filter(Node::takes).forEach(node -> left.put(node.name(), node));
        Map<String, List<String>> spread = new HashMap<>();
        for (String device : devices.stream().sorted().toList()) {
            Optional<Node> next = left.values().stream().filter(Node::takes).min(EMPTIEST);
            if (next.isEmpty()) {
                break;
            }
            Node node = next.get();
            left.put(node.name(), node.with(1));
            spread.computeIfAbsent(node.name(), _ -> new ArrayList<>()).add(device);
        }
        return spread;
    }

    /** The node that a device of {@code mine} had better be on; empty where moving one would not make things more even. */
    public static Optional<Node> relief(Node mine, Collection<Node> nodes) {
        return nodes.stream()
                .filter(node -> !node.name().equals(mine.name()) && node.takes())
                .min(EMPTIEST)
                .filter(other -> other.with(1).load(0) < mine.load(0) && other.devices() + 1 < mine.devices());
    }
}
