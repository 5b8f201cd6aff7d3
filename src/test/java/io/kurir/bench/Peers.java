package io.kurir.bench;

import io.kurir.bench.QueueBench.Scale;
import io.kurir.message.Lane;
import io.kurir.message.OutboxWriter;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Other job queues doing as many jobs that do nothing, in turn with Kurir, on the same PostgreSQL and Redis; what they do is in
 * {@code src/test/bench/peers}. Their packages come from npm, once, into {@code target/peers}.
 */
final class Peers {
    private static final int JOBS = 5_000;
    private static final int DEVICES = 10;
    private static final NodeProgram PROGRAM = new NodeProgram(
            "peers",
            List.of("package.json", "peer.mjs", "bullmq.mjs", "graphile.mjs"),
            "package.json",
            List.of("npm", "install", "--no-audit", "--no-fund", "--no-package-lock"));

    /** What is measured of each, and how it is called. */
    private static final Map<String, String> MEASURED = Map.of(
            "addEach", "adding one by one",
            "addAll", "adding 1,000 at a time",
            "process", "working off what waits",
            "cycle", "full cycle");

    private final QueueHouse house;
    private final Path folder;
    private final int jobs;
    private final int inFlight;

    private Peers(QueueHouse house, Path folder, int jobs, int inFlight) {
        this.house = house;
        this.folder = folder;
        this.jobs = jobs;
        this.inFlight = inFlight;
    }

    static void measure(QueueHouse house, Scale scale, Report report) throws Exception {
        Peers peers = new Peers(
                house,
                PROGRAM.install(house.parts.home, "peers", "Installing the peers from npm …"),
                scale.of(JOBS),
                scale.inFlight());
        peers.database();
        Map<String, List<Map<String, Double>>> rounds = new LinkedHashMap<>();
        List<String> devices = house.create("peers", DEVICES);
        peers.kurir(devices); // warm
        for (int run = 0; run < scale.runs(); run++) {
            add(rounds, "Kurir", peers.kurir(devices));
            add(rounds, "BullMQ", peers.node("bullmq.mjs", false));
            add(rounds, "graphile-worker", peers.node("graphile.mjs", false));
            add(rounds, "graphile-worker in groups", peers.node("graphile.mjs", true));
        }
        for (String what : List.of("addEach", "addAll", "process", "cycle")) {
            double ours = median(rounds.getOrDefault("Kurir", List.of()), what);
            rounds.forEach((who, rows) -> {
                String name = "%s, %d jobs, %d in flight: %s"
                        .formatted(MEASURED.get(what), peers.jobs, scale.inFlight(), who);
                report.row(name, median(rows, what), "jobs/s");
                if (!who.equals("Kurir")) {
                    report.row(name + ", Kurir to it", ours / median(rows, what), "ratio");
                }
            });
        }
    }

    private static void add(Map<String, List<Map<String, Double>>> rounds, String who, Map<String, Double> round) {
        rounds.computeIfAbsent(who, _ -> new ArrayList<>()).add(round);
    }

    private static double median(List<Map<String, Double>> rounds, String what) {
        return Sample.median(rounds.stream()
                .mapToDouble(round -> round.getOrDefault(what, Double.NaN))
                .toArray());
    }

    /** graphile-worker's tables lie in a database of their own. */
    private void database() throws SQLException {
        try (Connection server = Costs.connect(house.parts.database, "postgres");
                var statement = server.createStatement()) {
            statement.execute("create database peers");
        }
    }

    private Map<String, Double> node(String script, boolean tuned) throws IOException, InterruptedException {
        JsonObject settings = new JsonObject()
                .put("postgres", house.parts.database.resolve("/peers").toString())
                .put("redis", house.parts.redis.toString())
                .put("jobs", jobs)
                .put("inFlight", inFlight)
                .put("tuned", tuned);
        Process process = new ProcessBuilder("node", script, settings.encode())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line = Processes.lines(process).readLine();
        if (line == null) {
            throw new IOException(script + " has ended without an answer");
        }
        process.waitFor();
        Map<String, Double> round = new LinkedHashMap<>();
        new JsonObject(line).forEach(entry -> round.put(entry.getKey(), ((Number) entry.getValue()).doubleValue()));
        return round;
    }

    /** The devices are stopped before and after. */
    private Map<String, Double> kurir(List<String> devices) throws Exception {
        Map<String, Double> round = new LinkedHashMap<>();
        List<OutboxWriter.Entry> entries = QueueHouse.entries(devices, jobs / devices.size(), Lane.SCHEDULED);
        Sample each = Load.run(
                inFlight,
                entries.size(),
                number -> Api.await(house.pool.withTransaction(
                        transaction -> OutboxWriter.put(transaction, List.of(entries.get(number))))));
        round.put("addEach", each.perSecond());
        double first = process(devices);
        List<OutboxWriter.Entry> more = QueueHouse.entries(devices, jobs / devices.size(), Lane.SCHEDULED);
        long begin = System.nanoTime();
        DrainRate.put(house, more);
        round.put("addAll", more.size() / ((System.nanoTime() - begin) / 1e9));
        round.put("process", (first + process(devices)) / 2);
        house.connect(devices);
        Sample cycle = Load.send(house, devices, inFlight, jobs);
        house.stop(devices);
        round.put("cycle", cycle.perSecond());
        return round;
    }

    private double process(List<String> devices) throws Exception {
        long mark = (long) house.number("select coalesce(min(message_id), 1) - 1 from outbox");
        house.connect(devices);
        double rate = house.drained(devices, mark);
        house.stop(devices);
        return rate;
    }
}
