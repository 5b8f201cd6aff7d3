package io.kurir.bench;

import com.microsoft.playwright.impl.driver.Driver;
import io.kurir.bench.SendBench.Shape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The yardstick: wa-js called straight through Playwright. Playwright for Java can wait for one call at a time only, so this is Playwright for
 * Node.js, in the version and with the Node.js that the Java one brings; see {@code straight.mjs}.
 */
final class Straight implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    /** Whether each message is a call of its own, or the messages in flight are one call per page. */
    enum Style {
        EACH,
        GROUP
    }

    /** {@code kept}: a browser per account with its profile on disk; else one browser with a context in memory per account. */
    Straight(Path folder, URI simulator, boolean kept) throws IOException {
        Driver driver = Driver.ensureDriverInstalled(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"), false);
        Path profiles = Files.createDirectories(folder.resolve("straight"));
        JsonObject settings = new JsonObject()
                .put(
                        "playwright",
                        driver.driverDir().resolve("package/index.mjs").toString())
                .put(
                        "executable",
                        Optional.ofNullable(System.getenv("CHROME_PATH")).orElse("chromium"))
                .put("sandbox", !"root".equals(System.getProperty("user.name")))
                .put("url", simulator.toString())
                .put("waJs", resource(profiles, "/bridge/wa-js.js").toString())
                .put("profiles", profiles.toString())
                .put("kept", kept);
        List<String> line = List.of(
                driver.driverDir().resolve("node").toString(),
                resource(profiles, "/bench/straight.mjs").toString(),
                settings.encode());
        this.process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.answers = Processes.lines(process);
    }

    private static Path resource(Path folder, String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Straight.class.getResourceAsStream(name), name)) {
            Path file = folder.resolve(name.substring(name.lastIndexOf('/') + 1));
            return Files.write(file, in.readAllBytes());
        }
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    void open(List<String> phones) throws IOException {
        ask(new JsonObject().put("op", "open").put("phones", new JsonArray(phones)));
    }

    Sample run(Style style, Shape shape, int inFlight, int count) throws IOException {
        return run(style, shape, inFlight, count, 0);
    }

    /** As many sends per second as there are devices. */
    Sample paced(Shape shape, int count) throws IOException {
        return run(Style.EACH, shape, shape.devices(), count, shape.devices());
    }

    private Sample run(Style style, Shape shape, int inFlight, int count, int perSecond) throws IOException {
        JsonArray to = new JsonArray();
        for (int device = 0; device < shape.devices(); device++) {
            to.add(new JsonArray(shape.recipients(device)));
        }
        JsonObject answer = ask(new JsonObject()
                .put("op", "run")
                .put("style", style == Style.EACH ? "each" : "group")
                .put("inFlight", inFlight)
                .put("count", count)
                .put("perSecond", perSecond)
                .put("to", to)
                .put("text", SendBench.TEXT));
        double[] millis = answer.getJsonArray("millis").stream()
                .mapToDouble(value -> ((Number) value).doubleValue())
                .toArray();
        double seconds = answer.getDouble("seconds");
        return millis.length > 0 ? Sample.of(millis, seconds) : new Sample(List.of(), seconds, count);
    }

    private JsonObject ask(JsonObject command) throws IOException {
        process.getOutputStream().write((command.encode() + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        String line = answers.readLine();
        JsonObject answer = new JsonObject(line == null ? "{\"failed\": \"the process has ended\"}" : line);
        return Optional.ofNullable(answer.getJsonObject("ok"))
                .orElseThrow(() -> new IllegalStateException("straight: " + answer.getString("failed")));
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> tree = Processes.tree(process.toHandle());
        process.getOutputStream().close();
        try {
            process.waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        Processes.end(tree);
    }
}
