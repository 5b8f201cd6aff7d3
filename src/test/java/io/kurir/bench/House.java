package io.kurir.bench;

import io.kurir.Progress;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.db.embedded.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that a bench runs against, each part a process of its own, as in production: PostgreSQL and Redis (durable), the simulated WhatsApp
 * and one Kurir. In a folder of its own that goes with it.
 */
final class House implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(15);
    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");
    static final String KEY = "kurir_bench_0123456789abcdef";

    private interface Part {
        void stop() throws Exception;
    }

    private final Deque<Part> parts = new ArrayDeque<>();
    private final Vertx vertx;
    final Path home;
    final Path folder;
    final URI database;
    final URI simulatorUrl;
    final URI apiUrl;
    final Process simulator;
    final Process kurir;
    final Api api;
    final Api phones;

    /** {@code settings}: more environment variables for Kurir; {@code flags}: more flags for its JVM. */
    House(Map<String, String> settings, List<String> flags) throws Exception {
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
            this.simulator = start("simulator", Map.of(), List.of(), "simulator", "--port", "0");
            this.simulatorUrl = simulatorUrl(simulator);
            this.phones = new Api(vertx, simulatorUrl, Map.of());
            phones.put("/api/knobs", new JsonObject().put("syncDelayMs", 200)).ok("shorten the synchronisation");
            int port = Ports.free();
            Map<String, String> environment = new java.util.HashMap<>(settings);
            environment.putAll(Map.of(
                    "DATABASE_URL", databases.databaseUrl(),
                    "REDIS_URL", databases.redisUrl(),
                    "KURIR_WHATSAPP_BASE_URL", simulatorUrl.toString(),
                    "KURIR_CLUSTER_NAME", String.valueOf(folder.getFileName()),
                    "KURIR_ADMIN_EMAIL", "bench@example.com",
                    "KURIR_ADMIN_PASSWORD", "only for this bench",
                    "KURIR_API_KEY", KEY));
            this.kurir = start(
                    "kurir",
                    environment,
                    flags,
                    "start",
                    "--simulator",
                    "--port",
                    Integer.toString(port),
                    "--data",
                    folder.resolve("node").toString());
            this.apiUrl = URI.create("http://127.0.0.1:" + port);
            this.api = new Api(vertx, apiUrl, Map.of("x-api-key", KEY));
            awaitHealth();
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private Process start(String name, Map<String, String> environment, List<String> flags, String... arguments)
            throws IOException {
        List<String> line = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "@" + home.resolve("conf/jvm.options"),
                "-Dkurir.home=" + home));
        line.addAll(flags);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.kurir.Main"));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("KURIR_") || key.endsWith("_URL"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        parts.push(() -> stop(process));
        return process;
    }

    private Path log(String name) {
        return folder.resolve(name + ".out");
    }

    private static void stop(Process process) throws InterruptedException {
        List<ProcessHandle> tree = Processes.tree(process.toHandle());
        process.destroy();
        process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS);
        end(tree);
    }

    /** What is still there is killed; returns when all are gone, and with them the files that they wrote. */
    static void end(List<ProcessHandle> processes) {
        processes.forEach(ProcessHandle::destroyForcibly);
        processes.forEach(ended -> ended.onExit().join());
    }

    private URI simulatorUrl(Process process) throws Exception {
        return poll("the simulator", process, () -> {
            Matcher url = URL.matcher(Processes.text(log("simulator")));
            return url.find() ? Optional.of(URI.create(url.group())) : Optional.empty();
        });
    }

    private void awaitHealth() throws Exception {
        poll("Kurir", kurir, () -> {
            try {
                return api.get("/health").status() == 200 ? Optional.of(true) : Optional.empty();
            } catch (IllegalStateException notYet) {
                return Optional.empty();
            }
        });
    }

    interface Look<T> {
        Optional<T> look() throws Exception;
    }

    <T> T poll(String what, Process process, Look<T> look) throws Exception {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            Optional<T> seen = look.look();
            if (seen.isPresent()) {
                return seen.get();
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException(
                what + " did not come up:\n" + Processes.text(log("kurir")) + Processes.text(log("simulator")));
    }

    /** Creates a device and has a simulated phone scan its QR code; returns when it is connected. */
    void link(String device, String phone) throws Exception {
        String path = "/api/whatsapp-multi-device/devices";
        api.post(path, new JsonObject().put("deviceId", device).put("deviceName", device))
                .ok("create " + device);
        api.post(path + "/" + device + "/connect", new JsonObject()).ok("connect " + device);
        poll(device, kurir, () -> {
            JsonObject status =
                    api.get(path + "/" + device + "/status").ok("status").json().getJsonObject("data");
            Optional.ofNullable(status.getString("qrCode"))
                    .filter(qr -> !qr.isEmpty())
                    // a code that has just been replaced is refused, and one that was scanned is used up
                    .ifPresent(qr -> phones.post("/api/phones/" + phone + "/scan", new JsonObject().put("qr", qr)));
            return status.getBoolean("isConnected") ? Optional.of(true) : Optional.empty();
        });
    }

    /** The postmaster, all other processes of PostgreSQL are below it. */
    ProcessHandle postgres() throws IOException {
        String pid =
                Files.readAllLines(folder.resolve("postgres/postmaster.pid")).getFirst();
        return ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
    }

    String kurirsLog() {
        return Processes.text(log("kurir"));
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

    /** A process's output, line by line. */
    static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }
}
