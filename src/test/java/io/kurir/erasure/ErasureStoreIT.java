package io.kurir.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.db.TestPostgres;
import io.kurir.statistics.StatisticsCost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ErasureStoreIT {
    private static final int MESSAGES = 20_000;

    private static Vertx vertx;
    private static String url;
    private static Pool pool;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
        url = TestPostgres.freshUrl();
        pool = TestPostgres.pool(vertx, url);
    }

    @AfterAll
    static void close() throws Exception {
        get(vertx.close());
    }

    /** One large chat, in which each portion leaves something of each quarter of an hour. */
    @Test
    void aDeviceIsErasedInLinearTimeAndNothingOfItIsCounted() throws Exception {
        number("""
                with made as (insert into device (device_id, owner_id, name) values ('large', 1, 'x') returning 1)
                select count(*) from made
                """);
        number("""
                with made as (
                    insert into message (device_id, stanza_id, outgoing, chat, type, body, phase, created_at)
                    select 'large', 'R' || i, false, '120@g.us', 'chat', '', 'received',
                           timestamptz '2026-01-01 00:00Z' + i % 1000 * interval '900 seconds' + i * interval '0.01 seconds'
                    from generate_series(1, 20000) i
                    returning 1)
                select count(*) from made
                """);
        assertThat(number("select sum(incoming) from chat_quarter")).isEqualTo(MESSAGES);

        long pages = StatisticsCost.pages(vertx, url, one -> all(new ErasureStore(one)));

        assertThat(pages).isLessThan(MESSAGES * StatisticsCost.PAGES_PER_MESSAGE);
        assertThat(number("select count(*) from message")).isZero();
        assertThat(number("select count(*) from chat_quarter")).isZero();
    }

    private static Future<Void> all(ErasureStore store) {
        return store.messagesOf("large").compose(gone -> gone.rows() == 0 ? Future.succeededFuture() : all(store));
    }

    private static long number(String sql) throws Exception {
        Row row = get(pool.query(sql).execute()).iterator().next();
        return row.getLong(0);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
