package io.kurir.session;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;

/** The table {@code device} for a profile that comes from elsewhere, while no node runs the device. */
final class AdoptionStore {
    private static final String FREE = """
            select not exists (select from lease where device_id = $1 and expires_at > clock_timestamp())
            """;

    // A new device belongs to the oldest admin. What a page of an earlier link has sent, this profile's history need
    // not know: links.
    private static final String ADOPT = """
            with adopted as (
                insert into device (device_id, owner_id, name, state, state_reason, linked, wanted, links)
                select $1, u.id, $1, 'disconnected', 'the profile came from elsewhere', true, true, 1
                from app_user u
                where u.role = 'admin' and u.active
                order by u.id
                limit 1
                on conflict (device_id) do update
                set state = excluded.state,
                    state_reason = excluded.state_reason,
                    linked = true,
                    wanted = true,
                    attempts = 0,
                    links = device.links + 1,
                    updated_at = clock_timestamp()
                returning device_id
            ), counter as (
                insert into event_counter (device_id) select device_id from adopted on conflict do nothing
            )
            select count(*) from adopted
            """;

    private final Pool pool;

    AdoptionStore(Pool pool) {
        this.pool = pool;
    }

    Future<Boolean> free(String deviceId) {
        return pool.preparedQuery(FREE)
                .execute(Tuple.of(deviceId))
                .map(rows -> rows.iterator().next().getBoolean(0));
    }

    /** False when there is no admin that a new device could belong to. */
    Future<Boolean> adopt(String deviceId) {
        return pool.preparedQuery(ADOPT)
                .execute(Tuple.of(deviceId))
                .map(rows -> rows.iterator().next().getLong(0) == 1);
    }
}
