package io.kurir.cli;

import io.kurir.simulator.Simulator;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kurir simulator}: the simulated WhatsApp alone, for nodes that run elsewhere on this machine. */
@Command(
        name = "simulator",
        mixinStandardHelpOptions = true,
        description = "Start the simulated WhatsApp alone, on loopback.")
final class SimulatorCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(names = "--port", paramLabel = "N", defaultValue = "3080", description = "Its port, 0 for any (3080).")
    private int port;

    @Option(names = "--state", paramLabel = "FILE", description = "Where it remembers; without, it forgets at its end.")
    private @Nullable Path state;

    @Override
    public Integer call() throws Exception {
        var stop = Stop.here();
        var vertx = Vertx.vertx();
        try {
            var options = new Simulator.Options("127.0.0.1", port, Optional.ofNullable(state));
            var simulator = Node.await(Simulator.start(vertx, options), PATIENCE);
            System.out.println("The simulated WhatsApp Web is at " + simulator.url() + ", its phones at "
                    + simulator.url() + "phones/. Ctrl-C stops it.");
            stop.await();
            Node.await(simulator.close(), PATIENCE);
        } finally {
            Node.await(vertx.close(), PATIENCE);
        }
        return 0;
    }
}
