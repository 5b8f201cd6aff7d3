package io.kurir.bench;

import io.kurir.bench.QueueBench.Scale;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** One request with 100,000 recipients: what accepting and sending it costs, and what a message in between notices of it. */
final class Broadcast {
    private static final int RECIPIENTS = 100_000;
    private static final Pattern COLLECTED = Pattern.compile("(\\d+)M->(\\d+)M\\(\\d+M\\)");
    private static final Duration PATIENCE = Duration.ofMinutes(6);
    private static final int SAMPLES = 600;
    private static final long PAUSE_MS = 50;

    private Broadcast() {}

    /** Time and memory. The node's heap is limited by the flags that it was started with. */
    static void accept(QueueHouse house, Scale scale, Report report) throws Exception {
        List<String> devices = house.create("broad", 1);
        house.connect(devices);
        Load.send(house, devices, scale.inFlight(), scale.of(5_000)); // warm
        int count = scale.of(RECIPIENTS);
        int seen = collections(house).size();
        double[] seconds = new double[scale.runs()];
        List<String> jobs = new ArrayList<>();
        for (int run = 0; run < seconds.length; run++) {
            seconds[run] = start(house, devices.getFirst(), count, jobs);
            if (run < seconds.length - 1) {
                cancel(house, jobs.getLast());
            }
        }
        String name = "broadcast to %d".formatted(count);
        report.row(name + ": accepted in", Sample.median(seconds), "s");
        heap(house, seen, name + ", accepting", report);
        seen = collections(house).size();
        double before = sent(house);
        long begin = System.nanoTime();
        while (running(house) && System.nanoTime() - begin < PATIENCE.toNanos()) {
            Thread.sleep(500);
        }
        double took = (System.nanoTime() - begin) / 1e9;
        report.row(name + ": sent at", (sent(house) - before) / took, "messages/s");
        heap(house, seen, name + ", sending", report);
    }

    private static boolean running(QueueHouse house) throws SQLException {
        return house.number("select count(*) from batch where state in ('queued', 'processing')") > 0;
    }

    private static void heap(QueueHouse house, int seen, String name, Report report) {
        List<int[]> collections = collections(house);
        List<int[]> since = collections.subList(seen, collections.size());
        report.row(
                name + ": highest heap",
                since.stream().mapToInt(one -> one[0]).max().orElse(0),
                "MiB");
        report.row(
                name + ": highest heap after a collection",
                since.stream().mapToInt(one -> one[1]).max().orElse(0),
                "MiB");
    }

    /** MiB in the heap before and after each collection so far. */
    private static List<int[]> collections(QueueHouse house) {
        return Processes.text(house.collections)
                .lines()
                .map(COLLECTED::matcher)
                .filter(Matcher::find)
                .map(found -> new int[] {Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2))})
                .toList();
    }

    /** Latency of single messages of the same device, first alone, then while a broadcast goes on. */
    static void interactive(QueueHouse house, Scale scale, String budget, String goal, Report report) throws Exception {
        List<String> devices = house.create("talk", 1);
        house.connect(devices);
        Load.send(house, devices, scale.inFlight(), scale.of(5_000)); // warm
        Load.send(house, devices, 1, scale.of(1_000));
        int samples = scale.of(SAMPLES);
        Sample alone = paced(house, devices, samples);
        List<String> jobs = new ArrayList<>();
        start(house, devices.getFirst(), scale.of(RECIPIENTS), jobs);
        paced(house, devices, samples / 10); // the first portions are on their way
        double sent = sent(house);
        long begin = System.nanoTime();
        Sample beside = paced(house, devices, samples);
        double rate = (sent(house) - sent) / ((System.nanoTime() - begin) / 1e9);
        cancel(house, jobs.getFirst());
        String name = "interactive message, " + budget;
        report.row(name + ", alone: p50", alone.percentile(0.5), "ms");
        report.row(name + ", alone: p99", alone.percentile(0.99), "ms");
        report.row(name + ", broadcast meanwhile", rate, "messages/s");
        report.row(name + ", during it: p50", beside.percentile(0.5), "ms");
        report.row(name + ", during it: p99", beside.percentile(0.99), "ms");
        double times = beside.percentile(0.99) / alone.percentile(0.99);
        if (goal.isEmpty()) {
            report.row(name + ": p99 to alone", times, "times");
        } else {
            report.row(name + ": p99 to alone", times, "times", goal);
        }
    }

    private static Sample paced(QueueHouse house, List<String> devices, int count) throws Exception {
        double[] millis = new double[count];
        for (int i = 0; i < count; i++) {
            millis[i] = Load.send(house, devices, 1, 1).percentile(1);
            Thread.sleep(PAUSE_MS);
        }
        return Sample.of(millis, 1);
    }

    /** Messages of batches that have their outcome. */
    private static double sent(QueueHouse house) throws SQLException {
        return house.number("select count(*) from message where batch_id is not null and ack > 0");
    }

    private static double start(QueueHouse house, String device, int count, List<String> jobs) {
        JsonArray items = new JsonArray(IntStream.range(0, count)
                .mapToObj(number -> new JsonObject()
                        .put("to", "62814%07d".formatted(number))
                        .put("variables", new JsonObject().put("name", "Ani " + number)))
                .toList());
        JsonObject body = new JsonObject()
                .put("template", "Halo {name}, your parcel is on its way")
                .put("delay", 0)
                .put("items", items);
        String encoded = body.encode();
        long begin = System.nanoTime();
        Api.Answer answer = house.api
                .post(QueueHouse.DEVICES + "/" + device + "/jobs/send-text", encoded)
                .ok("broadcast");
        double seconds = (System.nanoTime() - begin) / 1e9;
        jobs.add(answer.json().getJsonObject("data").getString("jobId"));
        return seconds;
    }

    private static void cancel(QueueHouse house, String job) {
        house.api
                .post("/api/whatsapp-multi-device/jobs/" + job + "/cancel", new JsonObject())
                .ok("cancel " + job);
    }
}
