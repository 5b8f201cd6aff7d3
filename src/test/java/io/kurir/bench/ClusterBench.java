package io.kurir.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/bench cluster}: what several nodes cost and how long devices stand still, with pages that cost nothing. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = {
            "The bus between two JVMs, sending through a node that does not own the device, and devices that move when a node leaves or is killed;"
                    + " with instant pages.",
            "What a real page adds to a takeover is measured by the fault tests (mvn verify), not here."
        })
final class ClusterBench implements Callable<Integer> {
    /** What can be measured by itself, in this order. */
    enum Part {
        bus,
        dispatch,
        leave,
        kill
    }

    /** What all parts are told. */
    record Scale(boolean quick, int runs) {
        int of(int full) {
            return quick ? Math.max(1, full / 10) : full;
        }
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

    private final Report report = new Report("cluster");

    @Override
    public Integer call() throws Exception {
        Scale scale = new Scale(quick, quick ? 1 : runs);
        System.out.println(Machine.facts("instant pages"));
        for (Part part : Part.values()) {
            if (only.contains(part)) {
                System.out.println(part + " …");
                try (ClusterHouse house = new ClusterHouse()) {
                    measure(part, house, scale);
                }
            }
        }
        System.out.println();
        report.print(System.out);
        if (json != null) {
            report.write(json);
        }
        return 0;
    }

    private void measure(Part part, ClusterHouse house, Scale scale) throws Exception {
        switch (part) {
            case bus -> BusTrips.measure(house, scale, report);
            case dispatch -> DispatchLag.measure(house, scale, report);
            case leave -> Moves.measure(house, "leaves (SIGTERM)", Process::destroy, scale, report);
            case kill -> Moves.measure(house, "is killed (-9)", Process::destroyForcibly, scale, report);
        }
    }
}
