package io.kurir.cli;

import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.SettingsFile;
import java.util.HashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kurir start}: one node, until a signal. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description = "Start a node. Production, unless told otherwise.")
final class StartCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(StartCommand.class);

    @Mixin
    private Where where = new Where();

    @Option(names = "--dev", description = "Make secrets up and migrate the database by itself.")
    private boolean dev;

    @Option(names = "--simulator", description = "As --dev, against a simulated WhatsApp that is started along.")
    private boolean simulator;

    @Option(names = "--simulator-port", paramLabel = "N", defaultValue = "3080", description = "Its port (3080).")
    private int simulatorPort;

    @Option(names = "--roles", paramLabel = "ROLES", description = "Of http,worker,scheduler (all).")
    private @Nullable String roles;

    @Option(names = "--port", paramLabel = "N", description = "The port of the HTTP API (3000).")
    private @Nullable Integer port;

    @Override
    public Integer call() throws Exception {
        var stop = Stop.here();
        var options = new HashMap<String, String>();
        if (dev && simulator) {
            throw new Misconfigured("--simulator includes --dev: give one of them.");
        }
        if (dev || simulator) {
            options.put("mode", simulator ? "simulator" : "development");
        }
        if (roles != null) {
            options.put("roles", roles);
        }
        if (port != null) {
            options.put("http.port", port.toString());
        }
        var loaded = SettingsFile.load(where.sources(options));
        try (var node = Node.start(loaded, simulatorPort, new Logged())) {
            var url = node.settings().http().publicUrl();
            LOG.info("Kurir serves at {}, its dashboard at {}", url, url.resolve("/dashboard/"));
            stop.await();
            LOG.info("Stopping");
        }
        return 0;
    }

    /** Progress for a log. */
    private static final class Logged implements Progress {
        @Override
        public <T> T step(String what, Callable<T> work) throws Exception {
            var begin = System.nanoTime();
            var result = work.call();
            LOG.info("{}: {} ms", what, (System.nanoTime() - begin) / 1_000_000);
            return result;
        }
    }
}
