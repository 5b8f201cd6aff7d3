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
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.OutgoingMessage;
import io.kurir.whatsapp.PageEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes before what: lanes, weights, the reserve, batches, restrictions; on a real PostgreSQL.
 * Over 300 lines: one drain, one set-up.
 */
class DrainIT {
    private static final String DEVICE = "device-1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Settings.Send GENEROUS = send(60_000, 1_000);

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
    private final FakePage page = new FakePage();
    private final Context context = vertx.getOrCreateContext();
    private final AtomicReference<Settings.Delivery> delivery = new AtomicReference<>(new Settings.Delivery(
            4, Duration.ofMillis(20), Settings.OnUnknown.RESEND, Duration.ofSeconds(30), Duration.ofMillis(10)));

    @TempDir
    Path data;

    private Media media;
    private int minted;

    @BeforeEach
    void device() throws Exception {
        media = new Media(vertx, pool, MediaFixture.settings(), data);
        get(events.maintain(Duration.ofDays(30)));
        sql("insert into device (device_id, owner_id, name, state) values ('" + DEVICE + "', 1, 'one', 'connected')");
        sql("insert into event_counter (device_id) values ('" + DEVICE + "')");
    }

    @AfterEach
    void close() throws Exception {
        EventContract.check(pool);
        get(vertx.close());
    }

    @Test
    void lanesShareWhatIsScarceByWeightAndNoneStarves() throws Exception {
        long lease = lease().epoch();
        for (int i = 0; i < 60; i++) {
            put(Lane.INTERACTIVE, "1" + i);
            put(Lane.SCHEDULED, "2" + i);
            put(Lane.BROADCAST, "3" + i);
        }
        // one token at a time, as when the budget is used up
        Allowance allowance = new Allowance(new Budget(1, 42, 0), 0);
        List<Lane> served = new ArrayList<>();
        for (int i = 0; i < 42; i++) {
            Allowance.Portion portion = allowance.next(1, 0);
            List<OutboxStore.Claimed> claimed =
                    get(store.claim(DEVICE, lease, new Allowance.Portion(1, 0, portion.tags(), portion.afterBatch())));
            allowance.took(portion, claimed, 0);
            claimed.forEach(one -> served.add(one.lane()));
        }
        assertThat(served).hasSize(42);
        assertThat(served.stream().filter(lane -> lane == Lane.INTERACTIVE).count())
                .isBetween(31L, 33L);
        assertThat(served.stream().filter(lane -> lane == Lane.SCHEDULED).count())
                .isBetween(7L, 9L);
        assertThat(served.stream().filter(lane -> lane == Lane.BROADCAST).count())
                .isBetween(1L, 3L);
    }

    @Test
    void oneClaimSharesAsManyClaimsDo() throws Exception {
        long lease = lease().epoch();
        for (int i = 0; i < 60; i++) {
            put(Lane.INTERACTIVE, "1" + i);
            put(Lane.SCHEDULED, "2" + i);
            put(Lane.BROADCAST, "3" + i);
        }
        List<Lane> served =
                get(store.claim(DEVICE, lease, new Allowance.Portion(42, 0, List.of(0.0, 0.0, 0.0), 0))).stream()
                        .map(OutboxStore.Claimed::lane)
                        .toList();
        assertThat(served.stream().filter(lane -> lane == Lane.INTERACTIVE).count())
                .isBetween(31L, 33L);
        assertThat(served.stream().filter(lane -> lane == Lane.BROADCAST).count())
                .isBetween(1L, 3L);
    }

