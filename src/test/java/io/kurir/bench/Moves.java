package io.kurir.bench;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** How long it takes until the devices of a node that ends are connected at another one, from the signal on. */
final class Moves {
    private static final int DEVICES = 30;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private Moves() {}

    /** ms: from the signal to the new lease, and from there until the device was connected. */
    private record Move(double lease, double connect) {}

    static void measure(ClusterHouse house, String how, Consumer<Process> end, ClusterBench.Scale scale, Report report)
            throws Exception {
        List<String> devices = IntStream.range(0, scale.quick() ? 5 : DEVICES)
                .mapToObj("move-%02d"::formatted)
                .toList();
        ClusterHouse.Member owner = house.join();
        house.connect(owner, devices);
        List<Move> moves = new ArrayList<>();
        double[] last = new double[scale.runs()];
        for (int run = 0; run < scale.runs(); run++) {
            ClusterHouse.Member next = house.join();
            Instant signal = Instant.now();
            end.accept(owner.process());
            List<Move> these = follow(house, next, devices.size(), signal);
            last[run] = these.stream()
                    .mapToDouble(move -> move.lease() + move.connect())
                    .max()
                    .orElseThrow();
            moves.addAll(these);
            owner.process().waitFor();
            owner = next;
        }
        String name = "a node with %d devices %s".formatted(devices.size(), how);
        Sample lease = sample(moves.stream().mapToDouble(Move::lease).toArray());
        Sample connect = sample(moves.stream().mapToDouble(Move::connect).toArray());
        report.row(name + ": signal to new lease, p50", lease.percentile(0.5) / 1000, "s");
        report.row(name + ": signal to new lease, p95", lease.percentile(0.95) / 1000, "s");
        report.row(name + ": new lease to connected, p50", connect.percentile(0.5), "ms");
        report.row(name + ": new lease to connected, p95", connect.percentile(0.95), "ms");
        report.row(name + ": last one connected", Sample.median(last) / 1000, "s");
    }

    private static Sample sample(double[] millis) {
        return Sample.of(millis, 1);
    }

    /** Looks every few ms: a device's row does not say when it was connected. */
    private static List<Move> follow(ClusterHouse house, ClusterHouse.Member next, int count, Instant signal)
            throws Exception {
        Map<String, Move> moves = new HashMap<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (moves.size() < count) {
            if (System.nanoTime() > end || !next.process().isAlive()) {
                throw new IllegalStateException("only %d of %d devices have moved".formatted(moves.size(), count));
            }
            look(house, signal, moves);
            Thread.sleep(10);
        }
        return List.copyOf(moves.values());
    }

    private static void look(ClusterHouse house, Instant signal, Map<String, Move> moves) throws SQLException {
        try (var statement = house.sql.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select d.device_id, l.acquired_at
                        from device d
                        join lease l on l.device_id = d.device_id and l.epoch = d.connected_epoch
                        where d.state = 'connected' and l.acquired_at > '%s'
                        """.formatted(signal))) {
            Instant now = Instant.now();
            while (rows.next()) {
                Instant lease = rows.getTimestamp(2).toInstant();
                moves.putIfAbsent(rows.getString(1), new Move(millis(signal, lease), millis(lease, now)));
            }
        }
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }
}
