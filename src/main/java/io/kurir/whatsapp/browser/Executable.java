package io.kurir.whatsapp.browser;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds a browser: the one named in the options, else an installed Chrome or Chromium, else (empty) Playwright's own. */
final class Executable {
    private static final List<String> NAMES =
            List.of("google-chrome", "google-chrome-stable", "chromium", "chromium-browser");

    private Executable() {}

    static Optional<Path> find(Optional<Path> given) {
        return given.or(Executable::installed);
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
