package io.kurir.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Three nodes in JVMs of their own, nine devices, five texts a second, and everything that can happen to nodes. After each fault every text is at its
 * recipient once, and no account ever had two sockets; how long devices stood still is printed by phase.
 *
 * <p>{@code -Dkurir.nodes.rounds=N} does each fault N times, {@code -Dkurir.nodes.faults=KILL,FREEZE} only those, {@code -Dkurir.nodes.seed=N} repeats a
 * run's choices (not its timing).
 */
final class NodesIT {
    private static final int NODES = 3;
    private static final int DEVICES = Integer.getInteger("kurir.nodes.devices", 9);
    private static final int ROUNDS = Integer.getInteger("kurir.nodes.rounds", 1);
    private static final int PER_SECOND = 5;
    private static final long TAKING_MS = 1_500;
    private static final Duration LEASE = Duration.ofSeconds(10);
    /** Three times the goal: a machine that does other work meanwhile must not fail this, a node that forgets a device must. */
    private static final Duration MOST = Duration.ofSeconds(45);

    /** Longer than Hazelcast takes to believe that a node is gone, which is 10 s. */
    private static final long CUT_MS = 16_000;

    /** Twice the time between two looks for a better place. */
    private static final Duration STILL = Duration.ofSeconds(5);

    private static final long AWAY_MS = 30_000;
    private static final long MOMENT_MS = 1_500;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final long seed = Long.getLong("kurir.nodes.seed", System.nanoTime() & 0xffffff);
    private final Random random = new Random(seed);
    private final long begin = System.nanoTime();

    private enum Fault {
        KILL,
        FREEZE,
        DATABASE_CUT,
        DATABASE_AWAY,
        NODES_CUT,
        ROLLING
    }

    private static List<Fault> faults() {
        String chosen = System.getProperty("kurir.nodes.faults", "");
        return chosen.isEmpty()
                ? List.of(Fault.values())
                : Arrays.stream(chosen.split(",")).map(Fault::valueOf).toList();
    }

    @Test
    void anAccountComesBackElsewhereAndIsNeverTwice() throws Exception {
        System.out.println("NodesIT: seed " + seed + ", " + ROUNDS + " of each of " + faults() + ", " + NODES
                + " nodes, " + DEVICES + " devices, " + PER_SECOND + " texts a second");
        List<Fault> order = new ArrayList<>();
        faults().forEach(fault -> order.addAll(Collections.nCopies(ROUNDS, fault)));
        Collections.shuffle(order, random);
        try (World world = new World("NodesIT", LEASE, DEVICES, NODES, environment())) {
            world.link();
            say("all devices are linked");
            Standstills standstills = new Standstills(world);
            try (Steady texts = new Steady(world, DEVICES, PER_SECOND, "nodes-" + seed)) {
                for (Fault fault : order) {
                    awaitSpread(world);
                    if (fault == Fault.DATABASE_AWAY || fault == Fault.NODES_CUT) {
                        awaitStill(world);
                    }
                    texts.go();
                    Facts.pause(random.nextLong(MOMENT_MS));
                    strike(world, fault, standstills);
                    Facts.pause(MOMENT_MS);
                    judge(world, texts);
                }
            } finally {
                standstills.print();
            }
            standstills.check(MOST);
            world.records.checkEvents();
        }
        say("NodesIT is through");
    }

    private static Map<String, String> environment() {
        return Map.of(
                "KURIR_CLUSTER_REBALANCE_EVERY", "2s",
                "KURIR_SEND_SYNC_TIMEOUT", "3s",
                "KURIR_DELIVERY_MAX_ATTEMPTS", "30",
                "KURIR_DELIVERY_ACK_TIMEOUT", "10s",
                "KURIR_WHATSAPP_BROWSER_DEVICES_PER_BROWSER", "3");
    }

    private void say(String what) {
        System.out.println("  " + (System.nanoTime() - begin) / 1_000_000_000 + " s: " + what);
    }

