package io.kurir.config;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.Map;

/** The table {@code config}. */
final class ConfigStore {
    private static final String PUT = """
            insert into config (key, value, updated_by) values ($1, $2, $3)
            on conflict (key) do update
                set value = excluded.value, updated_by = excluded.updated_by, updated_at = clock_timestamp()
            """;

    private final Pool pool;

    ConfigStore(Pool pool) {
        this.pool = pool;
    }

    Future<Map<String, String>> all() {
        return pool.query("select key, value from config").execute().map(rows -> {
            Map<String, String> all = new HashMap<>();
            rows.forEach(row -> all.put(row.getString(0), row.getString(1)));
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
