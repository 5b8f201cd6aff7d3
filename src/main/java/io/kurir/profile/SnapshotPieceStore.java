package io.kurir.profile;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The table {@code snapshot_piece}. */
final class SnapshotPieceStore implements SnapshotStorage {
    // used_at is written once an hour at most: it would cost a dead row for each piece that did not change
    private static final String MISSING = """
            with used as (
                update snapshot_piece
                set used_at = clock_timestamp()
                where device_id = $1 and name = any ($2) and used_at < clock_timestamp() - interval '1 hour'
            )
            select wanted.name
            from unnest($2::bytea[]) as wanted(name)
            where not exists (select from snapshot_piece p where p.device_id = $1 and p.name = wanted.name)
            """;

    private static final String PUT = """
            insert into snapshot_piece (device_id, name, bytes) values ($1, $2, $3)
            on conflict (device_id, name) do nothing
            """;

    private static final String GET = "select bytes from snapshot_piece where device_id = $1 and name = $2";
    private static final String DELETE = "delete from snapshot_piece where device_id = $1 and name = any ($2)";

    private static final String RETAIN = """
            delete from snapshot_piece
            where device_id = $1 and not (name = any ($2)) and used_at < clock_timestamp() - make_interval(secs => $3)
            """;

    private final Pool pool;

    SnapshotPieceStore(Pool pool) {
        this.pool = pool;
    }

    static Buffer[] array(Collection<Buffer> names) {
        return names.toArray(Buffer[]::new);
    }

    @Override
    public Future<List<Buffer>> missing(String deviceId, Collection<Buffer> names) {
        return pool.preparedQuery(MISSING)
                .execute(Tuple.of(deviceId).addArrayOfBuffer(array(names)))
                .map(rows -> {
                    List<Buffer> missing = new ArrayList<>();
                    rows.forEach(row -> missing.add(row.getBuffer(0)));
                    return missing;
                });
    }

    @Override
    public Future<Void> put(String deviceId, Buffer name, Buffer bytes) {
        return pool.preparedQuery(PUT).execute(Tuple.of(deviceId, name, bytes)).mapEmpty();
    }

    @Override
    public Future<Optional<Buffer>> get(String deviceId, Buffer name) {
        return pool.preparedQuery(GET)
                .execute(Tuple.of(deviceId, name))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getBuffer(0)));
    }

    @Override
    public Future<Void> delete(String deviceId, Collection<Buffer> names) {
        return pool.preparedQuery(DELETE)
                .execute(Tuple.of(deviceId).addArrayOfBuffer(array(names)))
                .mapEmpty();
    }

    @Override
    public Future<Void> retain(String deviceId, Collection<Buffer> names, Duration unused) {
        return pool.preparedQuery(RETAIN)
                .execute(Tuple.of(deviceId).addArrayOfBuffer(array(names)).addDouble((double) unused.toSeconds()))
                .mapEmpty();
    }
}
