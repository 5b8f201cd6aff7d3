package io.kurir.schedule;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/** The table {@code chore}. */
final class ChoreStore {
    private static final String ENSURE = """
            insert into chore (name, due_at)
            select name, clock_timestamp() from unnest($1::text[]) as n(name)
            on conflict (name) do nothing
            """;

    private static final String CLAIM = """
            with due as (
                select name
                from chore
                where name = any ($1::text[]) and due_at <= statement_timestamp()
                  and (claimed_until is null or claimed_until < clock_timestamp())
                order by due_at
                limit 1
                for update skip locked
            )
            update chore c
            set claimed_by = $2, claimed_until = clock_timestamp() + make_interval(secs => $3)
            from due
            where c.name = due.name
            returning c.name
            """;

    private static final String RENEW = """
            update chore
            set claimed_until = clock_timestamp() + make_interval(secs => $3)
            where name = $1 and claimed_by = $2
            """;

    private static final String DONE = """
            update chore
            set claimed_by = null, claimed_until = null, due_at = clock_timestamp() + make_interval(secs => $3),
                last_at = clock_timestamp(), last_ms = $4, last_count = $5, last_failure = null, failures = 0
            where name = $1 and claimed_by = $2
            """;

    private static final String FAILED = """
            update chore
            set claimed_by = null, claimed_until = null, due_at = clock_timestamp() + make_interval(secs => $3),
                last_at = clock_timestamp(), last_ms = $4, last_failure = $5, failures = failures + 1
            where name = $1 and claimed_by = $2
            """;

    private static final String RELEASE = """
            update chore set claimed_by = null, claimed_until = null where claimed_by = $1
            """;

    private final Pool pool;

    ChoreStore(Pool pool) {
        this.pool = pool;
    }

    /** What is new is due at once. */
    Future<Void> ensure(Collection<String> names) {
        return pool.preparedQuery(ENSURE)
                .execute(Tuple.tuple().addArrayOfString(names.toArray(String[]::new)))
                .mapEmpty();
    }

    /** Answers the one that is now the claimant's, if any. */
    Future<Optional<String>> claim(Collection<String> names, String claimant, Duration lasting) {
        return pool.preparedQuery(CLAIM)
                .execute(Tuple.tuple()
                        .addArrayOfString(names.toArray(String[]::new))
                        .addString(claimant)
                        .addDouble(seconds(lasting)))
                .map(rows -> {
                    Optional<String> claimed = Optional.empty();
                    for (Row row : rows) {
                        claimed = Optional.of(row.getString(0));
                    }
                    return claimed;
                });
    }

    /** False when it is somebody else's by now. */
    Future<Boolean> renew(String name, String claimant, Duration lasting) {
        return pool.preparedQuery(RENEW)
                .execute(Tuple.of(name, claimant, seconds(lasting)))
                .map(rows -> rows.rowCount() == 1);
    }

    Future<Void> done(String name, String claimant, Duration next, long millis, long count) {
        return pool.preparedQuery(DONE)
                .execute(Tuple.of(name, claimant, seconds(next), millis, count))
                .mapEmpty();
    }

    Future<Void> failed(String name, String claimant, Duration next, long millis, String why) {
        return pool.preparedQuery(FAILED)
                .execute(Tuple.of(name, claimant, seconds(next), millis, why))
                .mapEmpty();
    }

    Future<Void> release(String claimant) {
        return pool.preparedQuery(RELEASE).execute(Tuple.of(claimant)).mapEmpty();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
