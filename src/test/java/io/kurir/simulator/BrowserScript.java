package io.kurir.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a script of {@code src/test/browser}: a client of WhatsApp Web that is not ours, in a real Chromium, against a simulator. The
 * script prints a line per check, which are shown, and fails with the first that does not hold.
 */
final class BrowserScript {
    private static final Path FOLDER = Path.of("src/test/browser").toAbsolutePath();
    private static final long PATIENCE_S = 240;

    private BrowserScript() {}

    static void run(Simulator simulator, String script, Map<String, String> more) {
        install();
        ProcessBuilder node = in(FOLDER, "node", script);
        node.environment().put("SIMULATOR", simulator.url());
        node.environment().put("CHROMIUM", chromium());
        node.environment().put("WAJS", wajs());
        node.environment().putAll(more);
        finish(node, script);
    }

    /** {@code npm ci}, where what the lock file names is not there yet. */
    private static synchronized void install() {
        try {
            Path stamp = FOLDER.resolve("node_modules/.kurir-lock");
            String lock = Files.readString(FOLDER.resolve("package-lock.json"));
            if (!Files.exists(stamp) || !Files.readString(stamp).equals(lock)) {
                ProcessBuilder npm = in(FOLDER, "npm", "ci", "--no-audit", "--no-fund");
                npm.environment().put("PUPPETEER_SKIP_DOWNLOAD", "1");
                finish(npm, "npm ci");
                Files.writeString(stamp, lock);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProcessBuilder in(Path folder, String... command) {
        return new ProcessBuilder(List.of(command)).directory(folder.toFile()).redirectErrorStream(true);
    }

    private static void finish(ProcessBuilder builder, String what) {
        try {
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(PATIENCE_S, TimeUnit.SECONDS);
            System.out.println(said);
            assertThat(ended).as(what + " ends").isTrue();
            assertThat(process.exitValue()).as(what + ":\n" + said).isZero();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(what, e);
        }
    }

    private static String chromium() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(folder -> Stream.of("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no Chromium on the PATH"))
                .toString();
    }

    private static String wajs() {
        try {
            return Path.of(Objects.requireNonNull(BrowserScript.class.getResource("/bridge/wa-js.js"))
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
