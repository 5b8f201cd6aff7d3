package io.kurir.bench;

import io.kurir.Progress;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * PostgreSQL and Redis (durable) and the JVMs that a bench starts beside them, each a process of its own, as in production; in a folder that goes
 * with them. They stop in the opposite order.
 */
final class Parts implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(15);

    private interface Part {
        void stop() throws Exception;
    }

    interface Look<T> {
        Optional<T> look() throws Exception;
    }

    private final Deque<Part> parts = new ArrayDeque<>();
    final Path home;
    final Path folder;
    final Vertx vertx;
    final URI database;
    final URI redis;

    Parts() throws Exception {
        this.home = Path.of(System.getProperty("kurir.home", "")).toAbsolutePath();
        // below target and not in the system's folder for temporary files, which may be memory: fsync must cost what it
        // costs
        this.folder = Files.createTempDirectory(Files.createDirectories(home.resolve("target")), "bench-");
        parts.push(this::deleteFolder);
        // a bench that is stopped by a signal leaves no process behind, either
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        try {
            this.vertx = Vertx.vertx();
            parts.push(() -> Api.await(vertx.close()));
            EmbeddedDatabases databases = EmbeddedDatabases.start(folder, Progress.SILENT);
            parts.push(databases::close);
            this.database = URI.create(databases.databaseUrl());
            this.redis = URI.create(databases.redisUrl());
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Starts a JVM with the class path of this one; its output goes to {@link #log}. */
    Process java(String name, Map<String, String> environment, List<String> flags, String main, String... arguments)
            throws IOException {
        List<String> line = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "@" + home.resolve("conf/jvm.options"),
                "-Dkurir.home=" + home));
        line.addAll(flags);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".out").toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("KURIR_") || key.endsWith("_URL"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        parts.push(() -> stop(process));
        return process;
    }

    String log(String name) {
        return Processes.text(folder.resolve(name + ".out"));
    }

    private static void stop(Process process) throws InterruptedException {
        List<ProcessHandle> tree = Processes.tree(process.toHandle());
        process.destroy();
        process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS);
        Processes.end(tree);
    }

    /** The postmaster, all other processes of PostgreSQL are below it. */
    ProcessHandle postgres() {
        String pid = Processes.text(folder.resolve("postgres/postmaster.pid"))
                .lines()
                .findFirst()
                .orElseThrow();
        return ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
    }

    /** Looks until there is something to see, or {@code process} has ended. */
    <T> T poll(String what, Process process, Look<T> look) throws Exception {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            Optional<T> seen = look.look();
            if (seen.isPresent()) {
                return seen.get();
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException(what + " did not come up:\n" + logs());
    }

    private String logs() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".out"))
                    .sorted()
                    .map(Processes::text)
                    .collect(Collectors.joining());
        }
    }

    void awaitHealth(Api api, Process kurir) throws Exception {
        poll("Kurir", kurir, () -> {
            try {
                return api.get("/health").status() == 200 ? Optional.of(true) : Optional.empty();
            } catch (IllegalStateException notYet) {
                return Optional.empty();
            }
        });
    }

    private void deleteFolder() throws IOException {
        try (var tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** May be called twice; what was closed stays closed. */
    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().stop();
            } catch (Exception e) {
                System.err.println("A part of the bench did not stop in order: " + e);
            }
        }
    }
}
