package io.kurir.profile;

import io.kurir.Misconfigured;
import io.kurir.Vault;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of the devices' closed profiles, sealed with a key per device, for when the folder itself cannot be reached. Files are cut into pieces of
 * 1 MiB that are named by their contents, so that only what has changed is written. A copy replaces the ones before only when a device was
 * connected from it.
 *
 * <p>The work runs on virtual threads, of one device one after the other; futures complete on the caller's context. Over 300 lines: taking,
 * restoring and sealing anew are three ways over the same few records.
 */
public final class Snapshots {
    private static final Logger log = LoggerFactory.getLogger(Snapshots.class);
    static final int PIECE = 1 << 20;
    /** What is put for a snapshot that then does not come about is taken for that of one under way for so long. */
    private static final Duration UNUSED = Duration.ofDays(1);
    /** How often a copy that changes while it is sealed anew is begun again. */
    private static final int TRIES = 3;

    /** {@code clean}: nothing was opened since it was taken. {@code proved}: a device was connected from it. */
    public record Taken(long id, long epoch, boolean clean, boolean proved) {}

    private final Vertx vertx;
    private final SnapshotStore store;
    private final SnapshotStorage storage;
    private final Vault vault;
    private final MeterRegistry meters;
    private final Map<String, Future<?>> turns = new ConcurrentHashMap<>();

    /** Kept in PostgreSQL. {@code meters} gets {@code kurir.profile.snapshots}, by what was done and how it ended. */
    public Snapshots(Vertx vertx, Pool pool, Vault vault, MeterRegistry meters) {
        this(vertx, pool, new SnapshotPieceStore(pool), vault, meters);
    }

    Snapshots(Vertx vertx, Pool pool, SnapshotStorage storage, Vault vault, MeterRegistry meters) {
        this.vertx = vertx;
        this.store = new SnapshotStore(pool);
        this.storage = storage;
        this.vault = vault;
        this.meters = meters;
    }

    private record Held(DeviceKey key, int version) {}

    /**
     * Takes a snapshot of a closed profile; false where there is none now. Never fails, and completes within {@code patience}: a copy that is not finished
     * then is given up.
     *
     * @param files by their names in the profile; they must not change until this completes
     */
    public Future<Boolean> take(String deviceId, long epoch, Map<String, Path> files, Duration patience) {
        if (files.isEmpty()) {
            return Future.succeededFuture(true); // nothing that could be left behind
        }
        AtomicBoolean late = new AtomicBoolean();
        long before = System.nanoTime();
        Future<Boolean> taken = inTurn(deviceId, () -> taken(deviceId, epoch, files, late));
        return taken.timeout(patience.toMillis(), TimeUnit.MILLISECONDS).transform(done -> {
            late.set(done.failed());
            boolean ours = done.succeeded() && done.result();
            String outcome = ours ? "stored" : done.succeeded() ? "outdated" : "failed";
            long nanos = System.nanoTime() - before;
            meters.timer("kurir.profile.snapshots", "what", "take", "outcome", outcome)
                    .record(nanos, TimeUnit.NANOSECONDS);
            if (done.failed()) {
                log.warn("{}: no snapshot of the profile: {}", deviceId, String.valueOf(done.cause()));
            } else if (!ours) {
                log.info("{}: the profile was opened again, or belongs to another node: no snapshot", deviceId);
            } else {
                log.info(
                        "{}: snapshot of epoch {} taken in {} ms",
                        deviceId,
                        epoch,
                        TimeUnit.NANOSECONDS.toMillis(nanos));
            }
            return Future.succeededFuture(ours);
        });
    }

    private boolean taken(String deviceId, long epoch, Map<String, Path> files, AtomicBoolean late) throws IOException {
        Held held = key(deviceId);
        List<Manifest.Entry> entries = new ArrayList<>();
        for (Map.Entry<String, Path> file : new TreeMap<>(files).entrySet()) {
            entries.add(ProfilePieces.measured(file.getKey(), file.getValue(), held.key()));
        }
        Manifest manifest = new Manifest(entries);
        List<Buffer> names = List.copyOf(manifest.pieces());
        Set<Buffer> missing = new HashSet<>(storage.missing(deviceId, names).await());
        for (Manifest.Entry entry : entries) {
            put(
                    deviceId,
                    held.key(),
                    entry,
                    Optional.ofNullable(files.get(entry.name())).orElseThrow(),
                    missing,
                    late);
        }
        Buffer sealed = Buffer.buffer(held.key().seal(manifestOf(deviceId), manifest.bytes()));
        if (late.get() || !storage.missing(deviceId, names).await().isEmpty()) {
            return false;
        }
        boolean ours =
                store.commit(deviceId, epoch, held.version(), sealed, names).await();
        if (ours) {
            prune(deviceId);
        }
        return ours;
    }

