package io.kurir.config;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The table {@code config}. */
final class ConfigStore {
    private static final String ALL = """
            select c.key, c.value, c.updated_at, u.username
            from config c
            left join app_user u on u.id = c.updated_by
            """;

    private static final String PUT = """
            insert into config (key, value, updated_by) values ($1, $2, $3)
            on conflict (key) do update
                set value = excluded.value, updated_by = excluded.updated_by, updated_at = clock_timestamp()
            """;

    /** {@code by}: the user's name, where there still is such a user. */
    record Stored(String value, Instant at, Optional<String> by) {}

    private final Pool pool;

    ConfigStore(Pool pool) {
        this.pool = pool;
    }

    Future<Map<String, Stored>> all() {
        return pool.query(ALL).execute().map(rows -> {
            Map<String, Stored> all = new HashMap<>();
            rows.forEach(row -> all.put(
                    row.getString(0),
                    new Stored(
                            row.getString(1),
                            row.getOffsetDateTime(2).toInstant(),
                            Optional.ofNullable(row.getString(3)))));
            return all;
        });
    }

    Future<Void> put(String key, String value, long userId) {
        return pool.preparedQuery(PUT).execute(Tuple.of(key, value, userId)).mapEmpty();
    }

    Future<Void> delete(String key) {
        return pool.preparedQuery("delete from config where key = $1")
                .execute(Tuple.of(key))
                .mapEmpty();
    }
}
