package io.kurir.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What the numbers were measured on. */
final class Machine {
    private Machine() {}

    static String facts() throws IOException {
        return facts(browser());
    }

    /** {@code with}: what else there is to say of it. */
    static String facts(String with) {
        int cores = Runtime.getRuntime().availableProcessors();
        String load = Processes.text(Path.of("/proc/loadavg")).split(" ", 2)[0];
        String busy = Double.parseDouble(load) > cores / 2.0
                ? "  WARNING: this machine is busy, the numbers will be too low (the ratios suffer less)\n"
                : "";
        return "%d cores, JDK %s, %s, load average at start %s%n%s"
                .formatted(cores, Runtime.version(), with, load, busy);
    }

    private static String browser() throws IOException {
        String executable = Optional.ofNullable(System.getenv("CHROME_PATH")).orElse("chromium");
        Process version = new ProcessBuilder(executable, "--version")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var lines = Processes.lines(version)) {
            return Optional.ofNullable(lines.readLine()).orElse(executable);
        }
    }
}
