package io.kurir.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Names;
import io.kurir.batch.BatchStateStore.Of;
import io.kurir.bus.Bus;
import io.kurir.db.TestPostgres;
import io.kurir.event.EventLog;
import io.kurir.http.EventContract;
import io.kurir.message.Outbox;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to a job in whatever order, on the statements that do it: each item has one outcome, the counters add up, and nothing of a
 * cancelled one goes out later. Two nodes promote and add up, two senders claim and settle, and somebody pauses, resumes, cancels and restricts, all
 * at once. 10 s; {@code -Dkurir.model.seconds} for longer, {@code -Dkurir.model.seed} for the choices of an earlier run (threads and database
 * still interleave as they like). Over 300 lines: the model and the steps that it takes.
 */
class BatchModelIT {
    private static final int JOBS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    // What OutboxStore's claim says of batches.
    private static final String CLAIM = """
            with due as (
                select message_id
                from outbox
                where state = 'ready' and (select b.state = 'processing' from batch b where b.id = batch_id)
                order by message_id
                limit $1
                for update skip locked
            ), claimed as (
                update outbox o set state = 'sending' from due where o.message_id = due.message_id returning o.message_id
            )
            update message m set phase = 'sending', attempts = attempts + 1 from claimed c where m.id = c.message_id
            returning m.id, m.batch_id
            """;

    private static final String SENT = """
            with done as (delete from outbox where message_id = $1)
            update message set phase = 'sent', ack = 1, failure = null where id = $1 and ack = 0
            """;

    private static final String FAILED = """
            with done as (delete from outbox where message_id = $1)
            update message set phase = 'failed', failure = 'refused' where id = $1 and ack = 0
            """;

    private static final String AGAIN = """
            with again as (update outbox set state = 'ready' where message_id = $1)
            update message set phase = 'queued' where id = $1 and ack = 0
            """;

