package io.kurir.profile;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;

/** The table {@code profile}. */
final class ProfileStore {
    private static final String LAST = "select opened_epoch, dirty from profile where device_id = $1";

    // The lock makes the next owner wait for this statement, or this one see the next owner's epoch: what a taker reads
    // after it has the lease is the last word.
    // No snapshot knows what happens from here on.
    private static final String OPENING = """
            with opened as (
                insert into profile as p (device_id, opened_epoch, dirty)
                select device_id, epoch, true
                from lease
                where device_id = $1 and epoch = $2 and expires_at > '-infinity'
                for share
                on conflict (device_id) do update
                set opened_epoch = excluded.opened_epoch, dirty = true
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
            insert into profile as p (device_id, opened_epoch)
            select d.device_id, coalesce(l.epoch, 0) + 1
            from device d
            left join lease l on l.device_id = d.device_id
            where d.device_id = $1
            on conflict (device_id) do update
            set opened_epoch = greatest(p.opened_epoch, excluded.opened_epoch), dirty = false
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
    Future<Boolean> opening(String deviceId, long epoch) {
        return changed(OPENING, Tuple.of(deviceId, epoch));
    }

    /** False when another epoch has opened it since. */
    Future<Boolean> closed(String deviceId, long epoch) {
        return changed(CLOSED, Tuple.of(deviceId, epoch));
    }

    Future<Boolean> imported(String deviceId) {
        return changed(IMPORTED, Tuple.of(deviceId));
    }

    private Future<Boolean> changed(String sql, Tuple arguments) {
        return pool.preparedQuery(sql)
                .execute(arguments)
                .map(SqlResult::rowCount)
                .map(count -> count == 1);
    }
}