    /** All devices are connected and every node has its share, so that any of them is worth a fault. */
    private static void awaitSpread(World world) {
        Facts.await("the devices are spread", PATIENCE, () -> {
            List<String> out = world.records.notConnected();
            Map<String, Long> byNode = world.records.leases().counts();
            Facts.pause(200);
            if (!out.isEmpty() || byNode.size() < NODES || Collections.min(byNode.values()) < DEVICES / NODES - 1) {
                throw new IllegalStateException(byNode + ", not connected: " + out);
            }
            return true;
        });
    }

    /** Nothing is being handed over any more, which would go on during a fault that is to move nothing. */
    private static void awaitStill(World world) {
        AtomicReference<Map<String, String>> last = new AtomicReference<>(Map.of());
        AtomicLong since = new AtomicLong();
        Facts.await("the devices stay where they are", PATIENCE, () -> {
            Map<String, String> now = world.records.leases().nodes();
            if (!now.equals(last.getAndSet(now))) {
                since.set(System.nanoTime());
            }
            Facts.pause(200);
            return System.nanoTime() - since.get() > STILL.toNanos()
                    && world.records.notConnected().isEmpty();
        });
    }

    private void strike(World world, Fault fault, Standstills standstills) throws Exception {
        int victim = random.nextInt(NODES);
        Records.Leases before = world.records.leases();
        String name = world.nodeName(victim);
        List<Integer> its = IntStream.range(0, DEVICES)
                .filter(index -> before.of(World.device(index)).node().equals(name))
                .boxed()
                .toList();
        say(fault
                + (fault == Fault.DATABASE_AWAY || fault == Fault.ROLLING
                        ? ""
                        : " of node " + victim + " (" + name + ") with " + its.size() + " devices"));
        KurirProcess node = world.nodes.get(victim);
        Wiring wiring = world.wiring.orElseThrow();
        Instant now = Instant.now();
        switch (fault) {
            case KILL -> {
                node.kill();
                standstills.takeOver(fault.name(), its, before, now);
                node.start();
                world.awaitServing(victim);
            }
            case FREEZE -> {
                node.freeze();
                standstills.takeOver(fault.name(), its, before, now);
                node.thaw();
            }
            case DATABASE_CUT -> {
                wiring.cutDatabase(victim);
                standstills.takeOver(fault.name(), its, before, now);
                wiring.mendDatabase(victim);
            }
            case DATABASE_AWAY -> databaseAway(world, before, standstills);
            case NODES_CUT -> nodesCut(world, victim);
            case ROLLING -> rolling(world, standstills, now);
        }
    }

    /** Nothing moves: what nobody can renew, nobody can take either. */
    private void databaseAway(World world, Records.Leases before, Standstills standstills) throws Exception {
        Wiring wiring = world.wiring.orElseThrow();
        IntStream.range(0, NODES).forEach(wiring::cutDatabase);
        Facts.pause(AWAY_MS);
        IntStream.range(0, NODES).forEach(wiring::mendDatabase);
        Instant mended = Instant.now();
        // a wrong taker would not wait; a device that is not connected again, which takes longer, is not moved to even
        // things out
        Facts.pause(TAKING_MS);
        assertThat(world.records.leases().nodes()).as("who owns what").isEqualTo(before.nodes());
        standstills.resume(
                Fault.DATABASE_AWAY.name(), IntStream.range(0, DEVICES).boxed().toList(), mended);
    }

    /** PostgreSQL is there for all: nobody loses a device. Requests cross between all nodes again soon after. */
    private void nodesCut(World world, int victim) throws Exception {
        Wiring wiring = world.wiring.orElseThrow();
        Map<String, String> before = world.records.leases().nodes();
        wiring.isolate(victim);
        Facts.pause(CUT_MS);
        assertThat(world.records.leases().nodes()).as("who owns what").isEqualTo(before);
        wiring.rejoin(victim);
        long mended = System.nanoTime();
        awaitBus(world);
        System.out.println("    every node reaches every device " + (System.nanoTime() - mended) / 1_000_000
                + " ms after the cut was mended");
    }

