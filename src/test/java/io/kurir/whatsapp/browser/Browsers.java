package io.kurir.whatsapp.browser;

import io.kurir.whatsapp.Rig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Chromiums for tests: nothing but this machine can be resolved, and the sandbox is off where the tests run as root. */
final class Browsers {
    private static final String NOTHING_BUT_LOOPBACK = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost";

    private Browsers() {}

    static Future<Chromium> launch(Rig rig, Path userData) {
        return launch(rig, userData, Optional.empty());
    }

    /** {@code shared}: the folder of several nodes' folders, of which one has {@code userData}. */
    static Future<Chromium> launch(Rig rig, Path userData, Optional<Path> shared) {
        boolean root = "root".equals(System.getProperty("user.name"));
        return Chromium.launch(
                rig.vertx,
                new Chromium.Options(
                        userData,
                        shared,
                        rig.url(),
                        Optional.empty(),
                        !root,
                        Optional.of(NOTHING_BUT_LOOPBACK),
                        Duration.ofSeconds(30),
                        false),
                new SimpleMeterRegistry());
    }

    private static void delete(Path home) {
        try (Stream<Path> all = Files.walk(home)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException stillWritten) {
            // a temporary folder that stays is the system's to remove
        }
    }

    /** An empty user data folder of its own, below a home of its own. */
    static Path folder() {
        try {
            Path home = Files.createTempDirectory("kurir-browsers");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(home)));
            return home.resolve("one");
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
