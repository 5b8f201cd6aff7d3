package io.kurir.bench;

import io.kurir.bench.SendBench.Shape;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/bench density}: what linked devices cost in memory and CPU, several in one Chromium as Kurir does it, beside one Chromium per device as
 * gateways usually do it. One way after the other, because processes of the same program share pages and the proportional set size splits them.
 *
 * <p>The page is the simulator's: what a page of real WhatsApp Web adds per device is not in these figures.
 */
@Command(
        name = "density",
        mixinStandardHelpOptions = true,
        description = "Memory and CPU of linked devices, several per Chromium, beside one Chromium per device.")
final class DensityBench implements Callable<Integer> {
    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there, too.")
    private @Nullable Path json;

    @Option(
            names = "--devices",
            split = ",",
            defaultValue = "1,5,10,20",
            description = "How many devices (1,5,10,20), rising.")
    private List<Integer> devices = List.of();

    @Option(
            names = "--per-browser",
            split = ",",
            defaultValue = "5,20",
            description = "How many of them share a Chromium (5,20).")
    private List<Integer> perBrowser = List.of();

    @Option(names = "--seconds", defaultValue = "15", description = "How long CPU is counted, idle and sending (15).")
    private int seconds;

    private final Report report = new Report("density");

    /** Chromium's memory in MiB by number of devices, per way. */
    private final Map<String, Map<Integer, Double>> memory = new HashMap<>();

    /** One way to have devices linked. */
    private interface Way {
        void link(int number) throws Exception;

        ProcessHandle root();

        void send(Shape shape, int count) throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        System.out.println(Machine.facts());
        System.out.println("""
                Memory: PSS of all processes of Chromium, idle, after %d s. CPU: of Chromium, in %% of one core, idle and while each device sends
                1 message/s to people who receive and read it. One per device: Playwright for Node.js, a headless Chromium with its own
                profile for each device, wa-js and nothing of Kurir's.
                """.formatted(seconds));
        try (House house = new House(Map.of(), List.of());
                Straight straight = new Straight(house.folder, house.simulatorUrl, true)) {
            measure("one per device", new Yardstick(straight));
        }
        for (int most : perBrowser) {
            Map<String, String> settings = Map.of(
                    "KURIR_WHATSAPP_BROWSER_DEVICES_PER_BROWSER", Integer.toString(most),
                    "KURIR_SEND_PER_MINUTE", "1000000",
                    "KURIR_SEND_BURST", "1000000");
            try (House house = new House(settings, List.of())) {
                measure(most + " per Chromium", new Kurirs(house));
            }
        }
        ratios();
        System.out.println();
        report.print(System.out);
        if (json != null) {
            report.write(json);
        }
        return 0;
    }

    private void measure(String name, Way way) throws Exception {
        int linked = 0;
        for (int count : devices) {
            System.out.println(name + ", " + count + (count == 1 ? " device …" : " devices …"));
            for (; linked < count; linked++) {
                way.link(linked);
            }
            String row = "%s, %d: ".formatted(name, count);
            Shape shape = new Shape(count);
            way.send(shape, count); // warm: each has sent once
            double idle = cpu(way, () -> TimeUnit.SECONDS.sleep(seconds));
            double mebibytes = Processes.pssMiB(way.root(), Processes::isBrowser);
            double others = Processes.pssMiB(way.root(), any -> true) - mebibytes;
            double busy = cpu(way, () -> way.send(shape, count * seconds));
            memory.computeIfAbsent(name, _ -> new HashMap<>()).put(count, mebibytes);
            report.row(row + "memory of Chromium", mebibytes, "MiB");
            report.row(row + "memory of the processes around it", others, "MiB");
            report.row(row + "CPU idle", idle, "%");
            report.row(row + "CPU at 1 message/s each", busy, "%");
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private static double cpu(Way way, Work work) throws Exception {
        double before = Processes.cpuSeconds(way.root(), Processes::isBrowser);
        long begin = System.nanoTime();
        work.run();
        double used = Processes.cpuSeconds(way.root(), Processes::isBrowser) - before;
        return 100 * used / ((System.nanoTime() - begin) / 1e9);
    }

    private void ratios() {
        Map<Integer, Double> alone = memory.getOrDefault("one per device", Map.of());
        int most = devices.getLast();
        for (int shared : perBrowser) {
            Map<Integer, Double> together = memory.getOrDefault(shared + " per Chromium", Map.of());
            double ratio = together.getOrDefault(most, 0.0) / alone.getOrDefault(most, 1.0);
            report.row(
                    "%d devices, %d per Chromium: memory to one per device".formatted(most, shared),
                    ratio,
                    "ratio",
                    shared >= 20 ? "<= 0.33" : "<= 0.6");
        }
    }

    private record Yardstick(Straight straight) implements Way {
        @Override
        public void link(int number) throws Exception {
            straight.open(List.of("62812000%03d1".formatted(number)));
        }

        @Override
        public ProcessHandle root() {
            return straight.process();
        }

        @Override
        public void send(Shape shape, int count) throws Exception {
            straight.paced(shape, count);
        }
    }

    private record Kurirs(House house) implements Way {
        @Override
        public void link(int number) throws Exception {
            house.link(Shape.device(number), "62811000%03d1".formatted(number));
        }

        @Override
        public ProcessHandle root() {
            return house.kurir.toHandle();
        }

        /** Each device once a second. */
        @Override
        public void send(Shape shape, int count) throws Exception {
            long begin = System.nanoTime();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> sends = IntStream.range(0, count)
                        .<Future<?>>mapToObj(number -> threads.submit(() -> {
                            long due = begin + TimeUnit.SECONDS.toNanos(number) / shape.devices();
                            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                            sendOne(shape, number);
                            return number;
                        }))
                        .toList();
                for (Future<?> send : sends) {
                    send.get();
                }
            }
        }

        private void sendOne(Shape shape, int number) {
            int device = number % shape.devices();
            List<String> people = shape.recipients(device);
            String to = people.get(number / shape.devices() % people.size());
            house.api
                    .post(
                            "/api/whatsapp-multi-device/devices/" + Shape.device(device) + "/send-message",
                            new JsonObject().put("to", to).put("message", SendBench.TEXT + " " + number))
                    .ok("send");
        }
    }
}
