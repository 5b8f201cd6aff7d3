package io.kurir.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon of ours. It runs in a session of its own, so that a Ctrl-C in the terminal reaches only us and we stop it when
 * nobody needs it any more; its pid file says who it is after we are gone.
 *
 * <p>Thread-safe: {@link #up} and {@link #close} exclude each other.
 */
abstract class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final long LOG_LIMIT_BYTES = 10_000_000;
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final String name;
    private final Path log;
    private final int port;
    private volatile boolean closed;

    Server(String name, Path log, int port) {
        this.name = name;
        this.log = log;
        this.port = port;
    }

    /** Starts the daemon on {@link #port()} and returns when it answers. */
    abstract void launch() throws IOException, InterruptedException;

    /** Stops that process, politely, within some seconds. */
    abstract void stop(ProcessHandle process) throws IOException, InterruptedException;

    /** The daemon that runs on our folder, ours or left behind by an earlier process of ours. */
    abstract Optional<ProcessHandle> running();

    final int port() {
        return port;
    }

    final Path log() {
        return log;
    }

    /** Stops what was left behind, starts afresh and from then on again whenever it dies. */
    final synchronized void up() throws IOException, InterruptedException {
        var left = running();
        if (left.isPresent()) {
            LOG.info(
                    "Stopping the {} that an earlier run left behind (pid {})",
                    name,
                    left.get().pid());
            halt(left.get());
        }
        rotateLog();
        try {
            launch();
        } catch (IOException | InterruptedException e) {
            close();
            throw e;
        }
        Thread.ofVirtual().name(name).start(this::watch);
    }

    private void watch() {
        try {
            var look = LOOK;
            while (!closed) {
                Thread.sleep(look);
                look = kept() ? LOOK : RETRY;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The children of a killed server may hold its memory for a while, so that starting it again takes more than one try. */
    private synchronized boolean kept() throws InterruptedException {
        if (closed || running().isPresent()) {
            return true;
        }
        LOG.warn("{} died, starting it again on port {}", name, port);
        try {
            launch();
            return true;
        } catch (IOException e) {
            LOG.warn("{} did not come up: {}", name, e.getMessage());
            return false;
        }
    }

    final synchronized void close() {
        closed = true;
        try {
            var process = running();
            if (process.isPresent()) {
                halt(process.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void halt(ProcessHandle process) throws IOException, InterruptedException {
        stop(process);
        if (!gone(process, Duration.ZERO)) {
            LOG.warn("{} (pid {}) did not stop, killing it", name, process.pid());
            process.destroyForcibly();
            gone(process, Duration.ofSeconds(5));
        }
    }

    /** Waits for a process' end; whether it came. One that only its parent has not buried yet shows no program any more. */
    static boolean gone(ProcessHandle process, Duration patience) throws InterruptedException {
        var deadline = System.nanoTime() + patience.toNanos();
        while (process.isAlive() && process.info().command().isPresent()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.sleep(10);
        }
        return true;
    }

    /** The process of a pid file, if its command line shows that it is the one that we mean and not a later one of that number. */
    static Optional<ProcessHandle> process(Path pidFile, String program, Path argument) {
        try (var lines = Files.lines(pidFile)) {
            return lines.findFirst()
                    .map(String::strip)
                    .filter(line -> line.matches("\\d{1,10}"))
                    .flatMap(line -> ProcessHandle.of(Long.parseLong(line)))
                    .filter(process -> process.info().command().orElse("").endsWith(program)
                            && Arrays.asList(process.info().arguments().orElse(new String[0]))
                                    .contains(argument.toString()));
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** Runs a tool to its end. */
    static void run(Path log, Stream<String> command, Duration patience) throws IOException, InterruptedException {
        var words = command.toList();
        Files.createDirectories(log.toAbsolutePath().getParent());
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("LC_ALL", "C");
        var process = builder.start();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(words.getFirst() + " did not end within " + patience.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            // Cut off in the middle, pg_ctl would leave a server that has not written its pid yet, for nobody to find.
            process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
            throw e;
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", words.subList(0, Math.min(3, words.size()))) + " ended with "
                    + process.exitValue() + lastLine(log));
        }
    }

    private static String lastLine(Path log) throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.matches(".*(FATAL|PANIC|error|not permitted|# ).*"))
                    .reduce((_, last) -> last)
                    .map(last -> ": " + last.strip())
                    .orElse("");
        }
    }

    private void rotateLog() throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT_BYTES) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
