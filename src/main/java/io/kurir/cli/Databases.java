package io.kurir.cli;

import io.kurir.FolderLock;
import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.SettingsFile;
import io.kurir.db.embedded.EmbeddedDatabases;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Optional;

/** The configured database, or the embedded one: that of the node that runs on the data folder, or else started for the time of the work. */
final class Databases {
    private Databases() {}

    /** What is to be done; answers a {@code T}. */
    interface Work<T> {
        /** {@code alone}: no node runs on the data folder, and none can start meanwhile. */
        T on(Settings settings, boolean alone) throws Exception;
    }

    /** Throws Misconfigured when {@code alone} is wanted and a node runs on the data folder. */
    static <T> T with(Where where, boolean alone, Work<T> work) throws Exception {
        var loaded = SettingsFile.loadForDatabase(where.sources(new HashMap<>()));
        var data = loaded.settings().data();
        Optional<FolderLock> lock =
                alone ? Optional.of(FolderLock.take(data, "kurir.lock")) : unlessTaken(loaded.settings());
        try {
            if (!loaded.embedPostgres()) {
                return work.on(loaded.settings(), lock.isPresent());
            }
            if (lock.isEmpty()) {
                var url = EmbeddedDatabases.running(data)
                        .orElseThrow(() -> new Misconfigured(
                                "A node runs on the data in " + data + ", but its database does not answer yet."));
                return work.on(loaded.withDatabase(url).settings(), false);
            }
            var postgres = EnumSet.of(EmbeddedDatabases.Kind.POSTGRES);
            try (var databases = EmbeddedDatabases.start(data, postgres, Progress.SILENT)) {
                return work.on(loaded.withDatabase(databases.databaseUrl()).settings(), true);
            }
        } finally {
            lock.ifPresent(FolderLock::close);
        }
    }

    private static Optional<FolderLock> unlessTaken(Settings settings) {
        try {
            return Optional.of(FolderLock.take(settings.data(), "kurir.lock"));
        } catch (Misconfigured taken) {
            return Optional.empty();
        }
    }
}
