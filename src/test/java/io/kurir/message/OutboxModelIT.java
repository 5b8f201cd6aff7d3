package io.kurir.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Names;
import io.kurir.Settings;
import io.kurir.bus.Bus;
import io.kurir.cluster.Leases;
import io.kurir.db.TestPostgres;
import io.kurir.event.EventLog;
import io.kurir.http.EventContract;
import io.kurir.media.Media;
import io.kurir.media.MediaFixture;
import io.kurir.trace.Traces;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens in whatever order: each message gets one outcome, its ack never falls, a chat keeps its order, and nothing is left over. Rounds
 * of random steps on a real PostgreSQL and a {@link MoodyWhatsApp}; {@code -Dkurir.model.seconds} for longer, {@code -Dkurir.model.seed}
 * for the steps of an earlier run (threads and database still interleave as they like).
 * Over 300 lines: the model and the steps that it takes.
 */
class OutboxModelIT {
    private static final int STEPS = 150;
    private static final int DEVICES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());
    private final Bus bus = new Bus(vertx);
    private final EventLog events = new EventLog(pool, bus);
    private final OutboxStore store = new OutboxStore(pool);
    private final Outbox outbox = new Outbox(pool, bus);
    private final Leases leases = new Leases(
            vertx,
            pool,
            "node-1",
            new Settings.Lease(Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofSeconds(3)));
    private final Settings.Delivery delivery = new Settings.Delivery(
            4,
            Duration.ofMillis(5),
            Settings.OnUnknown.RESEND,
            Duration.ofMillis(300),
            Duration.ofMillis(10),
            Duration.ofMillis(200));

    @TempDir
    Path data;

    @AfterEach
    void close() throws Exception {
        EventContract.check(pool);
        get(vertx.close());
    }

    @Test
    void eachMessageGetsOneOutcomeWhateverHappens() throws Exception {
        long seed = Long.getLong("kurir.model.seed", System.nanoTime());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("kurir.model.seconds", 20));
        System.out.println("OutboxModelIT: -Dkurir.model.seed=" + seed);
        Media media = new Media(vertx, pool, MediaFixture.settings(), data);
        get(events.maintain(Duration.ofDays(30)));
        AtomicInteger rounds = new AtomicInteger();
        try (ExecutorService devices = Executors.newFixedThreadPool(DEVICES)) {
            List<java.util.concurrent.Future<?>> playing = new ArrayList<>();
            for (int i = 0; i < DEVICES; i++) {
                playing.add(devices.submit(() -> {
                    do {
                        int round = rounds.incrementAndGet();
                        play(new Round("device-" + round, media, new Random(seed + round)), seed, round);
                    } while (System.nanoTime() < end);
                }));
            }
            for (java.util.concurrent.Future<?> device : playing) {
                device.get();
            }
        }
        System.out.println("OutboxModelIT: " + rounds + " rounds of " + STEPS + " steps");
    }

    private static void play(Round round, long seed, int number) {
        try {
            round.play();
        } catch (Exception | AssertionError wrong) {
            System.out.println("OutboxModelIT: round " + number + ": " + wrong.getMessage());
            throw new AssertionError(
                    "round " + number + " of -Dkurir.model.seed=" + seed + ": " + wrong.getMessage(), wrong);
        }
    }

    /** One device from its first message until all have an outcome. */
    private final class Round {
        private final String device;
        private final Media media;
        private final Random random;
        private final Context context = vertx.getOrCreateContext();
        private final MoodyWhatsApp whatsapp;
        private final List<Long> messages = new ArrayList<>();
        private final List<Long> batches = new ArrayList<>();
        private final Map<String, Lane> lanes = new HashMap<>();
        private Optional<Traffic> owner = Optional.empty();
        private int items;

        Round(String device, Media media, Random random) {
            this.device = device;
            this.media = media;
            this.random = random;
            this.whatsapp = new MoodyWhatsApp(vertx, context, new Random(random.nextLong()));
        }

        void play() throws Exception {
            sql("insert into device (device_id, owner_id, name, state) values ('" + device + "', 1, 'x', 'connected')");
            sql("insert into event_counter (device_id) values ('" + device + "')");
            batches.add(batch());
            batches.add(batch());
            own();
            long sweeper = vertx.setPeriodic(
                    100,
                    _ -> context.runOnContext(_ -> owner.ifPresent(traffic -> {
                        traffic.sweep();
                        traffic.nudge();
                    })));
            for (int i = 0; i < STEPS; i++) {
                step();
                Thread.sleep(random.nextInt(8));
            }
            settle();
            vertx.cancelTimer(sweeper);
            get(context, () -> owner.orElseThrow().close());
            check();
        }

        private void step() throws Exception {
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3, 4, 5, 6, 7 -> accept(random.nextBoolean() ? Lane.INTERACTIVE : Lane.SCHEDULED);
                case 8, 9, 10 -> accept(Lane.BROADCAST);
                case 11, 12, 13 -> get(outbox.promote());
                case 14, 15 -> get(store.cancel(any(messages), "cancelled by the test"));
                case 16 -> sql("update batch set state = 'paused' where state = 'processing' and id = " + any(batches));
                case 17, 18 ->
                    sql("update batch set state = 'processing' where state = 'paused' and id = " + any(batches));
                case 19 -> {
                    if (random.nextInt(4) == 0) {
                        sql("update batch set state = 'cancelled' where id = " + any(batches));
                        sweepCancelled();
                        batches.add(batch());
                    }
                }
                case 20 -> crash();
                case 21 -> handOver();
                case 22 ->
                    get(context, () -> {
                        owner.orElseThrow().pause();
                        owner.orElseThrow().open(whatsapp.page());
                        return true;
                    });
                case 23 ->
                    get(context, () -> {
                        whatsapp.lateAck();
                        return true;
                    });
                default -> throw new AssertionError();
            }
        }

        private void accept(Lane lane) throws Exception {
            Optional<Long> batch = lane == Lane.BROADCAST ? Optional.of(any(batches)) : Optional.empty();
            Optional<Integer> attempts = random.nextInt(3) == 0 ? Optional.of(1 + random.nextInt(3)) : Optional.empty();
            String id = StanzaId.mint(Names.random());
            Jid chat = Jid.ofPhone("62811" + random.nextInt(4));
            lanes.put(id, lane);
            get(OutboxWriter.put(
                    pool,
                    List.of(new OutboxWriter.Entry(
                            device,
                            id,
                            chat,
                            new Content.Text("text"),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(),
                            false,
                            lane,
                            attempts,
                            batch,
                            items++,
                            Optional.empty(),
                            "",
                            Optional.empty()))));
            messages.add((Long) rows("select id from message where stanza_id = '" + id + "'")
                    .getFirst()
                    .getValue(0));
            if (random.nextInt(5) > 0) { // else the nudge is lost
                outbox.nudge(device, 1);
            }
        }

        /** The owner is gone without a word, or does not know yet that it is no longer the owner. */
        private void crash() throws Exception {
            if (random.nextBoolean()) {
                get(context, () -> {
                    owner.orElseThrow().pause();
                    return true;
                });
            }
            own();
        }

        private void handOver() throws Exception {
            get(get(context, () -> owner.orElseThrow().close()));
            own();
        }

        private void own() throws Exception {
            Leases.Held lease = get(leases.acquire(device, "1", new Leases.Holder() {
                        @Override
                        public void renewed() {}

                        @Override
                        public void lost() {}
                    }))
                    .orElseThrow();
            get(context, () -> {
                Traffic traffic = new Traffic(
                        vertx,
                        pool,
                        bus,
                        events,
                        () -> delivery,
                        () -> new Settings.Send(60_000, 1_000, 500, Duration.ofSeconds(30)),
                        media,
                        List.of(),
                        lease,
                        Traces.OFF,
                        new SimpleMeterRegistry());
                whatsapp.reopened(new MoodyWhatsApp.Heard() {
                    @Override
                    public void acked(Jid chat, String stanzaId, Ack ack) {
                        traffic.acked(new PageEvent.Acked(chat, List.of(stanzaId), ack));
                    }

                    @Override
                    public void failed(String stanzaId, String reason) {
                        traffic.sendFailed(new PageEvent.SendFailed(stanzaId, reason));
                    }
                });
                traffic.open(whatsapp.page());
                owner = Optional.of(traffic);
                return true;
            });
        }

        /** As whoever cancels a batch does, until it has nothing in the outbox. */
        private void sweepCancelled() throws Exception {
            sql("""
                with gone as (
                    delete from outbox o
                    using batch b
                    where o.device_id = '%s' and b.id = o.batch_id and b.state = 'cancelled'
                      and o.state in ('ready', 'waiting')
                    returning o.message_id
                )
                update message m
                set phase = 'cancelled', failure = 'batch cancelled', steps = m.steps || step('cancelled', 'batch cancelled')
                from gone
                where m.id = gone.message_id and m.ack = 0
                """.formatted(device));
        }

        private void settle() throws Exception {
            get(context, () -> {
                whatsapp.calm();
                return true;
            });
            sql("update batch set state = 'processing' where state = 'paused'");
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(30)).untilAsserted(() -> {
                sweepCancelled();
                get(outbox.promote());
                assertThat(rows(
                                "select o, m.steps, l.epoch, b.state from outbox o join message m on m.id = o.message_id"
                                        + " join lease l on l.device_id = o.device_id left join batch b on b.id = o.batch_id"
                                        + " where o.device_id = '" + device + "'"))
                        .extracting(Row::deepToString)
                        .isEmpty();
            });
        }

        private void check() throws Exception {
            List<Row> all = rows("select id, stanza_id, chat, phase, ack, failure, batch_id, steps from message"
                    + " where device_id = '" + device + "' order by id");
            assertThat(all).hasSameSizeAs(messages);
            Map<String, Integer> wentOut = get(context, whatsapp::acks);
            for (Row row : all) {
                String what = row.deepToString();
                String phase = row.getString("phase");
                int ack = row.getInteger("ack");
                assertThat(phase).as(what).isIn("sent", "failed", "cancelled");
                assertThat(phase.equals("sent")).as(what).isEqualTo(ack > 0);
                assertThat(row.getString("failure") == null).as(what).isEqualTo(phase.equals("sent"));
                assertThat(ack).as(what).isLessThanOrEqualTo(wentOut.getOrDefault(row.getString("stanza_id"), 0));
                checkSteps(what, phase, row.getJsonArray("steps"));
            }
            for (String id : get(context, whatsapp::certain)) {
                assertThat(all.stream().filter(row -> row.getString("stanza_id").equals(id)))
                        .allMatch(row -> row.getString("phase").equals("sent"), "went out and is not sent: " + id);
            }
            checkEvents();
            checkOrder(all);
            for (long batch : batches) {
                checkCounters(batch);
            }
        }

        /** What was told never falls: a message may fail once, before its first ack, and its acks rise. */
        private void checkSteps(String what, String phase, JsonArray steps) {
            List<String> outcomes = steps.stream()
                    .map(step -> ((JsonObject) step).getString("what"))
                    .filter(List.of("failed", "cancelled", "sent", "delivered", "read")::contains)
                    .toList();
            assertThat(outcomes).as(what).isNotEmpty().doesNotHaveDuplicates();
            assertThat(outcomes.stream().sorted((a, b) -> Integer.compare(rank(a), rank(b))))
                    .as(what)
                    .containsExactlyElementsOf(outcomes);
            assertThat(outcomes.contains("failed") && outcomes.contains("cancelled"))
                    .as(what)
                    .isFalse();
            // what WhatsApp seemed to have refused, and was cancelled before it was tried again, may have gone out all
            // the same
            boolean refusedBefore = steps.stream()
                    .map(step -> ((JsonObject) step).getString("what"))
                    .anyMatch("retry"::equals);
            assertThat(outcomes.contains("cancelled"))
                    .as(what)
                    .isEqualTo(phase.equals("cancelled") || (refusedBefore && outcomes.contains("cancelled")));
        }

        private int rank(String outcome) {
            return List.of("failed", "cancelled", "sent", "delivered", "read").indexOf(outcome);
        }

        private void checkEvents() throws Exception {
            Map<String, Integer> told = new HashMap<>();
            long next = 1;
            for (Row row :
                    rows("select seq, type, data from event where device_id = '" + device + "' order by position")) {
                assertThat(row.getLong("seq")).isEqualTo(next++);
                if (row.getString("type").equals("message.status")) {
                    JsonObject event = row.getJsonObject("data");
                    int level = event.getString("status").equals("failed") ? 0 : event.getInteger("ack");
                    Integer before = told.put(event.getString("messageId"), level);
                    assertThat(before == null || before < level)
                            .as(event.encode())
                            .isTrue();
                }
            }
        }

        /**
         * What was cancelled never went out; what went out, went out in the order of its chat and lane, but for interactive messages that waited for
         * the end of a restriction.
         */
        private void checkOrder(List<Row> all) throws Exception {
            List<String> first = get(context, whatsapp::firstSubmissions);
            Map<String, Row> byStanzaId = new HashMap<>();
            all.forEach(row -> byStanzaId.put(row.getString("stanza_id"), row));
            Map<String, Long> last = new HashMap<>();
            for (String id : first) {
                Row row = Optional.ofNullable(byStanzaId.get(id)).orElseThrow();
                Lane lane = Optional.ofNullable(lanes.get(id)).orElseThrow();
                boolean overtaken = lane == Lane.INTERACTIVE
                        && row.getJsonArray("steps").stream()
                                .anyMatch(step ->
                                        ((JsonObject) step).getString("what").equals("snoozed"));
                if (lane != Lane.BROADCAST && !overtaken) {
                    Long before = last.put(row.getString("chat") + lane, row.getLong("id"));
                    assertThat(before == null || before < row.getLong("id"))
                            .as("before " + row.deepToString())
                            .isTrue();
                }
            }
        }

        /** What is told of a batch, counted as it went, is what its messages say. */
        private void checkCounters(long batch) throws Exception {
            Row counted =
                    rows("select b.completed + coalesce(sum(d.completed), 0), b.failed + coalesce(sum(d.failed), 0),"
                                    + " b.cancelled + coalesce(sum(d.cancelled), 0)"
                                    + " from batch b left join batch_delta d on d.batch_id = b.id where b.id = " + batch
                                    + " group by b.id")
                            .getFirst();
            Row there = rows("select count(*) filter (where phase = 'sent'), count(*) filter (where phase = 'failed'),"
                            + " count(*) filter (where phase = 'cancelled'), count(*)"
                            + " from message where batch_id = " + batch)
                    .getFirst();
            long outcomes = 0;
            for (int i = 0; i < 3; i++) {
                assertThat(counted.getLong(i))
                        .as("counter " + i + " of " + batch)
                        .isEqualTo(there.getLong(i));
                outcomes += there.getLong(i);
            }
            assertThat(outcomes).isEqualTo(there.getLong(3));
        }

        private long batch() throws Exception {
            return rows("insert into batch (job_id, device_id, kind, total, delay_ms) values ('" + device + "-"
                            + items++ + "', '" + device + "', 'message', 1, 0) returning id")
                    .getFirst()
                    .getLong(0);
        }

        private long any(List<Long> some) {
            return some.isEmpty() ? -1 : some.get(random.nextInt(some.size()));
        }
    }

    private List<Row> rows(String sql) throws Exception {
        List<Row> rows = new ArrayList<>();
        get(pool.preparedQuery(sql).execute(Tuple.tuple())).forEach(rows::add);
        return rows;
    }

    private void sql(String statement) throws Exception {
        get(pool.query(statement).execute());
    }

    private static <T> T get(Context context, Callable<T> deed) throws Exception {
        Promise<T> promise = Promise.promise();
        context.runOnContext(_ -> {
            try {
                promise.complete(deed.call());
            } catch (Exception thrown) {
                promise.fail(thrown);
            }
        });
        return get(promise.future());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
