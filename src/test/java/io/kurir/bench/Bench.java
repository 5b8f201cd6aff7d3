package io.kurir.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bin/bench}: without a name it lists the benches. */
@Command(
        name = "bin/bench",
        mixinStandardHelpOptions = true,
        description = "Measures Kurir on this machine. Each bench sets up what it needs and leaves nothing behind.",
        subcommands = {
            SendBench.class,
            DensityBench.class,
            MediaBench.class,
            QueueBench.class,
            ClusterBench.class,
            HttpBench.class,
            DashboardBench.class
        })
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) {
        CommandLine bench = new CommandLine(new Bench());
        if (arguments.length == 0) {
            bench.usage(System.out);
            System.exit(0);
        }
        System.exit(bench.execute(arguments));
    }
}
