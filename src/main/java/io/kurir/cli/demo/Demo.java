package io.kurir.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.kurir.Misconfigured;
import io.kurir.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Links the demo's devices, each by a QR code that a simulated phone scans, unless they are linked already. */
public final class Demo {
    private static final String DEVICES = "/api/whatsapp-multi-device/devices";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Set<String> HOPELESS = Set.of("error", "auth_failed", "cancelled");
    private static final int CONFLICT = 409;

    private static final List<Line> LINES =
            List.of(new Line("demo-1", "6281100000001"), new Line("demo-2", "6281100000002"));

    private final Api kurir;
    private final Api phones;
    private final PrintStream out;

    /** A device and the simulated phone that it is linked to. */
    private record Line(String device, String phone) {}

    public Demo(URI kurir, String apiKey, URI simulator, PrintStream out) {
        this.kurir = new Api(kurir, Map.of("x-api-key", apiKey));
        this.phones = new Api(simulator, Map.of());
        this.out = out;
    }

    /**
     * Returns when all devices are connected.
     *
     * @throws IOException when Kurir or the simulator refuses something or a device does not come up in two minutes
     */
    public void link(Progress progress) throws Exception {
        for (var line : LINES) {
            create(line);
            progress.step("connecting " + line.device() + " (+" + line.phone() + ")", () -> connect(line));
        }
        require(
                kurir.put(DEVICES + "/" + LINES.getFirst().device() + "/agent", Map.of("name", "Echo")),
                "set the agent of " + LINES.getFirst().device());
    }

    private void create(Line line) throws IOException, InterruptedException {
        var created = kurir.post(DEVICES, Map.of("deviceId", line.device(), "deviceName", "Demo " + line.device()));
        if (created.status() != CONFLICT) {
            require(created, "create " + line.device());
        }
        require(
                phones.post("/api/phones", Map.of("phone", line.phone(), "name", "Owner of " + line.device())),
                "name a phone");
    }

    private boolean connect(Line line) throws IOException, InterruptedException {
        require(kurir.post(DEVICES + "/" + line.device() + "/connect", Map.of()), "connect " + line.device());
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        var scanned = "";
        for (var status = status(line); !status.path("isConnected").asBoolean(); status = status(line)) {
            var state = status.path("state").asText();
            if (HOPELESS.contains(state) || System.nanoTime() > deadline) {
                throw new IOException(line.device() + " does not connect, it is " + state + " ("
                        + status.path("stateReason").asText() + ")");
            }
            var qr = status.path("qrCode").asText("");
            if (!qr.isEmpty() && !qr.equals("null") && !qr.equals(scanned)) {
                scan(line, qr);
                scanned = qr;
            }
            Thread.sleep(LOOK);
        }
        return true;
    }

    private JsonNode status(Line line) throws IOException, InterruptedException {
        return require(kurir.get(DEVICES + "/" + line.device() + "/status"), "look at " + line.device())
                .path("data");
    }

    /** A code that has just been replaced is refused; the next look finds the new one. */
    private void scan(Line line, String qr) throws IOException, InterruptedException {
        out.println();
        out.println(QrText.of(qr));
        out.println("  the simulated phone +" + line.phone() + " scans this");
        phones.post("/api/phones/" + line.phone() + "/scan", Map.of("qr", qr));
    }

    private static JsonNode require(Api.Answer answer, String what) {
        if (!answer.ok()) {
            throw new Misconfigured("The demo could not " + what + ": " + answer.status() + " "
                    + answer.body().path("message").asText(answer.body().toString()));
        }
        return answer.body();
    }
}
