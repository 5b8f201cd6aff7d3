package io.kurir.profile;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tables {@code profile_key} and {@code snapshot}. */
final class SnapshotStore {

    /** A device's key as it is kept. */
    record Key(String sealed, int version) {}

    /** A snapshot that is stored; {@code manifest} is sealed. */
    record Stored(long id, long epoch, boolean clean, boolean proved, Buffer manifest, List<Buffer> pieces) {}

    private static final String KEY = "select sealed, version from profile_key where device_id = $1";

    private static final String NEW_KEY = """
            insert into profile_key (device_id, sealed)
            select device_id, $2 from device where device_id = $1
            on conflict (device_id) do nothing
            """;

    private static final String DEVICES = "select device_id from profile_key order by device_id";

    // Only of a profile that is closed, by its owner and with the present key: an opening changes the profile's row, so
    // it waits for this statement or this one sees it.
    private static final String COMMIT = """
            with mine as (
                select p.device_id
                from profile p
                join lease l on l.device_id = p.device_id
                join profile_key k on k.device_id = p.device_id
                where p.device_id = $1 and p.opened_epoch = $2 and not p.dirty
                  and l.epoch = $2 and l.expires_at > '-infinity' and k.version = $3
                for update of p
                for share of k
            ), before as (
                update snapshot s set clean = false from mine where s.device_id = mine.device_id and s.clean
            )
            insert into snapshot (device_id, epoch, clean, manifest, pieces)
            select device_id, $2, true, $4, $5 from mine
            """;

    private static final String ALL = """
            select id, epoch, clean, proved_at is not null, manifest, pieces
            from snapshot
            where device_id = $1
            order by id desc
            """;

    private static final String PROVED = """
            update snapshot set proved_at = coalesce(proved_at, clock_timestamp()) where device_id = $1 and id = $2
            """;

    // Nobody knows of a copy whether it can be opened before it was: the last one that was is kept, and until there is
    // one
    // the two latest.
    private static final String PRUNE = """
            with proved as (
                select max(id) as id from snapshot where device_id = $1 and proved_at is not null
            ), kept as (
                (select id from snapshot where device_id = $1 order by id desc limit 2)
                union
                select id from proved
            )
            delete from snapshot s
            where s.device_id = $1
              and (not exists (select from kept k where k.id = s.id)
                   or s.id < (select id from proved))
            returning pieces
            """;

    private static final String DROP = "delete from snapshot where device_id = $1 and id = $2 returning pieces";
    private static final String FORGET = "delete from snapshot where device_id = $1 returning pieces";
    private static final String FORGET_KEY = "delete from profile_key where device_id = $1";

    private static final String ROTATE_KEY = """
            update profile_key
            set sealed = $3, version = version + 1, made_at = clock_timestamp()
            where device_id = $1 and version = $2
            """;

    private static final String RESEALED = """
            update snapshot set manifest = $3, pieces = $4 where device_id = $1 and id = $2
            """;

    private static final String IDS = "select id from snapshot where device_id = $1 order by id desc";

    private final Pool pool;

    SnapshotStore(Pool pool) {
        this.pool = pool;
    }

    Future<Optional<Key>> key(String deviceId) {
        return pool.preparedQuery(KEY).execute(Tuple.of(deviceId)).map(rows -> {
            if (rows.size() == 0) {
                return Optional.empty();
            }
            Row row = rows.iterator().next();
            return Optional.of(new Key(row.getString(0), row.getInteger(1)));
        });
    }

    /** Keeps the first key that is given for a device. */
    Future<Void> newKey(String deviceId, String sealed) {
        return pool.preparedQuery(NEW_KEY).execute(Tuple.of(deviceId, sealed)).mapEmpty();
    }

    /** Those that have a key. */
    Future<List<String>> devices() {
        return pool.query(DEVICES).execute().map(rows -> {
            List<String> devices = new ArrayList<>();
            rows.forEach(row -> devices.add(row.getString(0)));
            return devices;
        });
    }

