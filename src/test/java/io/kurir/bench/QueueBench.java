package io.kurir.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/bench queue}: what Kurir and PostgreSQL do for a message when the page costs nothing. Each part sets up databases and a node of its own.
 */
@Command(
        name = "queue",
        mixinStandardHelpOptions = true,
        description = "Accepting, draining, scheduling and broadcasting with instant pages, beside other job queues.")
final class QueueBench implements Callable<Integer> {
    /** What can be measured by itself, in this order. */
    enum Part {
        throughput,
        drain,
        lateness,
        interactive,
        broadcast,
        peers
    }

    private static final Map<String, String> LIFTED =
            Map.of("KURIR_SEND_PER_MINUTE", "1000000", "KURIR_SEND_BURST", "1000000");

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there, too.")
    private @Nullable Path json;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Runs of each measurement (3).")
    private int runs;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PART",
            description = "Only these: ${COMPLETION-CANDIDATES} (all).")
    private List<Part> only = List.of(Part.values());

    @Option(names = "--quick", description = "One run, small numbers: whether it works, not how fast.")
    private boolean quick;

    @Option(names = "--in-flight", paramLabel = "N", defaultValue = "64", description = "Concurrency (64).")
    private int inFlight;

    @Option(names = "--record", paramLabel = "FILE", description = "Let Flight Recorder watch Kurir's JVM.")
    private @Nullable Path record;

    @Option(names = "--statements", description = "Show what PostgreSQL was busy with.")
    private boolean profile;

    private final Report report = new Report("queue");

    /** What all parts are told. */
    record Scale(boolean quick, int runs, int inFlight) {
        int of(int full) {
            return quick ? Math.max(1, full / 20) : full;
        }
    }

    @Override
    public Integer call() throws Exception {
        Scale scale = new Scale(quick, quick ? 1 : runs, inFlight);
        System.out.println(Machine.facts("instant pages"));
        for (Part part : Part.values()) {
            if (only.contains(part)) {
                measure(part, scale);
            }
        }
        System.out.println();
        report.print(System.out);
        if (json != null) {
            report.write(json);
        }
        return 0;
    }

    private void measure(Part part, Scale scale) throws Exception {
        System.out.println(part + " …");
        switch (part) {
            case throughput -> with(LIFTED, List.of(), house -> Throughput.measure(house, scale, report));
            case drain -> with(LIFTED, List.of(), house -> DrainRate.measure(house, scale, report));
            case lateness -> with(LIFTED, List.of(), house -> Lateness.measure(house, scale, report));
            case interactive -> {
                with(
                        Map.of("KURIR_SEND_PER_MINUTE", "6000", "KURIR_SEND_BURST", "100"),
                        List.of(),
                        house -> Broadcast.interactive(house, scale, "budget 6,000/min", "< 2", report));
                with(LIFTED, List.of(), house -> Broadcast.interactive(house, scale, "no budget", "", report));
            }
            case broadcast -> with(LIFTED, List.of("-Xmx256m"), house -> Broadcast.accept(house, scale, report));
            case peers -> with(LIFTED, List.of(), house -> Peers.measure(house, scale, report));
        }
    }

    private interface Measurement {
        void run(QueueHouse house) throws Exception;
    }

    private void with(Map<String, String> settings, List<String> flags, Measurement measurement) throws Exception {
        List<String> all = new ArrayList<>(flags);
        Optional.ofNullable(record)
                .ifPresent(
                        file -> all.add("-XX:StartFlightRecording:settings=profile,filename=" + file.toAbsolutePath()));
        try (QueueHouse house = new QueueHouse(settings, all);
                Statements statements = new Statements(house.parts, profile)) {
            measurement.run(house);
            statements.print(System.out);
        }
    }
}