    @Test
    void aBroadcastLeavesTheReserveToTheInteractiveLane() throws Exception {
        for (int i = 0; i < 20; i++) {
            put(Lane.BROADCAST, "3" + i);
        }
        open(send(1, 10)); // a token a minute: what the test takes is the burst alone
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 8);
        String interactive = put(Lane.INTERACTIVE, "199");
        outbox.nudge(DEVICE, 1);
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 9);
        assertThat(page.submitted.getLast().stanzaId()).isEqualTo(interactive);
    }

    @Test
    void whenTheReserveIsLeftTheBroadcastGoesOnAtTheRate() throws Exception {
        for (int i = 0; i < 12; i++) {
            put(Lane.BROADCAST, "3" + i);
        }
        open(send(600, 5));
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 12);
    }

    @Test
    void aReadyBroadcastDoesNotHoldUpWhatBecomesReadyLater() throws Exception {
        long lease = lease().epoch();
        for (int i = 0; i < 30; i++) {
            put(Lane.BROADCAST, "3" + i);
        }
        put(Lane.SCHEDULED, "21");
        put(Lane.INTERACTIVE, "11");
        List<OutboxStore.Claimed> claimed =
                get(store.claim(DEVICE, lease, new Allowance.Portion(5, 5, List.of(0.0, 0.0, 0.0), 0)));
        assertThat(claimed)
                .extracting(OutboxStore.Claimed::lane)
                .startsWith(Lane.INTERACTIVE, Lane.SCHEDULED)
                .hasSize(5);
    }

    @Test
    void batchesTakeTurnsAndOneThatRestsIsLeftOut() throws Exception {
        long lease = lease().epoch();
        long one = batch("processing");
        long two = batch("processing");
        long three = batch("processing");
        long paused = batch("paused");
        for (long batch : List.of(paused, one, two, three)) {
            for (int i = 0; i < 4; i++) {
                put(Lane.BROADCAST, batch + "0" + i, Optional.of(batch), Optional.empty());
            }
        }
        Allowance allowance = new Allowance(new Budget(1, 100, 0), 0);
        List<Long> served = new ArrayList<>();
        for (int most : List.of(1, 1, 2, 1, 4, 64)) {
            Allowance.Portion portion = allowance.next(most, 0);
            List<OutboxStore.Claimed> claimed = get(store.claim(DEVICE, lease, portion));
            allowance.took(portion, claimed, 0);
            claimed.forEach(each -> served.add(each.batch()));
        }
        assertThat(served).containsExactly(one, two, three, one, two, three, one, two, three, one, two, three);

        sql("update batch set state = 'processing' where id = " + paused);
        assertThat(get(store.claim(DEVICE, lease, allowance.next(64, 0)))).hasSize(4);
    }

    @Test
    void aRetryHoldsBackItsOwnChatAndLaneAndTheInteractiveOneForTwoMinutes() throws Exception {
        long lease = lease().epoch();
        String first = put(Lane.INTERACTIVE, "11");
        put(Lane.INTERACTIVE, "11");
        put(Lane.SCHEDULED, "11");
        put(Lane.SCHEDULED, "11");
        put(Lane.INTERACTIVE, "12");
        assertThat(lanes(claim(lease)))
                .containsExactly(Lane.INTERACTIVE, Lane.INTERACTIVE, Lane.SCHEDULED); // the first of each chat and lane
        sql(
                "update outbox set state = 'waiting', due_at = clock_timestamp() + interval '1 hour' where state = 'sending'");
        assertThat(claim(lease)).isEmpty();

        sql("update outbox set first_claimed_at = first_claimed_at - interval '119 seconds' where state = 'waiting'");
        sql("update outbox set state = 'unknown' where message_id =" + " (select id from message where stanza_id = '"
                + first + "')");
        sql("update outbox set first_claimed_at = first_claimed_at - interval '2 seconds' where state <> 'ready'");
        List<OutboxStore.Claimed> later = claim(lease);
        assertThat(lanes(later)).containsExactly(Lane.INTERACTIVE); // the scheduled one waits for the outcome
    }

    @Test
    void aRestrictionLetsRepliesGoAndNothingCold() throws Exception {
        String refused = "RESTRICTED: ERROR_UNKNOWN";
        Traffic traffic = open(GENEROUS);
        String stranger = put(Lane.INTERACTIVE, "11");
        outbox.nudge(DEVICE, 1);
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 1);
        on(() -> traffic.sendFailed(new PageEvent.SendFailed(stranger, refused)));
        await().atMost(PATIENCE).until(() -> column("select state from outbox").equals(List.of("waiting")));
        assertThat(column("select type from event")).containsExactly("device.restricted");
        assertThat(column("select data ->> 'reason' from event")).containsExactly("ERROR_UNKNOWN");
        assertThat(column(
                        "select restricted_until - clock_timestamp() between interval '50 minutes' and interval '1 hour'"
                                + " from device"))
                .containsExactly("true");
        assertThat(column("select attempt from outbox")).containsExactly("0"); // it costs no attempt
        assertThat(column("select attempts from message")).containsExactly("0");
        assertThat(column("select o.due_at = d.restricted_until from outbox o, device d"))
                .containsExactly("true");

        sql("insert into message (device_id, stanza_id, outgoing, chat, type, body, phase) values ('" + DEVICE
                + "', 'IN', false, '12@c.us', 'chat', 'hello?', 'received')");
        put(Lane.INTERACTIVE, "13");
        put(Lane.SCHEDULED, "12");
        put(Lane.BROADCAST, "12");
        String reply = put(Lane.INTERACTIVE, "12");
        outbox.nudge(DEVICE, 4);
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 2);
        assertThat(page.submitted.getLast().stanzaId()).isEqualTo(reply);
        ack(traffic, reply);
        await().atMost(PATIENCE)
                .until(() -> column("select phase from message where ack > 0").size() == 1);
        assertThat(claim(lastEpoch())).isEmpty();

        sql("update device set restricted_until = clock_timestamp()");
        sql("update outbox set due_at = clock_timestamp() where state = 'waiting'");
        get(outbox.promote());
        outbox.nudge(DEVICE, 4);
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 6);
        assertThat(page.submitted.stream().map(OutgoingMessage::stanzaId)).contains(stranger);
    }

    @Test
    void whatMetTheRestrictionHoldsBackNoReplyInItsOwnChat() throws Exception {
        Traffic traffic = open(GENEROUS);
        String first = put(Lane.INTERACTIVE, "11");
        outbox.nudge(DEVICE, 1);
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 1);
        on(() -> traffic.sendFailed(new PageEvent.SendFailed(first, "RESTRICTED: ERROR_UNKNOWN")));
        await().atMost(PATIENCE).until(() -> column("select state from outbox").equals(List.of("waiting")));

        sql("insert into message (device_id, stanza_id, outgoing, chat, type, body, phase) values ('" + DEVICE
                + "', 'IN', false, '11@c.us', 'chat', 'who are you?', 'received')");
        String reply = put(Lane.INTERACTIVE, "11");
        outbox.nudge(DEVICE, 1);
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 2);
        assertThat(page.submitted.getLast().stanzaId()).isEqualTo(reply);
        ack(traffic, reply);
        await().atMost(PATIENCE)
                .until(() -> column("select phase from message where ack > 0").equals(List.of("sent")));

        sql("update device set restricted_until = clock_timestamp()");
        sql("update outbox set due_at = clock_timestamp() where state = 'waiting'");
        get(outbox.promote());
        outbox.nudge(DEVICE, 1);
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 3);
        assertThat(page.submitted.getLast().stanzaId()).isEqualTo(first);
    }

    @Test
    void aRestrictionIsToldOnceHoweverManyMessagesMeetIt() throws Exception {
        page.onSend = _ -> Future.succeededFuture(new Command.Refused(Command.Reason.RESTRICTED, "463"));
        for (int i = 0; i < 10; i++) {
            put(Lane.INTERACTIVE, "1" + i);
        }
        open(GENEROUS);
        await().atMost(PATIENCE)
                .until(() -> column("select state from outbox where state = 'waiting'")
                                .size()
                        == 10);
        assertThat(column("select type from event")).containsExactly("device.restricted");
        assertThat(column("select distinct phase from message")).containsExactly("queued");
    }

    @Test
    void aMessageMayHaveAttemptsOfItsOwnAndTheConfiguredOnesMayChange() throws Exception {
        page.onSend = _ -> Future.succeededFuture(new Command.Refused(Command.Reason.PAGE_ERROR, "boom"));
        open(GENEROUS);
        put(Lane.INTERACTIVE, "11", Optional.empty(), Optional.of(2));
        outbox.nudge(DEVICE, 1);
        promoteUntil(() ->
                column("select attempts from message where phase = 'failed'").equals(List.of("2")));

        delivery.set(delivery.get().with(6, Duration.ofMillis(5)));
        put(Lane.INTERACTIVE, "12");
        outbox.nudge(DEVICE, 1);
        promoteUntil(() -> column("select attempts from message where phase = 'failed' order by id")
                .equals(List.of("2", "6")));
    }

    @Test
    void theNextOwnerGoesOnWithWhatIsLeftOfTheBudget() throws Exception {
        Traffic first = open(send(1, 5));
        for (int i = 0; i < 5; i++) {
            put(Lane.INTERACTIVE, "1" + i);
        }
        outbox.nudge(DEVICE, 5);
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 5);
        get(context, first::close).toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(column("select budget_level < 1 from device")).containsExactly("true");

        sql("update outbox set state = 'waiting', due_at = clock_timestamp() + interval '1 hour'");
        sql("update device set budget_at = budget_at - interval '2 minutes'"); // two tokens
        for (int i = 0; i < 5; i++) {
            put(Lane.INTERACTIVE, "2" + i);
        }
        open(send(1, 5));
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 7);
        assertThat(column("select count(*) from outbox where state = 'ready'")).containsExactly("3");
    }

    @Test
    void whatThePageToldLastIsWrittenBeforeTheDeviceIsGivenUp() throws Exception {
        Traffic traffic = open(GENEROUS);
        String id = put(Lane.INTERACTIVE, "11");
        outbox.nudge(DEVICE, 1);
        await().atMost(PATIENCE).until(() -> page.submitted.size() == 1);
        Future<Void> closed = get(context, () -> {
            traffic.acked(new PageEvent.Acked(Jid.parse("11@c.us"), List.of(id), Ack.SERVER));
            traffic.acked(new PageEvent.Acked(Jid.parse("11@c.us"), List.of(id), Ack.READ));
            return traffic.close();
        });
        closed.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(column("select ack from message")).containsExactly("3");
    }

    private String put(Lane lane, String phone) throws Exception {
        return put(lane, phone, Optional.empty(), Optional.empty());
    }

    private String put(Lane lane, String phone, Optional<Long> batch, Optional<Integer> maxAttempts) throws Exception {
        String id = StanzaId.mint(Names.random());
        get(OutboxWriter.put(
                pool,
                List.of(new OutboxWriter.Entry(
                        DEVICE,
                        id,
                        Jid.parse(phone + "@c.us"),
                        new Content.Text("text " + minted++),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        false,
                        lane,
                        maxAttempts,
                        batch,
                        minted,
                        Optional.empty(),
                        "",
                        Optional.empty()))));
        return id;
    }

    private long batch(String state) throws Exception {
        return Long.parseLong(column("insert into batch (job_id, device_id, kind, total, delay_ms, state) values ('job-"
                        + minted++ + "', '" + DEVICE + "', 'message', 4, 0, '" + state + "') returning id")
                .getFirst());
    }

    private List<OutboxStore.Claimed> claim(long epoch) throws Exception {
        return get(store.claim(DEVICE, epoch, new Allowance.Portion(64, 64, List.of(0.0, 0.0, 0.0), 0)));
    }

    private static List<Lane> lanes(List<OutboxStore.Claimed> claimed) {
        return claimed.stream().map(OutboxStore.Claimed::lane).toList();
    }

    private static Settings.Send send(int perMinute, int burst) {
        return new Settings.Send(perMinute, burst, 500, Duration.ofSeconds(30));
    }

    private long lastEpoch() throws Exception {
        return Long.parseLong(column("select epoch from lease").getFirst());
    }

    private Leases.Held lease() throws Exception {
        return get(leases.acquire(DEVICE, "1", new Leases.Holder() {
                    @Override
                    public void renewed() {}

                    @Override
                    public void lost() {}
                }))
                .orElseThrow();
    }

    /** A new owner, as after a restart: a higher epoch. */
    private Traffic open(Settings.Send send) throws Exception {
        Leases.Held lease = lease();
        return get(context, () -> {
            Traffic traffic = new Traffic(
                    vertx,
                    pool,
                    bus,
                    events,
                    delivery::get,
                    () -> send,
                    media,
                    List.of(),
                    lease,
                    Traces.OFF,
                    new SimpleMeterRegistry());
            traffic.open(page);
            return traffic;
        });
    }

    private void ack(Traffic traffic, String id) throws Exception {
        on(() -> traffic.acked(new PageEvent.Acked(Jid.parse("11@c.us"), List.of(id), Ack.SERVER)));
    }

    private void promoteUntil(Callable<Boolean> reached) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            get(outbox.promote());
            return reached.call();
        });
    }

    private List<String> column(String sql) throws Exception {
        List<String> values = new ArrayList<>();
        get(pool.query(sql).execute()).forEach(row -> values.add(String.valueOf(row.getValue(0))));
        return values;
    }

    private void sql(String statement) throws Exception {
        get(pool.query(statement).execute());
    }

    private void on(Runnable deed) throws Exception {
        get(context, () -> {
            deed.run();
            return true;
        });
    }

    private static <T> T get(Context context, Callable<T> deed) throws Exception {
        io.vertx.core.Promise<T> promise = io.vertx.core.Promise.promise();
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
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
