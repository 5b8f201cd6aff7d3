package io.kurir;

import io.kurir.backup.Backup;
import io.kurir.cluster.NodeId;
import io.kurir.db.Database;
import io.kurir.profile.Snapshots;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
        return settings.browsers(NodeId.of(settings.data()));
    }

    private ProfileArchive archive() {
        return new ProfileArchive(browsers(), settings.profile().sharedFolder());
    }

    /** Writes the device's profile, encrypted, into a new file; see {@link ProfileArchive}. */
    public void export(String deviceId, String passphrase, Path file) throws IOException {
        archive().export(deviceId, passphrase, file);
    }

    /** All that lie on this machine's disk, for a backup. */
    public Backup.Profiles all() {
        ProfileArchive archive = archive();
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
        Pool pool = Database.open(vertx, settings.database());
        Adoption adoption = new Adoption(pool);
        // imported before adopted: from then on nodes may open it
        return vertx.executeBlocking(() -> archive().owner(file))
                .compose(adoption::requireFree)
                .compose(_ -> vertx.executeBlocking(() -> archive().restore(deviceId, passphrase, file)))
                .compose(owner -> new io.kurir.profile.Profiles(
                                pool, settings.profile().sharedFolder().isPresent())
                        .imported(owner, NodeId.of(settings.data()))
                        .compose(_ -> adoption.adopt(owner))
                        .map(owner))
                .eventually(pool::close);
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
                settings.profile().sharedFolder(),
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
        return vertx.executeBlocking(() -> archive().epoch(deviceId))
                .compose(epoch -> Chromium.launch(vertx, options, new SimpleMeterRegistry())
                        .compose(chromium -> link(chromium, deviceId, epoch, qr)))
                .compose(fresh -> fresh ? linked(vertx, deviceId) : Future.succeededFuture());
    }

    private Future<Void> linked(Vertx vertx, String deviceId) {
        return vertx.executeBlocking(() -> {
                    archive().linked(deviceId);
                    return deviceId;
                })
                .mapEmpty();
    }

    /** Answers whether a new link was made, rather than one found that was there. */
    private static Future<Boolean> link(WhatsApp chromium, String deviceId, long epoch, Consumer<String> qr) {
        Promise<Boolean> linked = Promise.promise();
        Promise<WhatsApp.Page> opened = Promise.promise();
        AtomicBoolean fresh = new AtomicBoolean();
        chromium.gone()
                .onComplete(_ -> linked.tryFail(new Misconfigured("The browser was closed before the link was made.")));
        return chromium.open(deviceId, epoch, () -> LINKING, event -> {
                    switch (event) {
                        case PageEvent.QrCode code -> qr.accept(code.code());
                        // the page shows a few codes and then a button; whoever looks for the phone must not start anew
                        case PageEvent.QrExpired _ ->
                            opened.future()
                                    .compose(page -> page.execute(new Command.RefreshQr(), COMMAND))
                                    .onFailure(linked::tryFail);
                        case PageEvent.Linked _ -> fresh.set(true);
                        case PageEvent.Ready _ -> linked.tryComplete(fresh.get());
                        case PageEvent.Gone _, PageEvent.Fenced _ ->
                            linked.tryFail(new Misconfigured("The page was closed before the link was made."));
                        default -> {}
                    }
                })
                .onSuccess(opened::complete)
                .compose(page -> linked.future().eventually(page::close))
                .eventually(chromium::close);
    }

    /**
     * Gives the snapshots of the device, or of every device, a fresh key that is sealed with the present {@code access.secret}; answers of how many devices.
     * Nodes may run meanwhile.
     */
    public Future<Integer> rotate(Vertx vertx, Optional<String> deviceId) {
        if (settings.access().secret().isEmpty()) {
            throw new Misconfigured("access.secret is missing: the keys of snapshots are sealed with it.");
        }
        Pool pool = Database.open(vertx, settings.database());
        Snapshots snapshots = new Snapshots(vertx, pool, Vault.of(settings.access()), new SimpleMeterRegistry());
        return deviceId.map(one -> Future.succeededFuture(List.of(one)))
                .orElseGet(snapshots::devices)
                .compose(devices -> {
                    Future<Integer> all = Future.succeededFuture(0);
                    for (String device : devices) {
                        all = all.compose(_ -> snapshots.rotate(device));
                    }
                    return all.map(devices.size());
                })
                .eventually(pool::close);
    }
}