    private static void awaitBus(World world) {
        for (int node = 0; node < NODES; node++) {
            for (int index = 0; index < DEVICES; index++) {
                int from = node;
                String path = "/api/whatsapp-multi-device/devices/" + World.device(index) + "/check-number";
                Facts.await("node " + node + " reaches " + World.device(index), PATIENCE, () -> {
                    // never asked before, or else the answer is a remembered one
                    String number = "62813" + (1_000_000 + new Random().nextInt(8_000_000)) + "1";
                    var answer = world.post(
                            from,
                            path,
                            JsonObject.of("numbers", JsonArray.of(number)),
                            UUID.randomUUID().toString(),
                            PATIENCE);
                    if (answer.statusCode() != 200) {
                        Facts.pause(300);
                        throw new IOException(answer.statusCode() + " " + answer.body());
                    }
                    return true;
                });
            }
        }
    }

    private void rolling(World world, Standstills standstills, Instant since) throws Exception {
        for (int node = 0; node < NODES; node++) {
            long stopping = System.nanoTime();
            int code = world.nodes.get(node).stop(Duration.ofSeconds(90));
            long stopped = System.nanoTime();
            assertThat(code).as("exit code").isZero();
            world.nodes.get(node).start();
            world.awaitServing(node);
            System.out.println("    node " + node + " drained and ended in " + (stopped - stopping) / 1_000_000
                    + " ms, serves again " + (System.nanoTime() - stopped) / 1_000_000 + " ms later");
        }
        standstills.longestSilence("ROLLING, silence", DEVICES, since);
    }

    private void judge(World world, Steady texts) throws Exception {
        int count = texts.rest();
        say(count + " texts answered");
        Facts.await("every message has its outcome " + world.folder, PATIENCE, () -> {
            List<String> unfinished = world.records.withoutOutcome();
            Facts.pause(200);
            if (!unfinished.isEmpty()) {
                throw new IllegalStateException(unfinished.size() + " without: " + unfinished);
            }
            return true;
        });
        Map<String, List<Records.Sent>> rows =
                world.records.sent().stream().collect(Collectors.groupingBy(Records.Sent::body));
        Map<String, List<JsonObject>> shown = new HashMap<>();
        for (String phone : Sends.phones()) {
            world.inbox(phone)
                    .forEach(message -> shown.computeIfAbsent(
                                    phone + " " + message.getString("text"), _ -> new ArrayList<>())
                            .add(message));
        }
        Map<String, Long> submissions = world.submissions().stream()
                .collect(Collectors.groupingBy(one -> one.getString("id"), Collectors.counting()));
        List<String> broken = new ArrayList<>(texts.refusals);
        for (int number = 0; number < count; number++) {
            String text = Sends.text(number);
            List<JsonObject> seen = shown.getOrDefault(Steady.recipient(number, DEVICES) + " " + text, List.of());
            List<Records.Sent> kept = rows.getOrDefault(text, List.of());
            if (seen.size() != 1 || seen.getFirst().getInteger("shown") != 1) {
                broken.add(text + " is shown as " + seen + ", rows " + kept);
            }
            // what was not dispatched while its request waited was cancelled, and the request was repeated
            List<Records.Sent> standing = kept.stream()
                    .filter(row -> !row.phase().equals("cancelled"))
                    .toList();
            if (standing.size() != 1 || !standing.getFirst().phase().equals("sent")) {
                broken.add(text + " has the rows " + kept);
            }
            kept.stream()
                    .filter(row -> row.phase().equals("cancelled") && submissions.containsKey(row.stanzaId()))
                    .forEach(row -> broken.add("cancelled, and went out: " + row));
        }
        Map<Long, Long> byCount = new TreeMap<>(submissions.values().stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())));
        say("of " + count + " texts " + shown.size() + " are shown; submissions per message " + byCount
                + ", requests repeated " + texts.repeats.get());
        assertThat(broken).isEmpty();
        for (int index = 0; index < DEVICES; index++) {
            assertThat(world.maxConcurrent(index))
                    .as("sockets of " + World.device(index) + " at once")
                    .isEqualTo(1);
        }
    }
}