    // One that seemed to have failed, or was cancelled after a try that did.
    private static final String LATE_ACK = """
            update message set phase = 'sent', ack = 1, failure = null
            where id = (select id from message where phase = 'failed' or (phase = 'cancelled' and attempts > 0)
                        order by random() limit 1) and ack = 0
            """;

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());
    private final Bus bus = new Bus(vertx);
    private final EventLog events = new EventLog(pool, bus);
    private final Outbox outbox = new Outbox(pool, bus);
    private final BatchStateStore states = new BatchStateStore(pool);
    private final StagingStore stagings = new StagingStore(pool);

    @AfterEach
    void close() throws Exception {
        EventContract.check(pool);
        get(vertx.close());
    }

    @Test
    void eachItemGetsOneOutcomeWhateverHappens() throws Exception {
        long seed = Long.getLong("kurir.model.seed", System.nanoTime());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("kurir.model.seconds", 10));
        System.out.println("BatchModelIT: -Dkurir.model.seed=" + seed);
        get(events.maintain(Duration.ofDays(30)));
        int rounds = 0;
        do {
            rounds++;
            Round round = new Round("device-" + rounds, new Random(seed + rounds));
            try {
                round.play();
            } catch (Exception | AssertionError wrong) {
                throw new AssertionError("round " + rounds + " of -Dkurir.model.seed=" + seed + ": " + wrong, wrong);
            }
        } while (System.nanoTime() < end);
        System.out.println("BatchModelIT: " + rounds + " rounds of " + JOBS + " jobs");
    }

    /** One device and its jobs, from their beginning until all have ended. */
    private final class Round {
        private final String device;
        private final Random random;
        private final List<Of> jobs = new CopyOnWriteArrayList<>();
        private final Map<Long, Integer> totals = new ConcurrentHashMap<>();
        /** Counts what happens, so that one knows what was begun after what had ended. */
        private final AtomicLong clock = new AtomicLong();

        private final Map<Long, Long> cancelledAt = new ConcurrentHashMap<>();
        private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

        Round(String device, Random random) {
            this.device = device;
            this.random = random;
        }

        void play() throws Exception {
            sql("insert into device (device_id, owner_id, name, state) values ('" + device + "', 1, 'x', 'connected')");
            sql("insert into event_counter (device_id) values ('" + device + "')");
            start();
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500);
            try (ExecutorService nodes = Executors.newFixedThreadPool(5)) {
                List<java.util.concurrent.Future<?>> playing = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    BatchPromotion promotion = new BatchPromotion(vertx, pool, outbox, () -> 600_000);
                    BatchKeeping keeping = new BatchKeeping(pool, outbox, events);
                    Random mine = new Random(random.nextLong());
                    playing.add(nodes.submit(() -> until(end, () -> node(promotion, keeping, mine))));
                    Random its = new Random(random.nextLong());
                    playing.add(nodes.submit(() -> until(end, () -> send(its))));
                }
                playing.add(nodes.submit(() -> until(end, this::people)));
                for (java.util.concurrent.Future<?> one : playing) {
                    one.get();
                }
            }
            settle();
            assertThat(wrong).isEmpty();
            for (Of job : jobs) {
                check(job);
            }
        }

        private void start() throws Exception {
            NewBatch batch = NewBatch.named(
                    Names.random(),
                    "message",
                    Optional.of(new Template("hello")),
                    Optional.empty(),
                    false,
                    new Pace(Optional.of(Duration.ZERO), Optional.empty(), 100),
                    Optional.empty(),
                    Optional.empty());
            long id = get(stagings.create(device, batch)).orElseThrow();
            int total = 1 + random.nextInt(80);
            List<NewBatch.Item> items = new ArrayList<>();
            for (int i = 0; i < total; i++) {
                items.add(new NewBatch.Item(
                        2 * i, // one that was left out as repeated has no row
                        Jid.ofPhone("62811" + random.nextInt(10)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        false));
            }
            get(stagings.stage(id, items));
            assertThat(get(stagings.publish(id, total, total, new JsonArray()))).isTrue();
            totals.put(id, total);
            jobs.add(new Of(id, device));
        }

        private void node(BatchPromotion promotion, BatchKeeping keeping, Random mine) throws Exception {
            switch (mine.nextInt(4)) {
                case 0, 1 -> get(promotion.promote());
                case 2 -> get(states.sum(any(mine)));
                default -> get(keeping.promote()); // once a second
            }
        }

        /** As an owner: claims what may go, and tells what became of it. */
        private void send(Random mine) throws Exception {
            long begun = clock.incrementAndGet();
            List<Row> claimed = rows(CLAIM, Tuple.of(1 + mine.nextInt(8)));
            for (Row row : claimed) {
                Long cancelled = cancelledAt.get(row.getLong(1));
                if (cancelled != null && cancelled < begun) {
                    wrong.add("message " + row.getLong(0) + " went out after its job was cancelled");
                }
            }
            Thread.sleep(mine.nextInt(4));
            for (Row row : claimed) {
                Tuple id = Tuple.of(row.getLong(0));
                switch (mine.nextInt(8)) {
                    case 0, 1 -> rows(FAILED, id);
                    case 2 -> rows(AGAIN, id);
                    default -> rows(SENT, id);
                }
            }
            if (mine.nextInt(10) == 0) {
                rows(LATE_ACK, Tuple.tuple());
            }
        }

        private void people() throws Exception {
            Of job = any(random);
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (jobs.size() < JOBS) {
                        start();
                    }
                }
                case 1, 2 -> get(states.pause(job, "user"));
                case 3, 4, 5 -> get(states.resume(job));
                case 6 -> {
                    if (random.nextInt(3) == 0 && get(states.cancel(job))) {
                        cancelledAt.put(job.id(), clock.incrementAndGet());
                        if (random.nextBoolean()) { // else the one who cancelled is no more
                            get(states.withdraw(job, 500));
                        }
                    }
                }
                case 7 -> restrict("clock_timestamp() + interval '200 milliseconds'");
                default -> Thread.sleep(random.nextInt(30));
            }
        }

        private void restrict(String until) throws Exception {
            sql("update device set restricted_until = " + until + " where device_id = '" + device + "'");
        }

        private Of any(Random mine) {
            return jobs.get(mine.nextInt(jobs.size()));
        }

        private void settle() throws Exception {
            restrict("null");
            BatchPromotion promotion = new BatchPromotion(vertx, pool, outbox, () -> 600_000);
            BatchKeeping keeping = new BatchKeeping(pool, outbox, events);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
                for (Of job : jobs) {
                    get(states.resume(job));
                }
                get(promotion.promote());
                for (Row row : rows(CLAIM, Tuple.of(64))) {
                    rows(SENT, Tuple.of(row.getLong(0)));
                }
                get(keeping.promote());
                for (Of job : jobs) {
                    get(states.sum(job));
                }
                assertThat(rows(
                                "select b.id, b.state, b.promoted, b.total, b.completed, b.failed, b.cancelled from batch b"
                                        + " where b.device_id = '" + device + "' and (b.ended_at is null"
                                        + " or exists (select from outbox o where o.batch_id = b.id)"
                                        + " or exists (select from batch_delta d where d.batch_id = b.id))",
                                Tuple.tuple()))
                        .extracting(Row::deepToString)
                        .isEmpty();
            });
        }

        private void check(Of job) throws Exception {
            Row batch = rows(
                            "select state, total, completed, failed, cancelled from batch where id = $1",
                            Tuple.of(job.id()))
                    .getFirst();
            String what = batch.deepToString();
            Row there = rows("""
                    select count(*), count(distinct batch_item), count(*) filter (where phase = 'sent'),
                           count(*) filter (where phase = 'failed'), count(*) filter (where phase = 'cancelled'),
                           count(*) filter (where batch_item % 2 = 1)
                    from message where batch_id = $1
                    """, Tuple.of(job.id())).getFirst();
            int total = Optional.ofNullable(totals.get(job.id())).orElseThrow();
            long neverMade = total - there.getLong(0);
            assertThat(there.getLong(1)).as("an item is one message: " + what).isEqualTo(there.getLong(0));
            assertThat(there.getLong(5)).as("only what was staged: " + what).isZero();
            assertThat(batch.getInteger("completed"))
                    .as(what)
                    .isEqualTo(there.getLong(2).intValue());
            assertThat(batch.getInteger("failed"))
                    .as(what)
                    .isEqualTo(there.getLong(3).intValue());
            assertThat(batch.getInteger("cancelled")).as(what).isEqualTo((int) (there.getLong(4) + neverMade));
            assertThat(batch.getInteger("completed") + batch.getInteger("failed") + batch.getInteger("cancelled"))
                    .as(what)
                    .isEqualTo(total)
                    .isEqualTo(batch.getInteger("total"));
            boolean cancelled = cancelledAt.containsKey(job.id());
            assertThat(batch.getString("state"))
                    .isEqualTo(cancelled ? "cancelled" : batch.getInteger("completed") > 0 ? "completed" : "failed");
            assertThat(cancelled || neverMade == 0).as(what).isTrue();
            assertThat(rows(
                            "select data from event where type = 'job.completed' and data ->> 'jobId' ="
                                    + " (select job_id from batch where id = $1)",
                            Tuple.of(job.id())))
                    .as("told once that it ended: " + what)
                    .hasSize(1);
        }
    }

    private interface Deed {
        void done() throws Exception;
    }

    private static Void until(long end, Deed deed) throws Exception {
        while (System.nanoTime() < end) {
            deed.done();
        }
        return null;
    }

    private List<Row> rows(String sql, Tuple parameters) throws Exception {
        List<Row> rows = new ArrayList<>();
        get(pool.preparedQuery(sql).execute(parameters)).forEach(rows::add);
        return rows;
    }

    private void sql(String statement) throws Exception {
        get(pool.query(statement).execute());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
