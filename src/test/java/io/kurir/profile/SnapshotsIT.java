package io.kurir.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.Vault;
import io.kurir.db.TestPostgres;
import io.kurir.profile.Snapshots.Taken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real PostgreSQL; takes some seconds. */
class SnapshotsIT {
    private static final String DEVICE = "device-1";
    private static final String OTHER = "device-2";
    private static final String SECRET = "the first secret, 32 characters or more";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Snapshots snapshots = new Snapshots(vertx, pool, new Vault(SECRET), meters);
    private final Profiles profiles = new Profiles(pool);
    private final Random random = new Random(7);
    private int restored;

    @BeforeEach
    void devices() throws Exception {
        for (String device : List.of(DEVICE, OTHER)) {
            get(pool.preparedQuery("insert into device (device_id, owner_id, name) values ($1, 1, $1)")
                    .execute(Tuple.of(device)));
            owned(device, 1);
        }
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void owned(String device, long epoch) throws Exception {
        get(pool.preparedQuery("""
                insert into lease (device_id, node, worker, epoch, expires_at)
                values ($1, 'node-1', '1', $2, clock_timestamp() + interval '1 hour')
                on conflict (device_id) do update set epoch = excluded.epoch
                """).execute(Tuple.of(device, epoch)));
    }

    private long count(String what) throws Exception {
        return get(pool.query("select count(*) from " + what).execute())
                .iterator()
                .next()
                .getLong(0);
    }

    private byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private Map<String, Path> profile(Map<String, byte[]> contents) throws IOException {
        Map<String, Path> files = new HashMap<>();
        for (Map.Entry<String, byte[]> one : contents.entrySet()) {
            Path file = folder.resolve("profile").resolve(one.getKey());
            Files.createDirectories(file.getParent());
            files.put(one.getKey(), Files.write(file, one.getValue()));
        }
        return files;
    }

    /** Opened, closed in order and copied. */
    private Taken taken(String device, long epoch, Map<String, byte[]> contents) throws Exception {
        get(profiles.opening(device, epoch));
        get(profiles.closed(device, epoch));
        get(snapshots.take(device, epoch, profile(contents), PATIENCE));
        return get(snapshots.newest(device)).orElseThrow();
    }

    private Map<String, byte[]> restored(Snapshots from, String device, Taken taken) throws Exception {
        Path into = Files.createDirectories(folder.resolve("restored-" + ++restored));
        get(from.restore(device, taken, into));
        Map<String, byte[]> contents = new HashMap<>();
        try (var all = Files.walk(into)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(into.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private static void assertSame(Map<String, byte[]> found, Map<String, byte[]> expected) {
        assertThat(found).containsOnlyKeys(expected.keySet());
        expected.forEach((name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));
    }

    @Test
    void whatWasTakenComesBackByteByByteAndNothingOfItCanBeReadInTheDatabase() throws Exception {
        byte[] telling = "the key of the account, as often as it takes "
                .repeat(40_000)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Map<String, byte[]> contents = Map.of(
                "IndexedDB/x.leveldb/000003.log",
                telling,
                "Cookies",
                bytes(Snapshots.PIECE),
                "Local Storage/leveldb/000001.ldb",
                bytes(2 * Snapshots.PIECE + 1),
                "Local Storage/leveldb/EMPTY",
                new byte[0]);
        Taken taken = taken(DEVICE, 1, contents);
        assertThat(taken.clean()).isTrue();
        assertThat(taken.proved()).isFalse();
        assertSame(restored(snapshots, DEVICE, taken), contents);

        assertThat(count("snapshot_piece")).isEqualTo(6);
        assertThat(count("snapshot_piece where length(bytes) > 1048576 + 28")).isZero();
        assertThat(count("snapshot_piece where position('account'::bytea in bytes) > 0"))
                .isZero();
        assertThat(count("snapshot where position('Cookies'::bytea in manifest) > 0"))
                .isZero();
        assertThat(meters.timer("kurir.profile.snapshots", "what", "take", "outcome", "stored")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void onlyWhatChangedIsWrittenAndEqualFilesOfTwoDevicesAreNotToBeKnown() throws Exception {
        byte[] large = bytes(3 * Snapshots.PIECE);
        taken(DEVICE, 1, Map.of("IndexedDB/a", large, "Cookies", bytes(100)));
        long before = count("snapshot_piece");
        get(pool.query("create table seen as select device_id, name, ctid::text as at from snapshot_piece")
                .execute());
        owned(DEVICE, 2);
        taken(DEVICE, 2, Map.of("IndexedDB/a", large, "IndexedDB/copy", large, "Cookies", bytes(100)));
        assertThat(count("snapshot_piece")).isEqualTo(before + 1);
        assertThat(count("snapshot_piece p join seen s on s.name = p.name and s.at = p.ctid::text"))
                .isEqualTo(before);

        taken(OTHER, 1, Map.of("IndexedDB/a", large));
        assertThat(
                        count(
                                "snapshot_piece one join snapshot_piece other on one.name = other.name and one.device_id <> other.device_id"))
                .isZero();
    }

    @Test
    void anOpeningMakesSnapshotsOldAndTheNextCleanOneCountsAgain() throws Exception {
        taken(DEVICE, 1, Map.of("Cookies", bytes(10)));
        get(profiles.opening(DEVICE, 1));
        assertThat(get(snapshots.newest(DEVICE)).orElseThrow().clean()).isFalse();
        // not of an open profile, nor of another owner
        get(snapshots.take(DEVICE, 1, profile(Map.of("Cookies", bytes(10))), PATIENCE));
        get(profiles.closed(DEVICE, 1));
        owned(DEVICE, 2);
        get(snapshots.take(DEVICE, 1, profile(Map.of("Cookies", bytes(10))), PATIENCE));
        assertThat(count("snapshot")).isEqualTo(1);
        assertThat(count("snapshot where clean")).isZero();
        assertThat(meters.timer("kurir.profile.snapshots", "what", "take", "outcome", "outdated")
                        .count())
                .isEqualTo(2);

        assertThat(taken(DEVICE, 2, Map.of("Cookies", bytes(10))).clean()).isTrue();
        assertThat(count("snapshot where clean")).isEqualTo(1);
    }

    @Test
    void theLastProvedOneIsKeptUntilANewerOneIsAndNoPieceIsLeftBehind() throws Exception {
        byte[] common = bytes(Snapshots.PIECE);
        Taken first = taken(DEVICE, 1, Map.of("a", common, "b", bytes(50)));
        get(snapshots.proved(DEVICE, first));
        Taken last = first;
        byte[] newest = new byte[0];
        for (long epoch = 2; epoch <= 5; epoch++) {
            owned(DEVICE, epoch);
            newest = bytes(50);
            last = taken(DEVICE, epoch, Map.of("a", common, "b", newest));
        }
        // the two latest and the proved one
        assertThat(count("snapshot")).isEqualTo(3);
        assertThat(count("snapshot where proved_at is not null")).isEqualTo(1);
        assertThat(count("snapshot_piece")).isEqualTo(4);
        assertThat(restored(snapshots, DEVICE, first)).hasSize(2);

        get(snapshots.proved(DEVICE, last));
        assertThat(count("snapshot")).isEqualTo(1);
        assertThat(count("snapshot_piece")).isEqualTo(2);
        assertSame(restored(snapshots, DEVICE, last), Map.of("a", common, "b", newest));
    }

    @Test
    void aDamagedSnapshotIsFoundOutAndDroppedAndTheOneBeforeComesNext() throws Exception {
        Map<String, byte[]> good = Map.of("Cookies", bytes(10));
        taken(DEVICE, 1, good);
        owned(DEVICE, 2);
        Taken damaged = taken(DEVICE, 2, Map.of("Cookies", bytes(20)));
        get(pool.query("""
                update snapshot_piece
                set bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1)
                where length(bytes) = 48
                """).execute());
        assertThatThrownBy(() -> restored(snapshots, DEVICE, damaged)).hasCauseInstanceOf(DamagedException.class);
        Taken before = get(snapshots.newest(DEVICE)).orElseThrow();
        assertThat(before.epoch()).isEqualTo(1);
        assertThat(before.clean()).isFalse();
        assertSame(restored(snapshots, DEVICE, before), good);
    }

    @Test
    void aFreshKeySealsEverythingAnewWithThePresentSecret() throws Exception {
        Map<String, byte[]> contents = Map.of("IndexedDB/a", bytes(2 * Snapshots.PIECE), "Cookies", bytes(10));
        Taken taken = taken(DEVICE, 1, contents);
        Taken others = taken(OTHER, 1, contents);
        get(pool.query("create table seen as select device_id, name, bytes from snapshot_piece")
                .execute());
        String secret = "the second secret, 32 characters or more";
        Snapshots rotating = new Snapshots(vertx, pool, new Vault(secret, List.of(SECRET)), meters);
        assertThat(get(rotating.devices())).containsExactly(DEVICE, OTHER);
        assertThat(get(rotating.rotate(DEVICE))).isEqualTo(1);

        assertThat(count(
                        "snapshot_piece p join seen s on s.device_id = p.device_id and (s.name = p.name or s.bytes = p.bytes)"
                                + " where p.device_id = '" + DEVICE + "'"))
                .isZero();
        assertThat(count("snapshot_piece where device_id = '" + DEVICE + "'")).isEqualTo(3);
        Snapshots second = new Snapshots(vertx, pool, new Vault(secret), meters);
        assertSame(restored(second, DEVICE, taken), contents);
        assertThat(get(second.newest(DEVICE)).orElseThrow().clean()).isTrue();
        // not rotated: only for whoever still names the former secret
        assertThatThrownBy(() -> restored(second, OTHER, others)).hasMessageContaining("another secret");
        assertSame(restored(rotating, OTHER, others), contents);
        // and the same bytes are not written a second time under the fresh key
        get(second.take(DEVICE, 1, profile(contents), PATIENCE));
        assertThat(count("snapshot where device_id = '" + DEVICE + "'")).isEqualTo(2);
        assertThat(count("snapshot_piece where device_id = '" + DEVICE + "'")).isEqualTo(3);
    }

    @Test
    void aNodeThatHadTheFormerKeyInHandCannotAddToIt() throws Exception {
        Taken taken = taken(DEVICE, 1, Map.of("Cookies", bytes(10)));
        SnapshotStore store = new SnapshotStore(pool);
        int version = get(store.key(DEVICE)).orElseThrow().version();
        get(snapshots.rotate(DEVICE));
        assertThat(get(store.commit(DEVICE, 1, version, Buffer.buffer("x"), List.of())))
                .isFalse();
        assertThat(get(store.commit(DEVICE, 1, version + 1, Buffer.buffer("x"), List.of())))
                .isTrue();
        assertThat(taken.id()).isPositive();
    }

    @Test
    void theEndOfALinkOrOfADeviceLeavesNothing() throws Exception {
        taken(DEVICE, 1, Map.of("Cookies", bytes(10)));
        taken(OTHER, 1, Map.of("Cookies", bytes(10)));
        get(snapshots.forget(DEVICE));
        get(pool.query("delete from device where device_id = '" + OTHER + "'").execute());
        for (String table : List.of("snapshot", "snapshot_piece", "profile_key")) {
            assertThat(count(table)).as(table).isZero();
        }
    }

    @Test
    void aStorageThatDoesNotAnswerHoldsNobodyUpForLong() throws Exception {
        Snapshots slow = new Snapshots(vertx, pool, new Stuck(), new Vault(SECRET), meters);
        get(profiles.opening(DEVICE, 1));
        get(profiles.closed(DEVICE, 1));
        long before = System.nanoTime();
        get(slow.take(DEVICE, 1, profile(Map.of("Cookies", bytes(10))), Duration.ofMillis(200)));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        assertThat(count("snapshot")).isZero();
        assertThat(meters.timer("kurir.profile.snapshots", "what", "take", "outcome", "failed")
                        .count())
                .isEqualTo(1);
    }

    /** Takes everything and says nothing. */
    private static final class Stuck implements SnapshotStorage {
        @Override
        public Future<List<Buffer>> missing(String deviceId, java.util.Collection<Buffer> names) {
            return Future.succeededFuture(List.copyOf(names));
        }

        @Override
        public Future<Void> put(String deviceId, Buffer name, Buffer bytes) {
            return io.vertx.core.Promise.<Void>promise().future();
        }

        @Override
        public Future<java.util.Optional<Buffer>> get(String deviceId, Buffer name) {
            return Future.succeededFuture(java.util.Optional.empty());
        }

        @Override
        public Future<Void> delete(String deviceId, java.util.Collection<Buffer> names) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> retain(String deviceId, java.util.Collection<Buffer> names, Duration unused) {
            return Future.succeededFuture();
        }
    }
}
