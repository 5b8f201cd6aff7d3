package io.kurir.bench;

import io.kurir.Kurir;
import io.kurir.Settings;
import io.kurir.SettingsFile;
import io.kurir.db.Schema;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node as {@code kurir start} runs it, with its settings from the environment, and an {@link InstantWhatsApp} for its pages. */
final class InstantNode {
    /** An argument: a signal has it hand its devices over and close, as {@code kurir start} does; without it a bench's end is quick. */
    static final String IN_ORDER = "in-order";

    private InstantNode() {}

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(System.getProperty("kurir.home", ""));
        Settings settings = SettingsFile.load(
                        new SettingsFile.Sources(home, Optional.empty(), System.getenv(), Map.of()))
                .settings();
        Files.createDirectories(settings.data());
        Schema.prepare(settings.database());
        Kurir kurir = Api.await(Kurir.start(settings, (_, _) -> Future.succeededFuture(new InstantWhatsApp())));
        if (List.of(arguments).contains(IN_ORDER)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                Api.await(kurir.drain());
                Api.await(kurir.close());
            }));
        }
    }
}
