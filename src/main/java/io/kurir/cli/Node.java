package io.kurir.cli;

import io.kurir.FolderLock;
import io.kurir.Kurir;
import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.SettingsFile.Loaded;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.simulator.Simulator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that one process runs: the embedded databases, the simulator, Kurir. They start in this order and stop in the
 * opposite one, so that nothing loses what it stands on. Confined to the thread that starts it.
 */
final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    /** The whole stop is to take less than 10 s; the databases need up to 4 of them. */
    private static final Duration KURIR_STOPS = Duration.ofSeconds(6);

    private static final Duration SIMULATOR_STOPS = Duration.ofSeconds(1);
    private static final Duration STARTS = Duration.ofMinutes(2);

    private final Deque<Part> parts = new ArrayDeque<>();
    private Loaded loaded;

    private interface Part {
        void stop() throws Exception;
    }

    private Node(Loaded loaded) {
        this.loaded = loaded;
    }

    /**
     * Starts all of them and returns when Kurir serves.
     *
     * @throws Misconfigured when something of the surroundings is not as it must be
     * @throws InterruptedException when a signal came; everything is stopped then
     */
    static Node start(Loaded loaded, int simulatorPort, Progress progress) throws Exception {
        loaded.warnings().forEach(LOG::warn);
        var node = new Node(loaded);
        try {
            node.startAll(simulatorPort, progress);
            return node;
        } catch (Exception e) {
            // a signal has done its work; closing is to run to its end
            Thread.interrupted();
            node.close();
            throw e;
        }
    }

    Settings settings() {
        return loaded.settings();
    }

    private void startAll(int simulatorPort, Progress progress) throws Exception {
        var http = settings().http();
        requireFree(http.host(), http.port(), "--port or KURIR_HTTP_PORT");
        if (loaded.simulate()) {
            requireFree("127.0.0.1", simulatorPort, "--simulator-port");
        }
        var lock = FolderLock.take(settings().data(), "kurir.lock");
        parts.push(lock::close);
        temporaryFolder();
        startDatabases(progress);
        progress.step("checking the database schema", () -> {
            Schema.prepare(settings().database());
            return true;
        });
        if (loaded.simulate()) {
            progress.step("starting the simulated WhatsApp", () -> startSimulator(simulatorPort));
        }
        var kurir = progress.step("starting Kurir", () -> await(Kurir.start(settings()), STARTS));
        parts.push(() -> await(kurir.close(), KURIR_STOPS));
        var drain = settings().cluster().drainTimeout();
        if (drain.isPositive()) {
            parts.push(() -> await(kurir.drain(), drain));
        }
    }

    private void startDatabases(Progress progress) throws InterruptedException {
        var kinds = EnumSet.noneOf(EmbeddedDatabases.Kind.class);
        if (loaded.embedPostgres()) {
            kinds.add(EmbeddedDatabases.Kind.POSTGRES);
        }
        if (loaded.embedRedis()) {
            kinds.add(EmbeddedDatabases.Kind.REDIS);
        }
        if (kinds.isEmpty()) {
            return;
        }
        var databases = EmbeddedDatabases.start(settings().data(), kinds, progress);
        parts.push(databases::close);
        if (loaded.embedPostgres()) {
            loaded = loaded.withDatabase(databases.databaseUrl());
        }
        if (loaded.embedRedis()) {
            loaded = loaded.withRedis(databases.redisUrl());
        }
    }

    /** In a Vert.x of its own, as the stranger that it plays. */
    private URI startSimulator(int port) throws Exception {
        var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        parts.push(() -> await(vertx.close(), SIMULATOR_STOPS));
        var state = settings().data().resolve("simulator.journal");
        var options = new Simulator.Options("127.0.0.1", port, Optional.of(state));
        var simulator = await(Simulator.start(vertx, options), STARTS);
        parts.push(() -> await(simulator.close(), SIMULATOR_STOPS));
        var url = URI.create(simulator.url());
        loaded = loaded.withSimulator(url);
        return url;
    }

    /** The libraries' temporary files lie in our folder, so that what a killed run left there is known to be ours: 134 MB each. */
    private void temporaryFolder() throws IOException {
        var folder = settings().data().resolve("tmp");
        if (Files.exists(folder)) {
            try (var tree = Files.walk(folder)) {
                for (var path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
        Files.createDirectories(folder);
        System.setProperty("playwright.driver.tmpdir", folder.toString());
        System.setProperty("vertx.cacheDirBase", folder.resolve("vertx").toString());
    }

    private static void requireFree(String host, int port, String setting) {
        try {
            new ServerSocket(port, 1, InetAddress.getByName(host)).close();
        } catch (IOException e) {
            throw new Misconfigured("Cannot listen at " + host + ":" + port + " (" + e.getMessage()
                    + "): stop what uses it or choose another with " + setting + ".");
        }
    }

    /** Blocks until it has happened, and gives way to a signal. */
    static <T> T await(Future<T> future, Duration patience) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new IOException("Not done within " + patience.toSeconds() + " s", e);
        }
    }

    /** Stops all parts, also when one of them fails to. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().stop();
            } catch (Exception e) {
                LOG.warn("A part did not stop in order", e);
            }
        }
    }
}