    /** The snapshot is there and clean; false when the profile is not the caller's any more, or open, or has another key. */
    Future<Boolean> commit(String deviceId, long epoch, int keyVersion, Buffer manifest, List<Buffer> pieces) {
        return pool.preparedQuery(COMMIT)
                .execute(Tuple.of(deviceId, epoch, keyVersion, manifest)
                        .addArrayOfBuffer(SnapshotPieceStore.array(pieces)))
                .map(rows -> rows.rowCount() == 1);
    }

    /** The newest first. */
    Future<List<Stored>> all(String deviceId) {
        return pool.preparedQuery(ALL).execute(Tuple.of(deviceId)).map(rows -> {
            List<Stored> all = new ArrayList<>();
            for (Row row : rows) {
                all.add(new Stored(
                        row.getLong(0),
                        row.getLong(1),
                        row.getBoolean(2),
                        row.getBoolean(3),
                        row.getBuffer(4),
                        List.of(row.getArrayOfBuffers(5))));
            }
            return all;
        });
    }

    Future<Void> proved(String deviceId, long id) {
        return pool.preparedQuery(PROVED).execute(Tuple.of(deviceId, id)).mapEmpty();
    }

    /** Deletes what is not needed any more; answers of what it consisted. */
    Future<List<Buffer>> prune(String deviceId) {
        return pool.preparedQuery(PRUNE).execute(Tuple.of(deviceId)).map(SnapshotStore::pieces);
    }

    Future<List<Buffer>> drop(String deviceId, long id) {
        return pool.preparedQuery(DROP).execute(Tuple.of(deviceId, id)).map(SnapshotStore::pieces);
    }

    /** All snapshots and the key. */
    Future<List<Buffer>> forget(String deviceId) {
        return pool.withTransaction(connection -> connection
                .preparedQuery(FORGET)
                .execute(Tuple.of(deviceId))
                .map(SnapshotStore::pieces)
                .compose(pieces -> connection
                        .preparedQuery(FORGET_KEY)
                        .execute(Tuple.of(deviceId))
                        .map(pieces)));
    }

    private static List<Buffer> pieces(RowSet<Row> rows) {
        List<Buffer> all = new ArrayList<>();
        rows.forEach(row -> all.addAll(List.of(row.getArrayOfBuffers(0))));
        return all;
    }

    /** Puts a key and all that was sealed anew with it in the place of what is there; false, and nothing, when that has changed meanwhile. */
    Future<Boolean> rotate(String deviceId, int version, String sealed, List<Stored> resealed) {
        return pool.withTransaction(connection -> connection
                        .preparedQuery(ROTATE_KEY)
                        .execute(Tuple.of(deviceId, version, sealed))
                        .compose(rows -> rows.rowCount() == 1 ? unchanged(connection, deviceId, resealed) : changed())
                        .compose(_ -> {
                            Future<?> written = Future.succeededFuture();
                            for (Stored one : resealed) {
                                written = written.compose(_ -> connection
                                        .preparedQuery(RESEALED)
                                        .execute(Tuple.of(deviceId, one.id(), one.manifest())
                                                .addArrayOfBuffer(SnapshotPieceStore.array(one.pieces()))));
                            }
                            return written.map(true);
                        }))
                .recover(
                        fault -> fault instanceof Changed ? Future.succeededFuture(false) : Future.failedFuture(fault));
    }

    /** Whoever adds a snapshot holds the key's row, which this transaction has changed: none is added from here on. */
    private static Future<Void> unchanged(SqlConnection connection, String deviceId, List<Stored> resealed) {
        List<Long> expected = resealed.stream().map(Stored::id).toList();
        return connection.preparedQuery(IDS).execute(Tuple.of(deviceId)).compose(rows -> {
            List<Long> there = new ArrayList<>();
            rows.forEach(row -> there.add(row.getLong(0)));
            return there.equals(expected) ? Future.succeededFuture() : changed();
        });
    }

    private static Future<Void> changed() {
        return Future.failedFuture(new Changed());
    }

    private static final class Changed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Changed() {
            super("changed meanwhile", null, false, false);
        }
    }
}
