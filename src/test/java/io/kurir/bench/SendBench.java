package io.kurir.bench;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/bench send}: from the HTTP request to the answer that says that WhatsApp's server has the message, through all layers, beside the same
 * sends made by wa-js called straight through Playwright on the same simulator.
 *
 * <p>Kurir and the yardstick take turns, run by run, so that a machine that is busy with something else slows both.
 */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = "Sends/s and latency from HTTP request to server ack, beside wa-js called straight.")
final class SendBench implements Callable<Integer> {
    static final String TEXT = "Your parcel is on its way, number";

    private static final int RECIPIENTS = 20;
    private static final int MANY = 20;
    private static final Map<String, String> BUDGET =
            Map.of("KURIR_SEND_PER_MINUTE", "1000000", "KURIR_SEND_BURST", "1000000");

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there, too.")
    private @Nullable Path json;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Runs of each measurement (3).")
    private int runs;

    @Option(
            names = "--devices",
            split = ",",
            defaultValue = "1,5,10",
            description = "How many devices (1,5,10), rising.")
    private List<Integer> devices = List.of();

    @Option(names = "--quick", description = "One device, one run, few messages: whether it works, not how fast.")
    private boolean quick;

    @Option(names = "--record", paramLabel = "FILE", description = "Let Flight Recorder watch Kurir's JVM.")
    private @Nullable Path record;

    @Option(names = "--in-memory", description = "Yardstick as contexts of one browser whose links do not survive it.")
    private boolean inMemory;

    private final Report report = new Report("send");

    /** How many devices, and to whom they send: each to people of its own, so that the order within a chat never makes them wait. */
    record Shape(int devices) {
        List<String> recipients(int device) {
            return IntStream.range(0, RECIPIENTS)
                    .mapToObj(person -> "62813%03d%03d1".formatted(device, person))
                    .toList();
        }

        static String device(int number) {
            return "bench-%02d".formatted(number);
        }
    }

    @Override
    public Integer call() throws Exception {
        if (quick) {
            devices = List.of(1);
            runs = 1;
        }
        System.out.println(Machine.facts());
        List<String> flags = Optional.ofNullable(record)
                .map(file -> List.of("-XX:StartFlightRecording:settings=profile,filename=" + file.toAbsolutePath()))
                .orElse(List.of());
        try (House house = new House(BUDGET, flags);
                Costs costs = house.costs();
                Straight straight = new Straight(house.folder, house.simulatorUrl, !inMemory)) {
            System.out.println("PostgreSQL " + costs.setting("server_version") + ", fsync=" + costs.setting("fsync")
                    + ", synchronous_commit=" + costs.setting("synchronous_commit"));
            System.out.println(explanation());
            int linked = 0;
            for (int count : devices) {
                link(house, straight, linked, count);
                linked = count;
                measure(house, costs, straight, new Shape(count));
            }
        }
        System.out.println();
        report.print(System.out);
        if (json != null) {
            report.write(json);
        }
        return 0;
    }

    private String explanation() {
        return """
                Budget raised for this: %s. Devices per browser: the default (5).
                In flight: requests in flight in total, dealt to the devices in turn; each device writes to %d people of its own.
                Latency: from the HTTP request to the answer 200, which means that the server's ack is committed. The simulated phones
                receive and read every message, so Kurir also stores two receipts for each while it is measured.
                Straight: Playwright for Node.js, %s; wa-js' sendTextMessage
                with waitForAck, without link preview. With %d in flight it is measured with one call per message and with one call
                per page and %d messages; the faster one counts. Medians of %d runs, Kurir and straight in turn.
                """.formatted(
                        BUDGET,
                        RECIPIENTS,
                        inMemory
                                ? "one browser, one context per account with its storage in memory"
                                : "one browser with its profile on disk per account, as is usual",
                        MANY,
                        MANY,
                        runs);
    }

    private static void link(House house, Straight straight, int from, int to) throws Exception {
        for (int number = from; number < to; number++) {
            house.link(Shape.device(number), "62811000%03d1".formatted(number));
            straight.open(List.of("62812000%03d1".formatted(number)));
        }
    }

