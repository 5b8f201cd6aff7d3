package io.kurir.cli;

import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.Settings.Mode;
import io.kurir.SettingsFile;
import io.kurir.SettingsFile.Loaded;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kurir doctor}: whether this machine and these settings will do, before a node is started or beside one that runs. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Look at settings, data folder, databases, clock, browser and WhatsApp bindings: what is wrong, and what to"
                        + " do. Exit code 1 when something fails. WhatsApp itself is not contacted.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private Where where = new Where();

    @Option(names = "--dev", description = "As `start --dev` would run it.")
    private boolean dev;

    @Option(names = "--simulator", description = "As `start --simulator` would run it.")
    private boolean simulator;

    @Option(names = "--no-browser", description = "Do not start a browser.")
    private boolean noBrowser;

    private final Findings findings = new Findings(System.out);

    @Override
    public Integer call() throws Exception {
        Stop.here();
        var loaded = settings();
        if (loaded.isPresent()) {
            var settings = loaded.get().settings();
            Surroundings.disk(settings.data(), findings);
            postgres(loaded.get());
            redis(loaded.get());
            if (!noBrowser) {
                var folder = Files.createTempDirectory("kurir-doctor");
                try {
                    new BrowserCheck(settings.whatsapp().browser(), findings).run(folder);
                } finally {
                    delete(folder);
                }
            }
        }
        return findings.failed() ? 1 : 0;
    }

    /** First without the secrets, which a development would make up and keep; production must have them. */
    private Optional<Loaded> settings() {
        var options = new HashMap<String, String>();
        if (dev || simulator) {
            options.put("mode", simulator ? "simulator" : "development");
        }
        var sources = where.sources(options);
        try {
            var loaded = SettingsFile.loadForDatabase(sources);
            loaded.warnings().forEach(warning -> findings.warn("settings", warning, "Remove it, or do as it says."));
            var mode = loaded.settings().mode();
            try {
                if (mode == Mode.PRODUCTION) {
                    SettingsFile.load(sources);
                }
                findings.ok(
                        "settings",
                        "they can be read; the mode is " + mode.name().toLowerCase(java.util.Locale.ROOT));
            } catch (Misconfigured wrong) {
                findings.fail("settings", wrong);
            }
            return Optional.of(loaded);
        } catch (Misconfigured wrong) {
            findings.fail("settings", wrong);
            return Optional.empty();
        }
    }

    private void postgres(Loaded loaded) throws InterruptedException {
        var data = loaded.settings().data();
        if (!loaded.embedPostgres()) {
            database(loaded);
            return;
        }
        var running = EmbeddedDatabases.running(data);
        if (running.isPresent()) {
            database(loaded.withDatabase(running.get()));
        } else if (!Files.exists(data.resolve("postgres"))) {
            findings.ok("postgres", "embedded; the first start makes it");
        } else {
            var postgres = EnumSet.of(EmbeddedDatabases.Kind.POSTGRES);
            try (var databases = EmbeddedDatabases.start(data, postgres, Progress.SILENT)) {
                database(loaded.withDatabase(databases.databaseUrl()));
            } catch (Misconfigured wrong) {
                findings.fail("postgres", wrong);
            }
        }
    }

    private void database(Loaded loaded) {
        var database = loaded.settings().database();
        try {
            var missing = new Schema(database).missing();
            if (missing.isEmpty()) {
                findings.ok("schema", "up to date");
            } else if (database.migrateAtStart()) {
                findings.ok("schema", missing.size() + " migrations are missing; the next start applies them");
            } else {
                findings.fail("schema", missing.size() + " migrations are missing", "Run `bin/kurir db migrate`.");
            }
            Surroundings.database(database, findings);
        } catch (Misconfigured wrong) {
            findings.fail("postgres", wrong);
        }
    }

    private void redis(Loaded loaded) throws Exception {
        Optional<String> url = loaded.embedRedis()
                ? EmbeddedDatabases.runningRedis(loaded.settings().data())
                : Optional.of(loaded.settings().redis().url());
        if (url.isEmpty()) {
            findings.ok("redis", "embedded; it starts with the node");
        } else {
            Surroundings.redis(url.get(), findings);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var tree = Files.walk(folder)) {
            for (var path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
