package io.kurir.db.embedded;

import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.Secrets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** Redis in {@code <data>/redis}, from the binary of embedded-redis, whose launcher knows neither passwords nor orphans. */
final class EmbeddedRedis extends Server {
    private static final String MAJOR = "6";
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(4);
    private static final int PROBE_MILLIS = 500;

    private final Path folder;
    private final Path program;
    private final String password;

    private EmbeddedRedis(Path data, Path program, int port, String password) {
        super("Redis", data.resolve("log/redis.log"), port);
        this.folder = data.resolve("redis");
        this.program = program;
        this.password = password;
    }

    static EmbeddedRedis start(Path data, Secrets secrets, Progress progress) throws Exception {
        checkVersion(data.resolve("redis"));
        var bin = data.resolve("bin/redis-" + MAJOR);
        if (!Binaries.complete(bin)) {
            progress.step("unpacking Redis " + MAJOR, () -> Binaries.unpackRedis(bin));
        }
        var password = secrets.keep("redis-password", () -> Secrets.random(24));
        var redis = new EmbeddedRedis(data, bin.resolve("redis-server"), Ports.free(), password);
        return progress.step("starting Redis", () -> {
            redis.up();
            return redis;
        });
    }

    String url() {
        return url(password, port());
    }

    private static String url(String password, int port) {
        return "redis://:" + password + "@127.0.0.1:" + port;
    }

    /** The URL of the one that another process runs in that folder. */
    static Optional<String> running(Path data) {
        var folder = data.resolve("redis");
        var settings = folder.resolve("redis.conf");
        if (process(folder.resolve("redis.pid"), "redis-server", settings).isEmpty()) {
            return Optional.empty();
        }
        try {
            var password = Files.readString(new Secrets(data).file("redis-password"));
            return Files.readAllLines(settings).stream()
                    .filter(line -> line.startsWith("port "))
                    .map(line -> url(
                            password.strip(), Integer.parseInt(line.substring(5).strip())))
                    .findFirst();
        } catch (IOException | NumberFormatException stopping) {
            return Optional.empty();
        }
    }

    private static void checkVersion(Path folder) throws IOException {
        var file = Files.createDirectories(folder).resolve("REDIS_VERSION");
        if (!Files.exists(file)) {
            Files.writeString(file, MAJOR + "\n");
        }
        var version = Files.readString(file).strip();
        if (!version.equals(MAJOR)) {
            throw new Misconfigured(folder + " was written by Redis " + version + " and this Kurir brings " + MAJOR
                    + ": move that folder away (it holds nothing that may not be forgotten) and start again.");
        }
    }

    @Override
    void launch() throws IOException, InterruptedException {
        Files.deleteIfExists(pidFile());
        var settings = settings();
        Files.deleteIfExists(settings);
        Files.createFile(settings, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        // the title would hide the command line, by which we know it again
        Files.writeString(settings, """
                bind 127.0.0.1
                port %d
                requirepass %s
                dir "%s"
                pidfile "%s"
                logfile "%s"
                daemonize yes
                set-proc-title no
                appendonly yes
                appendfsync everysec
                save ""
                """.formatted(port(), password, folder, pidFile(), log()));
        run(log(), Stream.of(program.toString(), settings.toString()), START);
        awaitAnswer();
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        var deadline = System.nanoTime() + START.toNanos();
        while (!answers()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("Redis does not answer on port " + port() + ", see " + log());
            }
            Thread.sleep(20);
        }
    }

    /** Redis refuses a PING while it still loads its file, and does not listen at all before. */
    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), PROBE_MILLIS);
            socket.setSoTimeout(PROBE_MILLIS);
            socket.getOutputStream()
                    .write(("AUTH " + password + "\r\nPING\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.startsWith("+OK") && answer.contains("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    void stop(ProcessHandle process) throws InterruptedException {
        process.destroy();
        gone(process, STOP);
    }

    @Override
    Optional<ProcessHandle> running() {
        return process(pidFile(), "redis-server", settings());
    }

    private Path pidFile() {
        return folder.resolve("redis.pid");
    }

    private Path settings() {
        return folder.resolve("redis.conf");
    }
}
