package io.kurir.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;

/**
 * The table {@code idempotency}. Each statement is one transaction.
 *
 * <pre>
 * (none) ──first──► under way ──answered──► finished ──after 24 h──► (none)
 *    ▲                │   ▲ └──► nobody's    its node died, or nobody knows what it did
 *    └────refused─────┘   └────────┘ taken over by a repeat, with the same seed
 * </pre>
 */
final class IdempotencyStore {
    private static final String OVER = "idempotency.created_at < clock_timestamp() - interval '24 hours'"
            + " and idempotency.held_until < clock_timestamp()";

    private static final String TAKE = """
            insert into idempotency (scope, key, body_hash, seed, holder, held_until)
            values ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 millisecond')
            on conflict (scope, key) do update
            set holder = excluded.holder,
                held_until = excluded.held_until,
                body_hash = excluded.body_hash,
                status = null,
                answer = null,
                seed = case when %1$s then excluded.seed else idempotency.seed end,
                runs = case when %1$s then 1 else idempotency.runs + 1 end,
                created_at = case when %1$s then excluded.created_at else idempotency.created_at end
            where (%1$s)
               or (idempotency.status is null and idempotency.held_until < clock_timestamp()
                   and idempotency.body_hash = excluded.body_hash)
            returning seed, runs
            """.formatted(OVER);

    private static final String LOOK = """
            select body_hash = $3, seed, status, answer, held_until < clock_timestamp(), %s
            from idempotency
            where scope = $1 and key = $2
            """.formatted(OVER);

    private static final String RENEW = """
            update idempotency
            set held_until = clock_timestamp() + $4 * interval '1 millisecond'
            where scope = $1 and key = $2 and holder = $3 and status is null
            """;

    private static final String FINISH = """
            update idempotency set status = $4, answer = $5 where scope = $1 and key = $2 and holder = $3 and status is null
            """;

    private static final String FREE = """
            update idempotency
            set held_until = '-infinity'
            where scope = $1 and key = $2 and holder = $3 and status is null
            """;

    private static final String DROP = """
            delete from idempotency where scope = $1 and key = $2 and holder = $3 and status is null
            """;

    private static final String FORGET = """
            delete from idempotency
            where (scope, key) in (select scope, key from idempotency where %s limit $1)
            """.formatted(OVER);

    /** A request as it is known by: caller, method and path; the client's key; the hash of what it says. */
    record Request(String scope, String key, Buffer bodyHash) {}

    /** What is known of a request. */
    sealed interface State {}

    /** Ours to run; {@code run} counts from 1. */
    record Taken(Request request, String holder, Buffer seed, int run) implements State {}

    /** {@code answer} is empty where it is to be asked for again. */
    record Finished(Buffer seed, int status, Optional<String> answer) implements State {}

    /** Somebody runs it. */
    record UnderWay() implements State {}

    /** Nobody does. */
    record Free() implements State {}

    /** The key belongs to a request that says something else. */
    record Other() implements State {}

    private final Pool pool;

    IdempotencyStore(Pool pool) {
        this.pool = pool;
    }

    /** Empty when it is not free. */
    Future<Optional<Taken>> take(Request request, Buffer seed, String holder, Duration hold) {
        return pool.preparedQuery(TAKE)
                .execute(Tuple.of(request.scope(), request.key(), request.bodyHash(), seed, holder, hold.toMillis()))
                .map(rows -> {
                    Optional<Taken> taken = Optional.empty();
                    for (Row row : rows) {
                        taken = Optional.of(new Taken(request, holder, row.getBuffer(0), row.getInteger(1)));
                    }
                    return taken;
                });
    }

    /** Never {@link Taken}. */
    Future<State> look(Request request) {
        return pool.preparedQuery(LOOK)
                .execute(Tuple.of(request.scope(), request.key(), request.bodyHash()))
                .map(rows ->
                        rows.size() == 0 ? new Free() : state(rows.iterator().next()));
    }

    private static State state(Row row) {
        if (row.getBoolean(5)) {
            return new Free();
        }
        if (!row.getBoolean(0)) {
            return new Other();
        }
        return Optional.ofNullable(row.getInteger(2))
                .<State>map(status -> new Finished(row.getBuffer(1), status, Optional.ofNullable(row.getString(3))))
                .orElseGet(() -> row.getBoolean(4) ? new Free() : new UnderWay());
    }

    Future<Void> renew(Taken taken, Duration hold) {
        return pool.preparedQuery(RENEW)
                .execute(tuple(taken).addLong(hold.toMillis()))
                .mapEmpty();
    }

    Future<Void> finish(Taken taken, int status, Optional<String> answer) {
        return pool.preparedQuery(FINISH)
                .execute(tuple(taken).addInteger(status).addString(answer.orElse(null)))
                .mapEmpty();
    }

    /** Nobody knows what it did: a repeat may go on at once. */
    Future<Void> free(Taken taken) {
        return pool.preparedQuery(FREE).execute(tuple(taken)).mapEmpty();
    }

    /** It did nothing: a repeat is a first one. */
    Future<Void> drop(Taken taken) {
        return pool.preparedQuery(DROP).execute(tuple(taken)).mapEmpty();
    }

    /** Deletes up to so many that are older than 24 hours; answers how many. */
    Future<Integer> forget(int most) {
        return pool.preparedQuery(FORGET).execute(Tuple.of(most)).map(rows -> rows.rowCount());
    }

    private static Tuple tuple(Taken taken) {
        return Tuple.tuple()
                .addString(taken.request().scope())
                .addString(taken.request().key())
                .addString(taken.holder());
    }
}
