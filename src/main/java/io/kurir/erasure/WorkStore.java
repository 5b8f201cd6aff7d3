package io.kurir.erasure;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.HashSet;
import java.util.Set;

/** What is still to be done for a person: schedules, items of jobs; and what was answered to requests about it. Locks: batch, then its items. */
final class WorkStore implements Part {
    private static final String SCHEDULES = """
            delete from schedule where device_id = $1 and chat = any ($2::text[])
            """;

    // What names the person goes on without the name.
    private static final String SCHEDULED_WORDS = """
            update schedule
            set body = regexp_replace(body, $3, $4, 'g'), content = regexp_replace(content::text, $3, $4, 'g')::jsonb,
                mentions = (select coalesce(array_agg(x), '{}') from unnest(mentions) x where not (x = any ($5::text[])))
            where device_id = $1 and (body like any ($2::text[]) or content::text like any ($2) or mentions && $5::text[])
            """;

    private static final String BATCHES = """
            select distinct b.id
            from batch b
            join batch_item i on i.batch_id = b.id
            where b.device_id = $1 and i.chat = any ($2::text[])
            """;

    private static final String LOCK = "select cursor from batch where id = $1 for update";

    // What was not promoted yet never will be: it counts as cancelled.
    private static final String UNPROMOTED = """
            with gone as (
                delete from batch_item where batch_id = $1 and chat = any ($2::text[]) and n > $3 returning n
            ), counted as (
                insert into batch_delta (batch_id, completed, failed, cancelled) select $1, 0, 0, 1 from gone
            )
            update batch set promoted = promoted + (select count(*) from gone) where id = $1
            returning (select count(*) from gone)
            """;

    private static final String PROMOTED = """
            update batch_item
            set chat = $3, body = null, vars = null, content = null, media = null, quoted = null, mentions = null
            where batch_id = $1 and chat = any ($2::text[])
            """;

    private static final String DUPLICATES = """
            update batch
            set duplicates = regexp_replace(duplicates::text, $3, $4, 'g')::jsonb
            where device_id = $1 and duplicates::text like any ($2::text[])
            """;

    private static final String ANSWERS = """
            delete from idempotency where status is not null and (answer like any ($1::text[]) or scope like any ($1))
            """;

    private static final String NEEDED = """
            select h
            from unnest($1::text[]) h
            where exists (select from schedule s where s.media = h and s.state = 'active')
               or exists (select from batch b where b.media = h and b.ended_at is null)
               or exists (select from batch_item i join batch b on b.id = i.batch_id where i.media = h and b.ended_at is null)
            """;

    private final Pool pool;

    WorkStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public String name() {
        return "scheduled";
    }

    @Override
    public Future<Long> erase(Person person) {
        String device = person.deviceId();
        return count(SCHEDULES, Tuple.tuple().addString(device).addArrayOfString(person.nameArray()))
                .compose(schedules -> count(
                                SCHEDULED_WORDS,
                                Tuple.of(
                                        device,
                                        person.patterns(),
                                        person.expression(),
                                        Person.DIGIT,
                                        person.nameArray()))
                        .compose(_ -> items(person))
                        .compose(items -> count(
                                        DUPLICATES,
                                        Tuple.of(device, person.patterns(), person.expression(), Person.DIGIT))
                                .compose(_ -> count(ANSWERS, Tuple.of((Object) person.patterns())))
                                .map(_ -> schedules + items)));
    }

    private Future<Long> items(Person person) {
        return pool.preparedQuery(BATCHES)
                .execute(Tuple.tuple().addString(person.deviceId()).addArrayOfString(person.nameArray()))
                .compose(rows -> {
                    Future<Long> sum = Future.succeededFuture(0L);
                    for (Row row : rows) {
                        long batch = row.getLong(0);
                        sum = sum.compose(before -> pool.withTransaction(connection -> items(connection, batch, person))
                                .map(more -> before + more));
                    }
                    return sum;
                });
    }

    private static Future<Long> items(SqlConnection connection, long batch, Person person) {
        return connection
                .preparedQuery(LOCK)
                .execute(Tuple.of(batch))
                .compose(rows -> connection
                        .preparedQuery(UNPROMOTED)
                        .execute(Tuple.of(
                                batch,
                                person.nameArray(),
                                rows.iterator().next().getInteger(0))))
                .compose(gone -> connection
                        .preparedQuery(PROMOTED)
                        .execute(Tuple.of(batch, person.nameArray(), Person.NOBODY))
                        .map(blank -> gone.iterator().next().getLong(0) + blank.rowCount()));
    }

    /** Schedules and batches go with the row of their device. */
    @Override
    public Future<Long> eraseDevice(String deviceId) {
        return Future.succeededFuture(0L);
    }

    @Override
    public Future<Set<String>> needed(Set<String> hashes) {
        return pool.preparedQuery(NEEDED)
                .execute(Tuple.of((Object) hashes.toArray(String[]::new)))
                .map(rows -> {
                    Set<String> needed = new HashSet<>();
                    rows.forEach(row -> needed.add(row.getString(0)));
                    return needed;
                });
    }

    private Future<Long> count(String sql, Tuple arguments) {
        return pool.preparedQuery(sql).execute(arguments).map(rows -> (long) rows.rowCount());
    }
}
