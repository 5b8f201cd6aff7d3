package io.kurir.bench;

import io.kurir.db.embedded.Ports;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a bench of the whole way runs against: the databases, the simulated WhatsApp and one Kurir with its Chromiums. */
final class House implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");
    private static final String CDP = "kurir_cdp_calls_total";
    static final String KEY = "kurir_bench_0123456789abcdef";

    private final Parts parts;
    final Path folder;
    final URI simulatorUrl;
    final URI apiUrl;
    final Process simulator;
    final Process kurir;
    final Api api;
    final Api phones;

    /** {@code settings}: more environment variables for Kurir; {@code flags}: more flags for its JVM. */
    House(Map<String, String> settings, List<String> flags) throws Exception {
        this.parts = new Parts();
        this.folder = parts.folder;
        try {
            this.simulator = parts.java("simulator", Map.of(), List.of(), "io.kurir.Main", "simulator", "--port", "0");
            this.simulatorUrl = simulatorUrl(simulator);
            this.phones = new Api(parts.vertx, simulatorUrl, Map.of());
            phones.put("/api/knobs", new JsonObject().put("syncDelayMs", 200)).ok("shorten the synchronisation");
            int port = Ports.free();
            Map<String, String> environment = new HashMap<>(settings);
            environment.putAll(Map.of(
                    "DATABASE_URL", parts.database.toString(),
                    "REDIS_URL", parts.redis.toString(),
                    "KURIR_WHATSAPP_BASE_URL", simulatorUrl.toString(),
                    "KURIR_CLUSTER_NAME", String.valueOf(folder.getFileName()),
                    "KURIR_ADMIN_EMAIL", "bench@example.com",
                    "KURIR_ADMIN_PASSWORD", "only for this bench",
                    "KURIR_API_KEY", KEY));
            this.kurir = parts.java(
                    "kurir",
                    environment,
                    flags,
                    "io.kurir.Main",
                    "start",
                    "--simulator",
                    "--port",
                    Integer.toString(port),
                    "--data",
                    folder.resolve("node").toString());
            this.apiUrl = URI.create("http://127.0.0.1:" + port);
            this.api = new Api(parts.vertx, apiUrl, Map.of("x-api-key", KEY));
            parts.awaitHealth(api, kurir);
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private URI simulatorUrl(Process process) throws Exception {
        return poll("the simulator", process, () -> {
            Matcher url = URL.matcher(parts.log("simulator"));
            return url.find() ? Optional.of(URI.create(url.group())) : Optional.empty();
        });
    }

    <T> T poll(String what, Process process, Parts.Look<T> look) throws Exception {
        return parts.poll(what, process, look);
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

    Costs costs() throws SQLException {
        return new Costs(parts, kurir.toHandle())
                .with("CDP calls", this::cdpCalls)
                .with("CPU Kurir's Chromium", () -> Processes.cpuSeconds(kurir.toHandle(), Processes::isBrowser))
                .with("CPU simulator", () -> Processes.cpuSeconds(simulator.toHandle(), any -> true));
    }

    private double cdpCalls() {
        return api.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(CDP))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Override
    public void close() {
        parts.close();
    }
}
