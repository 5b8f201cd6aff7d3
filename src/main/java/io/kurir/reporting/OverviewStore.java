package io.kurir.reporting;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/** Counts the rows of several tables, and reads nothing else of them. One store for all of them: what is at a glance is one question. */
final class OverviewStore {
    // Each of the tables is small but chat_quarter, which is entered per device at the first quarter of the day.
    private static final String COUNTS = """
            select 'user' as what, '' as state, count(*) as n from app_user
            union all
            select 'device', state, count(*) from device group by state
            union all
            select 'queue', state, count(*) from outbox group by state
            union all
            select 'job', state, count(*) from batch where state <> 'staging' group by state
            union all
            select 'message', t.state, coalesce(sum(t.n), 0)::bigint
            from (select sum(s.incoming) as incoming, sum(s.outgoing) as outgoing, sum(s.failed) as failed
                  from device d
                  join chat_quarter s
                      on s.device_id = d.device_id and s.quarter >= quarter_of($1) and s.quarter < quarter_of($2)) m
            cross join lateral (values ('incoming', m.incoming), ('outgoing', m.outgoing), ('failed', m.failed)) as t(state, n)
            group by t.state
            """;

    private final Pool pool;

    OverviewStore(Pool pool) {
        this.pool = pool;
    }

    Future<Overview.Counts> counts(ZoneId zone, Instant from, Instant until) {
        return pool.preparedQuery(COUNTS)
                .execute(Tuple.of(from.atOffset(ZoneOffset.UTC), until.atOffset(ZoneOffset.UTC)))
                .map(rows -> {
                    Map<String, Map<String, Long>> found = new HashMap<>();
                    for (Row row : rows) {
                        found.computeIfAbsent(row.getString(0), _ -> new HashMap<>())
                                .put(row.getString(1), row.getLong(2));
                    }
                    Map<String, Long> messages = found.getOrDefault("message", Map.of());
                    return new Overview.Counts(
                            found.getOrDefault("user", Map.of()).getOrDefault("", 0L),
                            found.getOrDefault("device", Map.of()),
                            zone,
                            messages.getOrDefault("incoming", 0L),
                            messages.getOrDefault("outgoing", 0L),
                            messages.getOrDefault("failed", 0L),
                            found.getOrDefault("queue", Map.of()),
                            found.getOrDefault("job", Map.of()));
                });
    }
}