    private void measure(House house, Costs costs, Straight straight, Shape shape) throws Exception {
        String devices = shape.devices() == 1 ? "1 device" : shape.devices() + " devices";
        System.out.println(devices + " …");
        boolean first = shape.devices() == this.devices.getFirst();
        int warmUp = quick ? 100 : first ? 3_000 : 40 * shape.devices();
        kurir(house, shape, MANY, warmUp);
        kurir(house, shape, 1, warmUp / 5);
        straight.run(Straight.Style.EACH, shape, MANY, Math.min(1_000, warmUp));
        single(house, costs, straight, shape, devices + ", 1 in flight");
        many(house, costs, straight, shape, devices + ", " + MANY + " in flight");
        ProcessHandle kurir = house.kurir.toHandle();
        double jvm = Processes.pssMiB(kurir, process -> process.pid() == kurir.pid());
        double browsers = Processes.pssMiB(kurir, Processes::isBrowser);
        double all = Processes.pssMiB(kurir, any -> true);
        report.row(devices + ": memory per device (PSS of Kurir's process tree)", all / shape.devices(), "MiB");
        report.row(devices + ": memory of Kurir's JVM", jvm, "MiB");
        report.row(devices + ": memory of its Chromiums", browsers, "MiB");
        report.row(devices + ": memory of Playwright's driver", all - jvm - browsers, "MiB");
    }

    private void single(House house, Costs costs, Straight straight, Shape shape, String name) throws Exception {
        List<Sample> ours = new ArrayList<>();
        List<Sample> theirs = new ArrayList<>();
        int count = quick ? 50 : 300;
        for (int run = 0; run < runs; run++) {
            ours.add(kurir(house, shape, 1, count));
            costs.awaitRead();
            theirs.add(straight.run(Straight.Style.EACH, shape, 1, count));
        }
        latencies(name + ", Kurir", ours);
        latencies(name + ", straight", theirs);
        double added =
                Sample.median(ours, run -> run.percentile(0.5)) - Sample.median(theirs, run -> run.percentile(0.5));
        report.row(name + ": added p50 latency", added, "ms", "< 10");
    }

    private void latencies(String name, List<Sample> samples) {
        report.row(name + ": p50", Sample.median(samples, run -> run.percentile(0.5)), "ms");
        report.row(name + ": p99", Sample.median(samples, run -> run.percentile(0.99)), "ms");
        report.row(name + ": throughput", Sample.median(samples, Sample::perSecond), "sends/s");
    }

    private void many(House house, Costs costs, Straight straight, Shape shape, String name) throws Exception {
        List<Sample> ours = new ArrayList<>();
        List<Sample> each = new ArrayList<>();
        List<Sample> group = new ArrayList<>();
        Map<String, Double> used = new LinkedHashMap<>();
        double theirs = 0;
        int count = quick ? 200 : 1_500;
        for (int run = 0; run < runs; run++) {
            Map<String, Double> before = costs.read();
            ours.add(kurir(house, shape, MANY, count));
            costs.awaitRead();
            Costs.add(used, before, costs.read());
            double cpu = Processes.cpuSeconds(straight.process(), any -> true);
            each.add(straight.run(Straight.Style.EACH, shape, MANY, count));
            group.add(straight.run(Straight.Style.GROUP, shape, MANY, count));
            theirs += Processes.cpuSeconds(straight.process(), any -> true) - cpu;
        }
        latencies(name + ", Kurir", ours);
        latencies(name + ", straight", each);
        double grouped = Sample.median(group, Sample::perSecond);
        report.row(name + ", straight in groups: throughput", grouped, "sends/s");
        double mine = Sample.median(ours, Sample::perSecond);
        double single = Sample.median(each, Sample::perSecond);
        report.row(name + ": throughput, Kurir to straight, a call per message", mine / single, "ratio");
        report.row(
                name + ": throughput, Kurir to the faster straight", mine / Math.max(grouped, single), "ratio", ">= 1");
        Costs.perMessage(report, name, used, (double) count * runs);
        report.row(
                name + ", straight: CPU of Chromium and Node.js per message",
                theirs * 1000 / (2.0 * count * runs),
                "ms");
    }

    /** Sends through Kurir's API, {@code inFlight} requests at any time. */
    private static Sample kurir(House house, Shape shape, int inFlight, int count) throws Exception {
        double[] millis = new double[count];
        AtomicInteger next = new AtomicInteger();
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> loops = new ArrayList<>();
            for (int loop = 0; loop < inFlight; loop++) {
                loops.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        long sent = System.nanoTime();
                        send(house, shape, i);
                        millis[i] = (System.nanoTime() - sent) / 1e6;
                    }
                }));
            }
            for (Future<?> loop : loops) {
                loop.get();
            }
        }
        return Sample.of(millis, (System.nanoTime() - begin) / 1e9);
    }

    private static void send(House house, Shape shape, int number) {
        int device = number % shape.devices();
        String to = shape.recipients(device).get(number / shape.devices() % RECIPIENTS);
        Api.Answer answer = house.api.post(
                "/api/whatsapp-multi-device/devices/" + Shape.device(device) + "/send-message",
                new JsonObject().put("to", to).put("message", TEXT + " " + number));
        if (answer.status() != 200) {
            throw new IllegalStateException("send: " + answer.status() + " " + answer.body());
        }
    }
}
