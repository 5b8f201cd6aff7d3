package io.kurir.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Settings;
import io.kurir.bus.Bus;
import io.kurir.db.TestPostgres;
import io.kurir.event.EventLog;
import io.kurir.message.Outbox;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How late many are made ready that are due at the same instant, with two nodes at work and many more that are not due. */
class LatenessIT {
    private static final Logger log = LoggerFactory.getLogger(LatenessIT.class);
    private static final int DUE = 10_000;
    private static final int NOT_DUE = 50_000;
    private static final String EACH = """
            insert into schedule (device_id, name, chat, body, %1$s, timezone, missed, due_at, look_at, stanza_id)
            select 'device-' || n %% 10, '%2$s-' || n, '628' || n || '@c.us', 'words of number ' || n, %3$s, 'Asia/Jakarta', 'send',
                   clock_timestamp() + $2 * interval '1 millisecond', clock_timestamp() + $2 * interval '1 millisecond', %4$s
            from generate_series(1, $1::integer) n
            """;

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());
    private final Bus bus = new Bus(vertx);
    private final EventLog events = new EventLog(pool, bus);
    private final ScheduleRuns runs = new ScheduleRuns(
            vertx,
            pool,
            new Outbox(pool, bus),
            events,
            new Settings.Schedule(Schedule.Missed.SEND, Duration.ofMinutes(1)));

    @BeforeEach
    void devices() throws Exception {
        get(pool.query(
                        "insert into device (device_id, owner_id, name, state) select 'device-' || n, 1, 'd', 'connected'"
                                + " from generate_series(0, 9) n")
                .execute());
        get(pool.preparedQuery(EACH.formatted("local_time", "later", "''", "null"))
                .execute(Tuple.of(NOT_DUE, 3_600_000)));
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    @Test
    void tenThousandAtOnceAreMadeReadyOnceEach() throws Exception {
        get(pool.preparedQuery("insert into message (device_id, stanza_id, outgoing, chat, type, body, phase)"
                        + " select 'device-' || n % 10, 'S' || n, true, '628' || n || '@c.us', 'chat', 'words of number ' || n, 'scheduled'"
                        + " from generate_series(1, $1::integer) n")
                .execute(Tuple.of(DUE)));
        get(pool.preparedQuery(EACH.formatted("local_time", "due", "''", "'S' || n"))
                .execute(Tuple.of(DUE, 3_000)));
        measure("one-off");
    }

    @Test
    void tenThousandRunsOfRepeatedOnesLikewise() throws Exception {
        get(pool.preparedQuery(EACH.formatted("cron", "due", "'*/' || (5 + n % 40) || ' * * * *'", "null"))
                .execute(Tuple.of(DUE, 3_000)));
        measure("repeated");
    }

    private void measure(String what) throws Exception {
        get(pool.query("analyze").execute());
        for (int node = 0; node < 2; node++) {
            get(vertx.deployVerticle(new SchedulerVerticle(List.of(runs))));
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> count() >= DUE);
        assertThat(count()).isEqualTo(DUE);
        Row row = get(pool.query("""
                        with late as (
                            select extract(epoch from o.due_at - coalesce(s.last_at, s.due_at)) * 1000 as ms
                            from outbox o
                            join message m on m.id = o.message_id
                            join schedule s on s.device_id = m.device_id and s.stanza_id = m.stanza_id
                        )
                        select percentile_cont(0.5) within group (order by ms), percentile_cont(0.99) within group (order by ms), max(ms),
                               count(*)
                        from late
                        """).execute()).iterator().next();
        assertThat(row.getLong(3)).isEqualTo(DUE);
        log.info(
                "{}: lateness of {} at once, ms: median {}, p99 {}, most {}",
                what,
                DUE,
                Math.round(row.getDouble(0)),
                Math.round(row.getDouble(1)),
                row.getNumeric(2).intValue());
    }

    private long count() throws Exception {
        return get(pool.query("select count(*) from outbox").execute())
                .iterator()
                .next()
                .getLong(0);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
