package io.kurir.bench;

import java.nio.file.Path;
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
        peers
    }

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
        try (QueueHouse house = new QueueHouse(Map.of(), flags())) {
            switch (part) {
                case throughput -> Throughput.measure(house, scale, report);
                case drain -> DrainRate.measure(house, scale, report);
                case peers -> Peers.measure(house, scale, report);
            }
        }
    }

    private List<String> flags() {
        return Optional.ofNullable(record)
                .map(file -> List.of("-XX:StartFlightRecording:settings=profile,filename=" + file.toAbsolutePath()))
                .orElse(List.of());
    }
}
