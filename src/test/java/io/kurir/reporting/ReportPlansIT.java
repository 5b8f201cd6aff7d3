package io.kurir.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.access.Reach;
import io.kurir.db.TestPostgres;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On 100,000 messages of 50 devices no page, and no total, reads them all. */
class ReportPlansIT {
    private static final Instant DAY = Instant.parse("2026-03-10T00:00:00Z");
    private static Vertx vertx;
    private static Pool pool;

    @BeforeAll
    static void open() throws Exception {
        vertx = Vertx.vertx();
        pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());
        get(pool.query("insert into device (device_id, owner_id, name, phone)"
                        + " select 'device-' || n, n % 5, 'x', '62811' || n from generate_series(1, 50) n")
                .execute());
        get(pool.query("alter table message disable trigger user").execute());
        get(pool.query("insert into message (device_id, stanza_id, outgoing, chat, type, body, phase, created_at)"
                        + " select 'device-' || 1 + n % 50, 'M' || n, n % 2 = 0, '62812' || n / 50 % 40 || '@c.us', 'chat', 'text',"
                        + " case when n % 2 = 0 then 'sent' else 'received' end,"
                        + " timestamptz '2026-01-01 00:00Z' + n * interval '2 minutes'"
                        + " from generate_series(1, 100000) n")
                .execute());
        get(pool.query("analyze").execute());
    }

    @AfterAll
    static void close() throws Exception {
        get(vertx.close());
    }

    private static List<ReportStore.Stretch> stretches(Instant from, Instant until, Optional<Jid> chat, int devices) {
        return IntStream.rangeClosed(1, devices)
                .mapToObj(n -> new ReportStore.Stretch("device-" + n, from, until, chat, Optional.empty()))
                .toList();
    }

    private static void readsByIndex(List<ReportStore.Stretch> stretches) throws Exception {
        ReportStore.Matching matching = new ReportStore.Matching(Reach.ALL, stretches, Set.of());
        Tuple listing = matching.tuple().addLong(20L).addLong(40L);
        for (String plan : List.of(plan(ReportStore.list(false), listing), plan(ReportStore.COUNT, matching.tuple()))) {
            assertThat(plan).contains("on message m").doesNotContain("Seq Scan on message");
        }
    }

    private static String plan(String sql, Tuple arguments) throws Exception {
        StringBuilder plan = new StringBuilder();
        for (Row row : get(pool.preparedQuery("explain " + sql).execute(arguments))) {
            plan.append(row.getString(0)).append('\n');
        }
        return plan.toString();
    }

    @Test
    void theDayOfADevice() throws Exception {
        readsByIndex(stretches(DAY, DAY.plusSeconds(86_400), Optional.empty(), 1));
    }

    @Test
    void theDayOfAllDevices() throws Exception {
        readsByIndex(stretches(DAY, DAY.plusSeconds(86_400), Optional.empty(), 50));
    }

    @Test
    void allMessagesOfANumber() throws Exception {
        readsByIndex(stretches(
                Instant.EPOCH, Instant.parse("9999-12-31T00:00:00Z"), Optional.of(Jid.ofPhone("628127")), 50));
    }

    @Test
    void theNewestOfAllDevices() throws Exception {
        readsByIndex(stretches(Instant.EPOCH, Instant.parse("9999-12-31T00:00:00Z"), Optional.empty(), 50));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