    private void put(
            String deviceId, DeviceKey key, Manifest.Entry entry, Path file, Set<Buffer> missing, AtomicBoolean late)
            throws IOException {
        for (int i = 0; i < entry.pieces().size() && !late.get(); i++) {
            Buffer name = entry.pieces().get(i);
            if (missing.remove(name)) {
                byte[] plain = ProfilePieces.read(file, i);
                if (!name.equals(Buffer.buffer(key.name(plain)))) {
                    throw new IOException(entry.name() + " changed while it was copied");
                }
                storage.put(deviceId, name, Buffer.buffer(key.seal(pieceOf(deviceId, name), plain)))
                        .await();
            }
        }
    }

    /** The device's key; one is made where there is none. */
    private Held key(String deviceId) throws IOException {
        Optional<SnapshotStore.Key> kept = store.key(deviceId).await();
        if (kept.isEmpty()) {
            store.newKey(deviceId, DeviceKey.fresh().keep(vault, deviceId)).await();
            kept = store.key(deviceId).await();
        }
        SnapshotStore.Key key = kept.orElseThrow(() -> new IOException("there is no such device any more"));
        return new Held(DeviceKey.open(vault, deviceId, key.sealed()), key.version());
    }

    private static byte[] manifestOf(String deviceId) {
        return ("manifest/" + deviceId).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] pieceOf(String deviceId, Buffer name) {
        return Buffer.buffer("piece/" + deviceId + "/").appendBuffer(name).getBytes();
    }

    private void prune(String deviceId) {
        List<Buffer> gone = store.prune(deviceId).await();
        drop(deviceId, gone);
        storage.retain(deviceId, needed(deviceId), UNUSED).await();
    }

    /** Named one by one: what another node is just putting there for its snapshot must stay. */
    private void drop(String deviceId, List<Buffer> gone) {
        Set<Buffer> unneeded = new HashSet<>(gone);
        unneeded.removeAll(needed(deviceId));
        if (!unneeded.isEmpty()) {
            storage.delete(deviceId, unneeded).await();
        }
    }

    private Set<Buffer> needed(String deviceId) {
        Set<Buffer> needed = new HashSet<>();
        store.all(deviceId).await().forEach(one -> needed.addAll(one.pieces()));
        return needed;
    }

    /** The newest one. */
    public Future<Optional<Taken>> newest(String deviceId) {
        return store.all(deviceId)
                .map(all -> all.stream()
                        .findFirst()
                        .map(one -> new Taken(one.id(), one.epoch(), one.clean(), one.proved())));
    }

    /**
     * Writes the snapshot's files below {@code into}, an empty folder. Fails with {@link DamagedException} when they are not all there, byte by
     * byte; such a snapshot is dropped.
     */
    public Future<Void> restore(String deviceId, Taken taken, Path into) {
        long before = System.nanoTime();
        Future<Void> restored = inTurn(deviceId, () -> {
                    restored(deviceId, taken.id(), into);
                    return true;
                })
                .mapEmpty();
        return restored.onComplete(done -> meters.timer(
                                "kurir.profile.snapshots",
                                "what",
                                "restore",
                                "outcome",
                                done.succeeded()
                                        ? "restored"
                                        : done.cause() instanceof DamagedException ? "damaged" : "failed")
                        .record(System.nanoTime() - before, TimeUnit.NANOSECONDS))
                .recover(fault -> fault instanceof DamagedException
                        ? inTurn(deviceId, () -> {
                                    log.error("{}: {}; it is dropped", deviceId, fault.getMessage());
                                    drop(
                                            deviceId,
                                            store.drop(deviceId, taken.id()).await());
                                    return true;
                                })
                                .compose(_ -> Future.failedFuture(fault))
                        : Future.failedFuture(fault));
    }

    private void restored(String deviceId, long id, Path into) throws IOException {
        SnapshotStore.Stored stored = store.all(deviceId).await().stream()
                .filter(one -> one.id() == id)
                .findFirst()
                .orElseThrow(() -> new DamagedException("it is not there any more"));
        DeviceKey key = key(deviceId).key();
        Manifest manifest =
                Manifest.of(key.open(manifestOf(deviceId), stored.manifest().getBytes()));
        for (Manifest.Entry file : manifest.files()) {
            ProfilePieces.write(into, file, name -> plain(deviceId, key, name));
        }
    }

