package io.kurir.profile;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** The table {@code profile}. */
final class ProfileStore {
    private static final String LAST = "select opened_epoch, dirty from profile where device_id = $1";

    // The lock makes the next owner wait for this statement, or this one see the next owner's epoch: what a taker reads
    // after it has the lease is the last word.
    // No snapshot knows what happens from here on.
    private static final String OPENING = """
            with opened as (
                insert into profile as p (device_id, opened_epoch, dirty, node)
                select device_id, epoch, true, case when not $3 then node end
                from lease
                where device_id = $1 and epoch = $2 and expires_at > '-infinity'
                for share
                on conflict (device_id) do update
                set opened_epoch = excluded.opened_epoch, dirty = true, node = excluded.node
                where p.opened_epoch <= excluded.opened_epoch
                returning p.device_id
            ), older as (
                update snapshot s set clean = false from opened o where s.device_id = o.device_id and s.clean
            )
            select device_id from opened
            """;

    private static final String CLOSED = """
            update profile set dirty = false where device_id = $1 and opened_epoch = $2
            """;

    // One above the last owner's, which is the next one's: what nodes have of the time before becomes old by it.
    private static final String IMPORTED = """
            insert into profile as p (device_id, opened_epoch, node)
            select d.device_id, coalesce(l.epoch, 0) + 1, $2
            from device d
            left join lease l on l.device_id = d.device_id
            where d.device_id = $1
            on conflict (device_id) do update
            set opened_epoch = greatest(p.opened_epoch, excluded.opened_epoch), dirty = false, node = excluded.node
            """;

    private final Pool pool;

    ProfileStore(Pool pool) {
        this.pool = pool;
    }

    Future<Profiles.Last> last(String deviceId) {
        return pool.preparedQuery(LAST).execute(Tuple.of(deviceId)).map(rows -> {
            if (rows.size() == 0) {
                return Profiles.NEVER;
            }
            var row = rows.iterator().next();
            return new Profiles.Last(row.getLong(0), row.getBoolean(1));
        });
    }

    /** False when the epoch is no longer the device's. */
    Future<Boolean> opening(String deviceId, long epoch, boolean shared) {
        return changed(OPENING, Tuple.of(deviceId, epoch, shared));
    }

    /** False when another epoch has opened it since. */
    Future<Boolean> closed(String deviceId, long epoch) {
        return changed(CLOSED, Tuple.of(deviceId, epoch));
    }

    /** {@code node}: whose disk it lies on; empty for a volume that all see. */
    Future<Boolean> imported(String deviceId, Optional<String> node) {
        return changed(IMPORTED, Tuple.of(deviceId, node.orElse(null)));
    }

    private Future<Boolean> changed(String sql, Tuple arguments) {
        return pool.preparedQuery(sql)
                .execute(arguments)
                .map(SqlResult::rowCount)
                .map(count -> count == 1);
    }
}
