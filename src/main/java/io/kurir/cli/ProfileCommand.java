package io.kurir.cli;

import io.kurir.FolderLock;
import io.kurir.Misconfigured;
import io.kurir.Profiles;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.SettingsFile;
import io.kurir.cli.demo.QrText;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.http.Problem;
import io.kurir.proxy.Proxy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kurir link} and {@code kurir profile}: what can be done with a device's profile while no node runs on the data folder. */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        description =
                "Carry the linked profile of a device to another machine. Who has the file and the passphrase has the account.")
final class ProfileCommand {
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    @Command(mixinStandardHelpOptions = true, description = "Write the profile, encrypted, into a new file.")
    int export(
            @Mixin Where where,
            @Parameters(paramLabel = "DEVICE_ID") String deviceId,
            @Parameters(paramLabel = "FILE") Path file)
            throws Exception {
        Stop.here();
        var settings = settings(where);
        try (var _ = FolderLock.take(settings.data(), "kurir.lock")) {
            new Profiles(settings).export(deviceId, Passphrase.get(true), file);
        }
        System.out.println("Written: " + file + " (" + Files.size(file) / 1024
                + " KiB). On the other machine: bin/kurir" + " profile import " + file.getFileName()
                + ". Do not run the device in both places: delete it here.");
        return 0;
    }

    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = "Read what `export` wrote; the next start opens it.")
    int restore(
            @Mixin Where where,
            @Parameters(paramLabel = "FILE") Path file,
            @Option(names = "--device", paramLabel = "DEVICE_ID", description = "Refuse a file of another device.")
                    @Nullable
                    String deviceId)
            throws Exception {
        Stop.here();
        if (!Files.isReadable(file)) {
            throw new Misconfigured("Cannot read " + file + ".");
        }
        var passphrase = Passphrase.get(false);
        var owner = withDatabase(
                where, (vertx, profiles) -> profiles.restore(vertx, Optional.ofNullable(deviceId), passphrase, file));
        System.out.println(owner + " is here; the next `bin/kurir start` opens it without a QR code.");
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Seal the snapshots of a device, or of all, with a fresh key, and that with the present"
                    + " access.secret. Nodes may run meanwhile.")
    int rotate(@Mixin Where where, @Parameters(paramLabel = "DEVICE_ID", arity = "0..1") @Nullable String deviceId)
            throws Exception {
        Stop.here();
        var rotated = Databases.with(where, false, (settings, _) -> {
            Schema.prepare(settings.database());
            return run(vertx -> new Profiles(settings).rotate(vertx, Optional.ofNullable(deviceId)));
        });
        System.out.println("Sealed with fresh keys: the snapshots of " + rotated + " devices.");
        return 0;
    }

    /** {@code kurir link}. */
    @Command(
            name = "link",
            mixinStandardHelpOptions = true,
            description =
                    "Link a device while no node runs; --headed on this desktop, where some accounts must confirm a passkey.")
    static final class Link implements java.util.concurrent.Callable<Integer> {
        @Mixin
        private Where where = new Where();

        @Parameters(paramLabel = "DEVICE_ID")
        private String deviceId = "";

        @Option(names = "--headed", description = "Show the browser; without, the QR code comes as text.")
        private boolean headed;

        @Option(
                names = "--proxy",
                paramLabel = "URL",
                description =
                        "http://host:port or socks5://host:port: link through the proxy that the device has on the server.")
        private @Nullable String proxy;

        @Option(
                names = "--proxy-username",
                paramLabel = "NAME",
                description = "Who we are to the proxy; the password is asked for, or taken from KURIR_PROXY_PASSWORD.")
        private @Nullable String proxyUsername;

        @Override
        public Integer call() throws Exception {
            Stop.here();
            if (!deviceId.matches("[a-zA-Z0-9_-]{3,50}")) {
                throw new Misconfigured("A device id has 3 to 50 of a-z, A-Z, 0-9, _ and -.");
            }
            if (headed) {
                requireDesktop();
            }
            var through = through();
            System.out.println(
                    headed
                            ? "A browser opens: scan the QR code there. It closes by itself when the link is made."
                            : "Scan the QR code with the phone.");
            var settings = settings(where);
            try (var _ = FolderLock.take(settings.data(), "kurir.lock")) {
                run(vertx -> new Profiles(settings).link(vertx, deviceId, headed, through, this::show));
            }
            System.out.println("Linked. To bring it to a server: bin/kurir profile export " + deviceId + " FILE");
            return 0;
        }

        private Optional<Proxy> through() {
            var username = Optional.ofNullable(proxyUsername);
            try {
                return Optional.ofNullable(proxy)
                        .map(server -> Proxy.of(server, username, username.map(_ -> Passphrase.ofProxy())));
            } catch (Problem wrong) {
                throw new Misconfigured("--proxy " + wrong.details().getFirst().reason() + ".");
            }
        }

        private void show(String code) {
            if (!headed) {
                System.out.println(QrText.of(code));
            }
        }

        private static void requireDesktop() {
            var linux =
                    System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
            if (linux && System.getenv("DISPLAY") == null && System.getenv("WAYLAND_DISPLAY") == null) {
                throw new Misconfigured(
                        "There is no desktop here (DISPLAY and WAYLAND_DISPLAY are not set): run this on a"
                                + " machine with a screen, then carry the profile over with `bin/kurir profile export`.");
            }
        }
    }

    private static Settings settings(Where where) {
        return SettingsFile.loadForDatabase(where.sources(new HashMap<>())).settings();
    }

    private static <T> T withDatabase(Where where, BiFunction<Vertx, Profiles, Future<T>> work) throws Exception {
        var loaded = SettingsFile.loadForDatabase(where.sources(new HashMap<>()));
        try (var _ = FolderLock.take(loaded.settings().data(), "kurir.lock")) {
            if (!loaded.embedPostgres()) {
                return on(loaded.settings(), work);
            }
            var postgres = EnumSet.of(EmbeddedDatabases.Kind.POSTGRES);
            try (var databases = EmbeddedDatabases.start(loaded.settings().data(), postgres, Progress.SILENT)) {
                return on(loaded.withDatabase(databases.databaseUrl()).settings(), work);
            }
        }
    }

    private static <T> T on(Settings settings, BiFunction<Vertx, Profiles, Future<T>> work) throws Exception {
        Schema.prepare(settings.database());
        return run(vertx -> work.apply(vertx, new Profiles(settings)));
    }

    private static <T> T run(java.util.function.Function<Vertx, Future<T>> work) throws Exception {
        var vertx = Vertx.vertx();
        try {
            return Node.await(work.apply(vertx), PATIENCE);
        } finally {
            Node.await(vertx.close(), Duration.ofSeconds(10));
        }
    }
}
