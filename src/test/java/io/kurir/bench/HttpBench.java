package io.kurir.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/bench http}: what the HTTP API does, with pages that cost nothing, beside a minimal service in Node that accepts the same. */
@Command(
        name = "http",
        mixinStandardHelpOptions = true,
        description =
                "Logins, lists, durable accepting and event streams over HTTP, beside Express with BullMQ and SQLite.")
final class HttpBench implements Callable<Integer> {
    /** What can be measured by itself, in this order. */
    enum Part {
        login,
        devices,
        accept,
        list,
        streams
    }

    private static final Map<String, String> LIFTED = Map.of(
            "KURIR_SEND_PER_MINUTE", "1000000",
            "KURIR_SEND_BURST", "1000000",
            "KURIR_ACCESS_LOGINS_PER_QUARTER_HOUR", "1000000");

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

    private final Report report = new Report("http");

    @Override
    public Integer call() throws Exception {
        QueueBench.Scale scale = new QueueBench.Scale(quick, quick ? 1 : runs, inFlight);
        System.out.println(Machine.facts("instant pages"));
        try (QueueHouse house = new QueueHouse(LIFTED, List.of())) {
            HttpCalls calls = new HttpCalls(house, scale, report);
            for (Part part : Part.values()) {
                if (only.contains(part)) {
                    System.out.println(part + " …");
                    measure(part, house, calls, scale);
                    report.print(System.out); // at once: a bench that is cut off must not lose what it has
                }
            }
        }
        if (json != null) {
            report.write(json);
        }
        return 0;
    }

    private void measure(Part part, QueueHouse house, HttpCalls calls, QueueBench.Scale scale) throws Exception {
        switch (part) {
            case login -> calls.login();
            case devices -> calls.devices();
            case accept -> Accepting.measure(house, scale, report);
            case list -> calls.list();
            case streams -> Streams.measure(house, scale, report);
        }
    }
}
