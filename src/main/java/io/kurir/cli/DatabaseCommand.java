package io.kurir.cli;

import io.kurir.Progress;
import io.kurir.SettingsFile;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kurir db}: the schema of the configured database, or of the embedded one, which is started for that time. */
@Command(name = "db", mixinStandardHelpOptions = true, description = "Check or change the schema of the database.")
final class DatabaseCommand {

    @Command(mixinStandardHelpOptions = true, description = "Say which migrations are missing; exit code 1 if any.")
    int check(@Mixin Where where) throws InterruptedException {
        return on(where, schema -> {
            var missing = schema.missing();
            missing.forEach(migration -> System.out.println("missing: " + migration));
            System.out.println(missing.isEmpty() ? "The schema is up to date." : "Run `bin/kurir db migrate`.");
            return missing.isEmpty() ? 0 : 1;
        });
    }

    @Command(mixinStandardHelpOptions = true, description = "Apply the migrations that are missing.")
    int migrate(@Mixin Where where) throws InterruptedException {
        return on(where, schema -> applied(schema.migrate()));
    }

    @Command(mixinStandardHelpOptions = true, description = "Make the database if there is none, then migrate.")
    int setup(@Mixin Where where) throws InterruptedException {
        return on(where, schema -> applied(schema.setup()));
    }

    private static int applied(int migrations) {
        System.out.println(migrations == 0 ? "The schema is up to date." : "Applied " + migrations + " migrations.");
        return 0;
    }

    private static int on(Where where, ToIntFunction<Schema> work) throws InterruptedException {
        Stop.here();
        var loaded = SettingsFile.loadForDatabase(where.sources(new HashMap<>()));
        if (!loaded.embedPostgres()) {
            return work.applyAsInt(new Schema(loaded.settings().database()));
        }
        var postgres = EnumSet.of(EmbeddedDatabases.Kind.POSTGRES);
        try (var databases = EmbeddedDatabases.start(loaded.settings().data(), postgres, Progress.SILENT)) {
            var database =
                    loaded.withDatabase(databases.databaseUrl()).settings().database();
            return work.applyAsInt(new Schema(database));
        }
    }
}
