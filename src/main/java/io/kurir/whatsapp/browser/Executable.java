package io.kurir.whatsapp.browser;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Finds a browser: the one named in the options, else an installed Chrome or Chromium, else (empty) Playwright's own. */
public final class Executable {
    /** The major version of Chromium that Kurir is tested with. */
    public static final int TESTED = 156;

    private static final int PATIENCE_S = 10;
    private static final List<String> NAMES =
            List.of("google-chrome", "google-chrome-stable", "chromium", "chromium-browser");

    private Executable() {}

    public static Optional<Path> find(Optional<Path> given) {
        return given.or(Executable::installed);
    }

    /** What it says of itself, such as {@code Chromium 156.0.7204.1}. Empty where it says nothing within some seconds. */
    public static String version(Path executable) throws IOException, InterruptedException {
        Process asked = new ProcessBuilder(executable.toString(), "--version")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!asked.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
            asked.destroyForcibly();
            return "";
        }
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static Optional<Path> installed() {
        List<Path> folders = Stream.of(
                        Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .toList();
        return NAMES.stream()
                .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
