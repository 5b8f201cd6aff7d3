package io.kurir.statistics;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** What a change of many messages costs, in pages of {@code message} that are looked at, dead rows included: the same on any machine. */
public final class StatisticsCost {
    /** A rename takes 9; with a pass over the chat for each message it took 86. */
    public static final long PAGES_PER_MESSAGE = 15;

    private static final String PAGES = """
            select (heap_blks_hit + heap_blks_read)::bigint from pg_statio_user_tables where relname = 'message'
            """;

    private StatisticsCost() {}

    /** {@code change} is to use the pool that it is given, which has one connection; whoever else uses the database is counted too. */
    public static long pages(Vertx vertx, String url, Function<Pool, Future<?>> change) throws Exception {
        Pool one = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(1))
                .connectingTo(PgConnectOptions.fromUri(url))
                .using(vertx)
                .build();
        try {
            long before = get(told(one));
            get(change.apply(one));
            return get(told(one)) - before;
        } finally {
            get(one.close());
        }
    }

    /** A connection keeps its numbers to itself for a second, unless it is told not to. */
    private static Future<Long> told(Pool one) {
        return one.query("select pg_stat_force_next_flush()")
                .execute()
                .compose(_ -> one.query(PAGES).execute())
                .map(rows -> rows.iterator().next().getLong(0));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    }
}
