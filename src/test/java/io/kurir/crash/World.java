package io.kurir.crash;

import io.kurir.Progress;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.db.embedded.Ports;
import io.kurir.simulator.Simulator;
import io.kurir.whatsapp.Rig;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * All that a crash test runs: the simulated WhatsApp and the databases, which this JVM keeps, and Kurir as a process. One device is linked,
 * or several. Used by one thread, but for what says otherwise.
 * Over 300 lines: all that the crash tests can do to the world.
 */
final class World implements AutoCloseable {
    static final String SENDER = sender(0);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String DEVICES = "/api/whatsapp-multi-device/devices";
    private static final String KEY = "kurir_crash_" + HexFormat.of().toHexDigits(new Random().nextLong());
    private static final int SMOOTH_DELIVER_MS = 20;
    private static final int SMOOTH_READ_MS = 40;

    final Path folder;
    final Duration lease;
    final KurirProcess kurir;
    final Records records;
    private final Vertx vertx = Vertx.vertx();
    private final Simulator simulator;
    private final EmbeddedDatabases databases;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private final int devices;

    World(String name, Duration lease) throws Exception {
        this(name, lease, 1, Map.of());
    }

    /**
     * With several devices.
     *
     * @param lease how long Kurir owns a device without renewing; of that it trusts all but the last second
     * @param more environment variables
     */
    World(String name, Duration lease, int devices, Map<String, String> more) throws Exception {
        this.devices = devices;
        this.lease = lease;
        this.folder = Path.of("target", "crash", name).toAbsolutePath();
        delete(folder);
        Files.createDirectories(folder);
        this.simulator = Rig.get(Simulator.start(
                vertx, new Simulator.Options("127.0.0.1", 0, Optional.of(folder.resolve("simulator.journal")))));
        this.databases = EmbeddedDatabases.start(folder.resolve("db"), new Silent());
        // as in KurirProcess; closing twice is harmless
        Runtime.getRuntime().addShutdownHook(new Thread(databases::close));
        this.records = new Records(databases.databaseUrl());
        int port = Ports.free();
        this.base = URI.create("http://127.0.0.1:" + port);
        this.kurir = new KurirProcess(folder.resolve("kurir"), folder.resolve("kurir.log"), environment(port, more));
        calm();
    }

    static String device(int index) {
        return "crash-" + (index + 1);
    }

    /** The number of that device's account. */
    static String sender(int index) {
        return "62811000000%02d".formatted(index + 1);
    }

    private Map<String, String> environment(int port, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        Map.ofEntries(
                        Map.entry("DATABASE_URL", databases.databaseUrl()),
                        Map.entry("REDIS_URL", databases.redisUrl()),
                        // a process that lives for seconds is not worth the second compiler: 20 starts take half as
                        // long
                        Map.entry("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"),
                        Map.entry("KURIR_DATA", folder.resolve("kurir").toString()),
                        Map.entry("KURIR_HTTP_PORT", String.valueOf(port)),
                        Map.entry("KURIR_WHATSAPP_BASE_URL", simulator.url()),
                        Map.entry("KURIR_CLUSTER_NAME", "crash-" + KEY.substring(12)),
                        Map.entry("KURIR_ADMIN_EMAIL", "crash@example.org"),
                        Map.entry("KURIR_ADMIN_PASSWORD", "crash-test-" + KEY.substring(12)),
                        Map.entry("KURIR_API_KEY", KEY),
                        Map.entry("KURIR_SEND_PER_MINUTE", "60000"),
                        Map.entry("KURIR_SEND_BURST", "1000"),
                        Map.entry("KURIR_DELIVERY_GRACE_TIME", "1s"),
                        Map.entry("KURIR_DELIVERY_BASE_DELAY", "200ms"),
                        Map.entry("KURIR_DEVICE_RECONNECT_DELAY", "200ms"),
                        Map.entry("KURIR_LEASE_TTL", lease.toSeconds() + "s"),
                        Map.entry("KURIR_LEASE_RENEW_EVERY", "1s"),
                        Map.entry("KURIR_LEASE_MARGIN", "1s"))
                .forEach(environment::putIfAbsent);
        return environment;
    }

