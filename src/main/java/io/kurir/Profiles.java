package io.kurir;

import io.kurir.backup.Backup;
import io.kurir.db.Database;
import io.kurir.proxy.Proxy;
import io.kurir.proxy.ProxyRelay;
import io.kurir.session.Adoption;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Hosts;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.WhatsApp;
import io.kurir.whatsapp.browser.Chromium;
import io.kurir.whatsapp.browser.ProfileArchive;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.ZipOutputStream;

/** What commands do with profiles while no node runs on the data folder: link on a desktop, carry to a server. The wiring of it, as {@link Kurir} is of a node. */
public final class Profiles {
    // Nobody else can own the device meanwhile: the folder is locked. The page's dead man's switch wants a deadline all
    // the same.
    private static final Duration LINKING = Duration.ofMinutes(15);

    private static final Duration COMMAND = Duration.ofSeconds(20);

    private final Settings settings;

    /** The data folder must be locked by this process. */
    public Profiles(Settings settings) {
        this.settings = settings;
    }

    private Path browsers() {
        return settings.data().resolve("browsers");
    }

    /** Writes the device's profile, encrypted, into a new file; see {@link ProfileArchive}. */
    public void export(String deviceId, String passphrase, Path file) throws IOException {
        new ProfileArchive(browsers()).export(deviceId, passphrase, file);
    }

    /** All that lie on this machine's disk, for a backup. */
    public Backup.Profiles all() {
        ProfileArchive archive = new ProfileArchive(browsers());
        return new Backup.Profiles() {
            @Override
            public int pack(ZipOutputStream zip, String prefix) throws IOException {
                return archive.packAll(zip, prefix);
            }

            @Override
            public void unpack(String name, InputStream in) throws IOException {
                archive.unpackOne(name, in);
            }
        };
    }

    /** Reads what {@link #export} wrote; no node may run the device. Answers the device. The database must have the present schema. */
    public Future<String> restore(Vertx vertx, Optional<String> deviceId, String passphrase, Path file) {
        return adopting(
                vertx,
                adoption -> vertx.executeBlocking(() -> new ProfileArchive(browsers()).owner(file))
                        .compose(adoption::requireFree)
                        .compose(_ -> vertx.executeBlocking(
                                () -> new ProfileArchive(browsers()).restore(deviceId, passphrase, file)))
                        .compose(owner -> adoption.adopt(owner).map(owner)));
    }

    /**
     * Opens the device's page in a browser on the desktop and completes when it is linked and closed again, so that its profile is clean.
     *
     * @param visible false: no window, whoever links sees {@code qr} only
     * @param proxy what the device is to reach WhatsApp through, as on the server later
     * @param qr gets each code that the page shows
     */
    public Future<Void> link(
            Vertx vertx, String deviceId, boolean visible, Optional<Proxy> proxy, Consumer<String> qr) {
        return proxy.map(far -> ProxyRelay.open(
                                vertx, far, new Hosts(settings.whatsapp().baseUrl())::allows)
                        .compose(relay -> link(vertx, deviceId, options(visible, Optional.of(relay.address())), qr)
                                .eventually(relay::close)))
                .orElseGet(() -> link(vertx, deviceId, options(visible, Optional.empty()), qr));
    }

    private Chromium.Options options(boolean visible, Optional<String> proxy) {
        Settings.Browser browser = settings.whatsapp().browser();
        return new Chromium.Options(
                browsers().resolve("1"),
                settings.whatsapp().baseUrl(),
                browser.executable(),
                browser.sandbox(),
                browser.hostRules(),
                browser.openTimeout(),
                List.of(),
                proxy.map(URI::create),
                visible);
    }

    private Future<Void> link(Vertx vertx, String deviceId, Chromium.Options options, Consumer<String> qr) {
        return vertx.executeBlocking(() -> new ProfileArchive(browsers()).epoch(deviceId))
                .compose(epoch -> Chromium.launch(vertx, options, new SimpleMeterRegistry())
                        .compose(chromium -> link(chromium, deviceId, epoch, qr)));
    }

    private static Future<Void> link(WhatsApp chromium, String deviceId, long epoch, Consumer<String> qr) {
        Promise<Void> linked = Promise.promise();
        Promise<WhatsApp.Page> opened = Promise.promise();
        chromium.gone()
                .onComplete(_ -> linked.tryFail(new Misconfigured("The browser was closed before the link was made.")));
        return chromium.open(deviceId, epoch, LINKING, event -> {
                    switch (event) {
                        case PageEvent.QrCode code -> qr.accept(code.code());
                        // the page shows a few codes and then a button; whoever looks for the phone must not start anew
                        case PageEvent.QrExpired _ ->
                            opened.future()
                                    .compose(page -> page.execute(new Command.RefreshQr(), COMMAND))
                                    .onFailure(linked::tryFail);
                        case PageEvent.Ready _ -> linked.tryComplete();
                        case PageEvent.Gone _, PageEvent.Fenced _ ->
                            linked.tryFail(new Misconfigured("The page was closed before the link was made."));
                        default -> {}
                    }
                })
                .onSuccess(opened::complete)
                .compose(page -> linked.future().eventually(page::close))
                .eventually(chromium::close);
    }

    private <T> Future<T> adopting(Vertx vertx, Function<Adoption, Future<T>> work) {
        Pool pool = Database.open(vertx, settings.database());
        return work.apply(new Adoption(pool)).eventually(pool::close);
    }
}