    private byte[] plain(String deviceId, DeviceKey key, Buffer name) throws IOException {
        Buffer sealed = storage.get(deviceId, name)
                .await()
                .orElseThrow(() -> new DamagedException("a piece of it is not there"));
        return key.open(pieceOf(deviceId, name), sealed.getBytes());
    }

    /** A device was connected from it: those before are not needed any more. */
    public Future<Void> proved(String deviceId, Taken taken) {
        return inTurn(deviceId, () -> {
                    store.proved(deviceId, taken.id()).await();
                    prune(deviceId);
                    return true;
                })
                .mapEmpty();
    }

    /** All of the device, and its key. */
    public Future<Void> forget(String deviceId) {
        return inTurn(deviceId, () -> {
                    storage.delete(
                                    deviceId,
                                    new HashSet<>(store.forget(deviceId).await()))
                            .await();
                    storage.retain(deviceId, Set.of(), Duration.ZERO).await();
                    return true;
                })
                .mapEmpty();
    }

    /** Devices that have a key. */
    public Future<List<String>> devices() {
        return store.devices();
    }

    /**
     * Gives the device a fresh key, sealed with the present secret, and seals what is stored with it. Nodes may run meanwhile. Answers how many snapshots
     * it has; fails with {@link Misconfigured} for a device without a key.
     */
    public Future<Integer> rotate(String deviceId) {
        return inTurn(deviceId, () -> {
            for (int i = 0; i < TRIES; i++) {
                Optional<Integer> done = rotated(deviceId);
                if (done.isPresent()) {
                    return done.get();
                }
            }
            throw new Misconfigured(deviceId + " changes its snapshots all the time: try again later.");
        });
    }

    private Optional<Integer> rotated(String deviceId) throws IOException {
        if (store.key(deviceId).await().isEmpty()) {
            throw new Misconfigured("There are no snapshots of " + deviceId + ".");
        }
        Held old = key(deviceId);
        DeviceKey fresh = DeviceKey.fresh();
        Map<Buffer, Buffer> names = new HashMap<>();
        List<SnapshotStore.Stored> resealed = new ArrayList<>();
        for (SnapshotStore.Stored one : store.all(deviceId).await()) {
            for (Buffer name : one.pieces()) {
                if (!names.containsKey(name)) {
                    names.put(name, resealed(deviceId, old.key(), fresh, name));
                }
            }
            byte[] plain = old.key().open(manifestOf(deviceId), one.manifest().getBytes());
            Manifest manifest = Manifest.of(plain).renamed(names);
            resealed.add(new SnapshotStore.Stored(
                    one.id(),
                    one.epoch(),
                    one.clean(),
                    one.proved(),
                    Buffer.buffer(fresh.seal(manifestOf(deviceId), manifest.bytes())),
                    List.copyOf(manifest.pieces())));
        }
        boolean done = store.rotate(deviceId, old.version(), fresh.keep(vault, deviceId), resealed)
                .await();
        storage.delete(deviceId, done ? names.keySet() : names.values()).await();
        return done ? Optional.of(resealed.size()) : Optional.empty();
    }

    private Buffer resealed(String deviceId, DeviceKey old, DeviceKey fresh, Buffer name) throws IOException {
        byte[] plain = plain(deviceId, old, name);
        Buffer renamed = Buffer.buffer(fresh.name(plain));
        storage.put(deviceId, renamed, Buffer.buffer(fresh.seal(pieceOf(deviceId, renamed), plain)))
                .await();
        return renamed;
    }

    /** What one does not need any more another one may just count on. */
    private <T> Future<T> inTurn(String deviceId, Callable<T> work) {
        Promise<T> promise = Promise.promise();
        Future<T> mine = promise.future();
        turns.compute(deviceId, (_, before) -> {
            Future<?> first = before == null ? Future.succeededFuture() : before;
            first.onComplete(
                    _ -> Thread.ofVirtual().name("snapshots " + deviceId).start(() -> run(work, promise)));
            return mine;
        });
        mine.onComplete(_ -> turns.remove(deviceId, mine));
        Context caller = vertx.getOrCreateContext();
        Promise<T> told = Promise.promise();
        mine.onComplete(done -> caller.runOnContext(_ -> told.handle(done)));
        return told.future();
    }

    private static <T> void run(Callable<T> work, Promise<T> promise) {
        try {
            promise.complete(work.call());
        } catch (Exception | Error fault) { // whatever it is, the next one of the device must have its turn
            promise.fail(fault);
        }
    }
}
