package io.kurir.cli;

import io.kurir.Profiles;
import io.kurir.backup.Backup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kurir backup}. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = "Write the database, and the profiles of a stopped node's data folder, encrypted into a new file."
                + " Nodes may run meanwhile. The passphrase comes from KURIR_PASSPHRASE or the terminal.")
final class BackupCommand implements Callable<Integer> {
    @Mixin
    private Where where = new Where();

    @Parameters(paramLabel = "FILE")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
        Stop.here();
        var passphrase = Passphrase.get(true);
        var done = Databases.with(
                where,
                false,
                (settings, alone) -> new Backup(settings.database(), passphrase)
                        .write(
                                file,
                                new CommandLine.Version().getVersion()[0],
                                alone ? new Profiles(settings).all() : Backup.NO_PROFILES));
        System.out.println("Written: " + file + " (" + Files.size(file) / 1024 + " KiB): " + done.rows() + " rows of "
                + done.manifest().dumped().tables().size() + " tables, schema "
                + done.manifest().dumped().version() + ", profiles of " + done.profiles()
                + " devices beside the database.");
        System.out.println(
                "Keep access.secret (JWT_SECRET) too, in another place: what it seals cannot be read without it,"
                        + " and it is not in the file.");
        return 0;
    }
}
