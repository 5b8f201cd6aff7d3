package io.kurir.cli;

import io.kurir.Misconfigured;
import io.kurir.Profiles;
import io.kurir.Settings;
import io.kurir.backup.Backup;
import io.kurir.db.Database;
import io.kurir.db.Schema;
import io.kurir.message.Fence;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kurir restore}: a file into an empty database; then, when somebody has looked, the word that it may send. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = "Read what `backup` wrote into an empty database. Nothing is sent from it until --confirm or"
                + " --cancel-held, because messages that went out after the backup was made would go out again. Without FILE: say"
                + " what is held.")
final class RestoreCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Mixin
    private Where where = new Where();

    @Parameters(paramLabel = "FILE", arity = "0..1")
    private @Nullable Path file;

    @Option(names = "--replace", description = "Into a database that is not empty: what is there is lost.")
    private boolean replace;

    @Option(names = "--confirm", description = "Let everything that is held be sent.")
    private boolean confirm;

    @Option(
            names = "--cancel-held",
            description =
                    "Cancel what was accepted before the restore (messages, jobs, overdue schedules), then send again.")
    private boolean cancel;

    @Override
    public Integer call() throws Exception {
        Stop.here();
        if (file == null) {
            if (replace) {
                throw new Misconfigured("--replace needs the FILE to restore.");
            }
            return Databases.with(where, false, (settings, _) -> held(settings));
        }
        if (confirm || cancel) {
            throw new Misconfigured(
                    "Restore first, look at what is held, then --confirm or --cancel-held without FILE.");
        }
        return restore(file);
    }

    private int restore(Path from) throws Exception {
        var passphrase = Passphrase.get(false);
        return Databases.with(where, true, (settings, _) -> {
            var profiles = new Profiles(settings).all();
            var done = new Backup(settings.database(), passphrase).restore(from, replace, profiles);
            new Schema(settings.database()).migrate();
            System.out.println("Restored: the state of " + done.manifest().at() + ", " + done.rows() + " rows of "
                    + done.manifest().dumped().tables().size() + " tables, profiles of " + done.profiles()
                    + " devices beside the database.");
            return tell(settings);
        });
    }

    private int held(Settings settings) throws Exception {
        Schema.prepare(settings.database());
        if (!confirm && !cancel) {
            return tell(settings);
        }
        if (fenced(settings, Fence::state).isEmpty()) {
            System.out.println("Nothing is held.");
            return 0;
        }
        long cancelled = fenced(settings, fence -> fence.lift(cancel));
        System.out.println(
                (cancel ? "Cancelled: " + cancelled + " messages. " : "") + "From now on messages are sent.");
        return 0;
    }

    private static int tell(Settings settings) throws Exception {
        Optional<Fence.State> state = fenced(settings, Fence::state);
        System.out.println(
                state.map(held -> "Held, because this was restored at " + held.restoredAt() + " from a backup of "
                                + held.backupAt() + ": " + held.messages() + " outgoing messages, " + held.items()
                                + " items of jobs, " + held.schedules()
                                + " schedules that are overdue.\nWhat was sent after the backup would be sent again. Nodes may be"
                                + " started; nothing goes out until `bin/kurir restore --confirm` (send all of it) or"
                                + " `bin/kurir restore --cancel-held` (cancel it).")
                        .orElse("Nothing is held."));
        return 0;
    }

    private static <T> T fenced(Settings settings, Function<Fence, Future<T>> work) throws Exception {
        var vertx = Vertx.vertx();
        try {
            var pool = Database.open(vertx, settings.database());
            return Node.await(work.apply(new Fence(pool)), PATIENCE);
        } finally {
            Node.await(vertx.close(), Duration.ofSeconds(10));
        }
    }
}
