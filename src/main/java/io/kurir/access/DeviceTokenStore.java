package io.kurir.access;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.Optional;

/** Table {@code device_token}. */
final class DeviceTokenStore {
    private static final String SET = """
            insert into device_token as t (device_id, hash, prefix)
            select device_id, $2, $3
            from device
            where device_id = $1
            on conflict (device_id) do update
            set hash = excluded.hash, prefix = excluded.prefix, created_at = now(), last_used_at = null
            returning t.created_at
            """;

    private static final String COPY = """
            insert into device_token as t (device_id, hash, prefix)
            select $2, hash, prefix
            from device_token
            where device_id = $1
            on conflict (device_id) do update
            set hash = excluded.hash, prefix = excluded.prefix, created_at = now(), last_used_at = null
            """;

    private static final String HAS = "select from device_token where device_id = $1";

    private static final String REVOKE = "delete from device_token where device_id = $1";

    private static final String EXISTS = "select from device where device_id = $1";

    private static final String BOUND = """
            select t.device_id, t.prefix, u.id as user_id, u.role, coalesce(d.device_id = $2 or d.external_id = $2, false) as named
            from device_token t
            join device d on d.device_id = t.device_id
            join app_user u on u.id = d.owner_id
            where u.active
            """;

    // who names another device than those that have this token is known, and refused by what it asks for
    private static final String FIND = BOUND + """
              and t.hash = $1
            order by named desc, d.created_at, d.device_id
            limit 1
            """;

    private static final String FIND_OF = BOUND + """
              and t.device_id = $2 and t.prefix = $1
            """;

    /** To the minute: a busy token must not write a row per request. */
    private static final String TOUCH = """
            update device_token
            set last_used_at = now()
            where device_id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')
            """;

    /** A token's device with its owner; {@code named}: it is the one that was asked about. */
    record Bound(String deviceId, String prefix, long userId, Caller.Role role, boolean named) {}

    private final Pool pool;

    DeviceTokenStore(Pool pool) {
        this.pool = pool;
    }

    /** Empty when there is no such device. */
    Optional<Instant> set(String deviceId, Buffer hash, String prefix) {
        return first(pool.preparedQuery(SET)
                        .execute(Tuple.of(deviceId, hash, prefix))
                        .await())
                .map(row -> row.getOffsetDateTime("created_at").toInstant());
    }

    /** False when {@code from} has none. */
    boolean copy(String from, String to) {
        return pool.preparedQuery(COPY).execute(Tuple.of(from, to)).await().rowCount() == 1;
    }

    boolean has(String deviceId) {
        return pool.preparedQuery(HAS).execute(Tuple.of(deviceId)).await().size() == 1;
    }

    /** False when it has none. */
    boolean revoke(String deviceId) {
        return pool.preparedQuery(REVOKE).execute(Tuple.of(deviceId)).await().rowCount() == 1;
    }

    boolean deviceExists(String deviceId) {
        return pool.preparedQuery(EXISTS).execute(Tuple.of(deviceId)).await().size() == 1;
    }

    /** The device of this token that {@code about} names, else the oldest one of it. */
    Optional<Bound> find(Buffer hash, Optional<String> about) {
        Tuple asked = Tuple.tuple().addBuffer(hash).addString(about.orElse(null));
        return first(pool.preparedQuery(FIND).execute(asked).await()).map(DeviceTokenStore::bound);
    }

    /** The device while it has the token that begins so. */
    Optional<Bound> find(String deviceId, String prefix) {
        return first(pool.preparedQuery(FIND_OF)
                        .execute(Tuple.of(prefix, deviceId))
                        .await())
                .map(DeviceTokenStore::bound);
    }

    Future<?> touch(String deviceId) {
        return pool.preparedQuery(TOUCH).execute(Tuple.of(deviceId));
    }

    private static Bound bound(Row row) {
        return new Bound(
                row.getString("device_id"),
                row.getString("prefix"),
                row.getLong("user_id"),
                UserStore.role(row.getString("role")),
                row.getBoolean("named"));
    }

    private static Optional<Row> first(RowSet<Row> rows) {
        return rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next());
    }
}
