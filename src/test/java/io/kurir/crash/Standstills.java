package io.kurir.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;

/** How long devices stood still because of faults, by phase. Used by one thread. */
final class Standstills {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final World world;
    private final Map<String, List<Phases>> all = new TreeMap<>();

    /**
     * All in ms.
     *
     * @param lease from the fault until its lease was free and taken; 0 where the owner stayed
     * @param connect from then until its page was connected
     * @param send from then until the network had its first message
     */
    private record Phases(String device, long lease, long connect, long send) {
        long total() {
            return lease + connect + send;
        }
    }

    Standstills(World world) {
        this.world = world;
    }

    /** Waits until each of the devices has sent something by a new owner, on another node than before. */
    void takeOver(String fault, Collection<Integer> devices, Records.Leases before, Instant begin) {
        Map<Integer, Instant> taken = new TreeMap<>();
        Facts.await("other nodes take over " + devices, PATIENCE, () -> {
            Records.Leases now = world.records.leases();
            for (int index : devices) {
                String device = World.device(index);
                Records.Owned owned = now.of(device);
                if (!owned.node().equals(before.of(device).node())) {
                    taken.putIfAbsent(index, owned.acquired());
                }
            }
            Facts.pause(100);
            return taken.size() == devices.size();
        });
        taken.forEach((index, at) -> note(fault, index, begin, at));
    }

    /** Waits until each of the devices has sent something after the end of a fault, whoever owns it. */
    void resume(String fault, Collection<Integer> devices, Instant end) {
        devices.forEach(index -> note(fault, index, end, end));
    }

    private void note(String fault, int index, Instant begin, Instant taken) {
        String device = World.device(index);
        Instant connected = awaited(device + " is connected", () -> world.records.connected(device, taken));
        Instant sent = awaited(device + " sends", () -> firstSend(index, taken));
        Phases phases = new Phases(
                device,
                Duration.between(begin, taken).toMillis(),
                Duration.between(taken, connected).toMillis(),
                Duration.between(connected, sent).toMillis());
        all.computeIfAbsent(fault, _ -> new ArrayList<>()).add(phases);
        System.out.printf(
                "    %-8s  lease %6d ms   connected %6d ms   first message %6d ms   in all %6d ms%n",
                device, phases.lease(), phases.connect(), phases.send(), phases.total());
    }

    private interface Look {
        Optional<Instant> look() throws Exception;
    }

    private static Instant awaited(String fact, Look look) {
        AtomicReference<Optional<Instant>> found = new AtomicReference<>(Optional.empty());
        Facts.await(fact, PATIENCE, () -> {
            found.set(look.look());
            return found.get().isPresent();
        });
        return found.get().orElseThrow();
    }

    private Optional<Instant> firstSend(int index, Instant after) {
        return sends(index).stream().filter(at -> at.isAfter(after)).findFirst();
    }

    private List<Instant> sends(int index) {
        return world.submissions().stream()
                .filter(one -> one.getString("from").startsWith(World.sender(index)))
                .map((JsonObject one) -> Instant.ofEpochMilli(one.getLong("at")))
                .toList();
    }

    /** The longest time since then without a message of the device, while some were wanted all the time. */
    void longestSilence(String fault, int devices, Instant since) {
        for (int index = 0; index < devices; index++) {
            Instant last = since;
            Duration longest = Duration.ZERO;
            for (Instant at : sends(index)) {
                if (at.isAfter(since)) {
                    Duration silence = Duration.between(last, at);
                    longest = silence.compareTo(longest) > 0 ? silence : longest;
                    last = at;
                }
            }
            all.computeIfAbsent(fault, _ -> new ArrayList<>())
                    .add(new Phases(World.device(index), 0, 0, longest.toMillis()));
        }
    }

    void print() {
        System.out.println(
                "  goal: p95 of the whole <= 15 s, on a machine that has nothing else to do\n  p50/p95 in ms             lease          connected      first message         in all");
        all.forEach((fault, phases) -> System.out.printf(
                "  %-20s %3d × %15s%15s%15s%15s%n",
                fault,
                phases.size(),
                both(phases, Phases::lease),
                both(phases, Phases::connect),
                both(phases, Phases::send),
                both(phases, Phases::total)));
    }

    /** No device stood still for longer. */
    void check(Duration most) {
        all.forEach((fault, phases) -> assertThat(phases)
                .as(fault)
                .allSatisfy(device -> assertThat(device.total()).isLessThan(most.toMillis())));
    }

    private static String both(List<Phases> phases, ToLongFunction<Phases> phase) {
        return percentile(phases, 50, phase) + "/" + percentile(phases, 95, phase);
    }

    private static long percentile(List<Phases> phases, int percent, ToLongFunction<Phases> phase) {
        List<Long> sorted = phases.stream().map(phase::applyAsLong).sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(Math.ceilDiv(sorted.size() * percent, 100) - 1);
    }
}