    /** Starts Kurir and links each device by a QR code that a simulated phone scans. */
    World link() throws Exception {
        System.out.println("budget raised to 60000 messages per minute, 1000 at once; lease " + lease.toSeconds()
                + " s, grace time 1 s");
        try {
            kurir.start();
            Facts.await("Kurir serves", PATIENCE, () -> get("/health").statusCode() == 200);
            for (int i = 0; i < devices; i++) {
                link(i);
            }
            return this;
        } catch (Exception | AssertionError notLinked) {
            close(); // nobody else has it yet, and its Kurir would join the cluster of the next test
            throw notLinked;
        }
    }

    private void link(int index) throws Exception {
        require(post(DEVICES, JsonObject.of("deviceId", device(index))));
        require(post(DEVICES + "/" + device(index) + "/connect", new JsonObject()));
        Facts.await(device(index) + " is linked", PATIENCE, () -> {
            JsonObject status = status(index);
            String qr = Optional.ofNullable(status.getString("qrCode")).orElse("");
            if (!qr.isEmpty() && !status.getBoolean("isConnected")) {
                network("POST", "/api/phones/" + sender(index) + "/scan", JsonObject.of("qr", qr));
            }
            return status.getBoolean("isConnected");
        });
    }

    /** Kurir serves and says of all devices that they are connected. */
    void awaitAllConnected() {
        for (int i = 0; i < devices; i++) {
            int index = i;
            Facts.await(
                    device(i) + " is connected again",
                    PATIENCE,
                    () -> status(index).getBoolean("isConnected"));
        }
    }

    /** The device has a socket that is newer than {@code opened} and says that it is connected. */
    void awaitConnected(long opened) {
        Facts.await(
                "the device is connected again",
                PATIENCE,
                () -> opened() > opened && live() == 1 && status().getBoolean("isConnected"));
    }

    JsonObject status() throws IOException, InterruptedException {
        return status(0);
    }

    private JsonObject status(int index) throws IOException, InterruptedException {
        return new JsonObject(get(DEVICES + "/" + device(index) + "/status").body()).getJsonObject("data");
    }

