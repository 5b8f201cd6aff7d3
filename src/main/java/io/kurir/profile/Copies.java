package io.kurir.profile;

import io.kurir.whatsapp.Kept;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/** Brings the copy of a device's profile that it goes on with to where its page opens, and keeps a snapshot of it when the page was closed. */
public final class Copies {
    private final Profiles profiles;
    private final Snapshots snapshots;
    private final boolean snapshotsWanted;

    /** @param snapshotsWanted else none is taken, and none is gone on with */
    public Copies(Profiles profiles, Snapshots snapshots, boolean snapshotsWanted) {
        this.profiles = profiles;
        this.snapshots = snapshots;
        this.snapshotsWanted = snapshotsWanted;
    }

    /**
     * What the device goes on with; fails with {@link Profiles.NotWritten} when PostgreSQL is away.
     *
     * @param linked else what was kept of an earlier link is removed
     */
    public Future<Source> choose(WhatsApp browser, String deviceId, long epoch, boolean linked) {
        return profiles.last(deviceId)
                .compose(last -> browser.claim(deviceId, epoch, last.openedEpoch())
                        .compose(kept -> {
                            if (!linked) {
                                return unlinked(browser, deviceId, kept).map(new Source.Folder());
                            }
                            return newest(deviceId, kept).map(newest -> Source.of(kept, newest, last));
                        }));
    }

    private Future<Void> unlinked(WhatsApp browser, String deviceId, Kept kept) {
        Future<Void> wiped = kept instanceof Kept.Stale ? browser.wipe(deviceId) : Future.succeededFuture();
        return wiped.compose(_ -> newest(deviceId, new Kept.None()))
                .compose(newest -> newest.isPresent() ? snapshots.forget(deviceId) : Future.succeededFuture());
    }

    private Future<Optional<Snapshots.Taken>> newest(String deviceId, Kept kept) {
        return snapshotsWanted && !(kept instanceof Kept.Current)
                ? snapshots
                        .newest(deviceId)
                        .recover(away ->
                                Future.failedFuture(new Profiles.NotWritten("PostgreSQL: " + away.getMessage())))
                : Future.succeededFuture(Optional.empty());
    }

    /**
     * To be done before a page opens: the copy lies in the folder of this opening, and it is written down that no other one counts any more. Fails with
     * {@link DamagedException} for a snapshot that is not whole (choose again), and with {@link Profiles.NotWritten} for one that is not the
     * owner, who must not open it then.
     */
    public Future<Void> ready(WhatsApp browser, String deviceId, long epoch, Source source) {
        return switch (source) {
            case Source.Folder _, Source.OldFolder _, Source.Nothing _ -> profiles.opening(deviceId, epoch);
            case Source.Snapshot(Snapshots.Taken taken) ->
                bring(browser, deviceId, epoch, taken).compose(_ -> profiles.opening(deviceId, epoch));
            // in this order, for an old copy with the name of a new epoch would look like the present one after a crash
            case Source.OldSnapshot(Snapshots.Taken taken) ->
                profiles.opening(deviceId, epoch).compose(_ -> bring(browser, deviceId, epoch, taken));
        };
    }

    private Future<Void> bring(WhatsApp browser, String deviceId, long epoch, Snapshots.Taken taken) {
        return browser.replace(deviceId, epoch, folder -> snapshots.restore(deviceId, taken, folder));
    }

    /**
     * The page of this epoch was closed in order. Completes within {@code patience} and never fails: what was not written then makes the next opening
     * more careful than it need be.
     *
     * @param linked else there is nothing to keep
     */
    public Future<Void> closed(WhatsApp browser, String deviceId, long epoch, boolean linked, Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        return profiles.closed(deviceId, epoch)
                .compose(ours -> ours && linked && snapshotsWanted
                        ? browser.files(deviceId)
                                .compose(files -> snapshots.take(
                                        deviceId,
                                        epoch,
                                        files,
                                        Duration.ofNanos(Math.max(1_000_000, until - System.nanoTime()))))
                        : Future.succeededFuture())
                .timeout(patience.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }

    /** The device is connected from this snapshot. */
    public Future<Void> proved(String deviceId, Snapshots.Taken taken) {
        return snapshots.proved(deviceId, taken);
    }

    /** The link is no more: its snapshots are of no use to anybody but a thief. */
    public Future<Void> forget(String deviceId) {
        return snapshots.forget(deviceId);
    }
}
