package io.kurir.http;

import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that a database holds, to compare before and after: each row as JSON. Not what only says that somebody was there. */
final class Tables {
    /** What is written also by a refusal, or by nobody's request. */
    private static final List<String> NOT_COMPARED =
            List.of("audit", "idempotency", "node", "chore", "fence", "lease", "flyway_schema_history");

    private static final String VOLATILE = "'{last_used_at, last_login_at, last_seen, seen_at, used_at}'::text[]";

    private static final String NAMES = """
            select c.relname
            from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            order by 1
            """;

    private Tables() {}

    /** By table, in an order of their own. */
    static Map<String, List<String>> read(Pool pool) {
        Map<String, List<String>> tables = new TreeMap<>();
        for (String table : column(pool, NAMES)) {
            if (!NOT_COMPARED.contains(table)) {
                tables.put(
                        table,
                        column(
                                pool,
                                "select (to_jsonb(t) - %s)::text from %s t order by 1".formatted(VOLATILE, table)));
            }
        }
        return tables;
    }

    private static List<String> column(Pool pool, String sql) {
        List<String> values = new ArrayList<>();
        for (Row row : pool.query(sql).execute().await()) {
            values.add(row.getString(0));
        }
        return values;
    }
}