    /** From any thread. */
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).GET().build(), BodyHandlers.ofString());
    }

    /** A send, from any thread. */
    HttpResponse<String> send(String to, String text) throws IOException, InterruptedException {
        return post(DEVICES + "/" + device(0) + "/send-message", JsonObject.of("to", to, "message", text));
    }

    private HttpResponse<String> post(String path, JsonObject body) throws IOException, InterruptedException {
        return post(path, body, UUID.randomUUID().toString());
    }

    /** From any thread. The repeat of a request carries the key of the first one. */
    HttpResponse<String> post(String path, JsonObject body, String key) throws IOException, InterruptedException {
        return client.send(
                request(path)
                        .header("content-type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(BodyPublishers.ofString(body.encode()))
                        .build(),
                BodyHandlers.ofString());
    }

    /** From any thread. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE).header("x-api-key", KEY);
    }

    private static void require(HttpResponse<String> answer) {
        if (answer.statusCode() / 100 != 2) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
    }

    JsonObject network(String method, String path, JsonObject body) {
        return Rig.get(simulator.control(method, path, body));
    }

    private JsonObject sockets() {
        return sockets(0);
    }

    private JsonObject sockets(int index) {
        return network("GET", "/api/phones/" + sender(index) + "/sockets", new JsonObject());
    }

    /** How many sockets of the device have logged in so far. */
    long opened() {
        return sockets().getLong("opened");
    }

    long live() {
        return sockets().getLong("live");
    }

    long maxConcurrent() {
        return maxConcurrent(0);
    }

    long maxConcurrent(int index) {
        return sockets(index).getLong("maxConcurrent");
    }

    /** Epoch ms. */
    long lastFrameAt() {
        return sockets().getLong("lastFrameAt");
    }

    /** Everything that the device's pages handed to the network. */
    List<JsonObject> submissions() {
        return network("GET", "/api/submissions?limit=200000", new JsonObject()).getJsonArray("submissions").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    /** What a simulated phone shows. */
    List<JsonObject> inbox(String phone) {
        return network("GET", "/api/phones/" + phone + "/messages", new JsonObject()).getJsonArray("messages").stream()
                .map(JsonObject.class::cast)
                .filter(message -> message.getString("direction").equals("in"))
                .toList();
    }

    /** The network takes the next message, but its answer never comes, and a receipt only with {@link #readAll}. */
    void withholdAck() {
        knobs(JsonObject.of("neverAck", 1, "deliverMs", -1, "readMs", -1));
    }

    /** The recipients receive and read what they have not yet. */
    void readAll() {
        Sends.phones()
                .forEach(phone -> network("POST", "/api/phones/" + phone + "/read", JsonObject.of("peer", SENDER)));
    }

    /** What is sent from now on is on its way for 1.5 s before the network has it, even when its page is dead by then. */
    void slowDown() {
        knobs(JsonObject.of("sendDelayMs", 1_500));
    }

    void calm() {
        knobs(JsonObject.of(
                "neverAck",
                0,
                "sendDelayMs",
                0,
                "syncDelayMs",
                50,
                "deliverMs",
                SMOOTH_DELIVER_MS,
                "readMs",
                SMOOTH_READ_MS,
                "dropRepeatedIds",
                true));
    }

    private void knobs(JsonObject knobs) {
        network("PUT", "/api/knobs", knobs);
    }

    /** {@code kill -9} of the postmaster and of all its children. EmbeddedDatabases starts it again on its port. */
    void killPostgres() throws IOException, InterruptedException {
        ProcessHandle postmaster = process("db/postgres/postmaster.pid");
        List<ProcessHandle> all =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** {@code kill -9}. EmbeddedDatabases starts it again on its port. */
    void killRedis() throws IOException {
        process("db/redis/redis.pid").destroyForcibly();
    }

    private ProcessHandle process(String pidFile) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve(pidFile));
        if (lines.isEmpty()) {
            throw new IOException(pidFile + " is empty yet");
        }
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                .filter(ProcessHandle::isAlive)
                .orElseThrow(() -> new IOException("the process of " + pidFile + " does not run"));
    }

    void awaitPostgres() {
        try {
            Facts.await("PostgreSQL answers", PATIENCE, () -> records.outbox() >= 0);
        } catch (AssertionError why) {
            throw new AssertionError(
                    why.getMessage() + ", its log ends: " + lastOf("postgres.log") + lastOf("pg_ctl.log"), why);
        }
        Facts.await("Kurir is well", PATIENCE, () -> get("/health").statusCode() == 200);
    }

    private String lastOf(String log) {
        try (Stream<String> lines = Files.lines(folder.resolve("db/log").resolve(log))) {
            List<String> all = lines.toList();
            return "\n" + String.join("\n", all.subList(Math.max(0, all.size() - 10), all.size()));
        } catch (IOException e) {
            return "\n" + e;
        }
    }

    /** Stops all of it and makes sure that nothing stays behind. */
    @Override
    public void close() throws IOException {
        kurir.end();
        databases.close();
        Rig.get(simulator.close());
        Rig.get(vertx.close());
        Facts.await("no process stays behind in " + folder, Duration.ofSeconds(15), () -> strays().isEmpty());
    }

    /** Processes that were started on this world's folder. */
    private List<Long> strays() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(one -> one.getFileName().toString().matches("\\d+"))
                    .filter(one -> commandLine(one).contains(folder + "/"))
                    .map(one -> Long.parseLong(one.getFileName().toString()))
                    .toList();
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private static final class Silent implements Progress {
        @Override
        public <T> T step(String what, Callable<T> work) throws Exception {
            return work.call();
        }
    }
}
