package io.kurir.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Settings;
import io.kurir.access.Reach;
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
import io.kurir.whatsapp.PageException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of a message on a real PostgreSQL, with a page that does what the test says. Over 300 lines: one promise, one suite. */
class DeliveryIT {
    private static final String DEVICE = "device-1";
    private static final Duration TTL = Duration.ofSeconds(20);
    private static final Settings.Send GENEROUS = new Settings.Send(60_000, 1_000, 500, Duration.ofSeconds(30));

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());
    private final Bus bus = new Bus(vertx);
    private final EventLog events = new EventLog(pool, bus);
    private final MessageStore messages = new MessageStore(pool);
    private final Outbox outbox = new Outbox(pool, bus);
    private final Acceptor acceptor = new Acceptor(vertx, messages, outbox);
    private final Leases leases =
            new Leases(vertx, pool, "node-1", new Settings.Lease(TTL, Duration.ofSeconds(5), Duration.ofSeconds(3)));
    private final FakePage page = new FakePage();
    private final Context context = vertx.getOrCreateContext();

    @TempDir
    Path data;

    private Media media;

    @BeforeEach
    void device() throws Exception {
        media = new Media(vertx, pool, MediaFixture.settings(), data);
        get(events.maintain(Duration.ofDays(30)));
        get(pool.query("insert into device (device_id, owner_id, name, state) values ('" + DEVICE
                        + "', 1, 'one', 'connected')")
                .execute());
        get(pool.query("insert into event_counter (device_id) values ('" + DEVICE + "')")
                .execute());
    }

    @AfterEach
    void close() throws Exception {
        EventContract.check(pool);
        get(vertx.close());
    }

    @Test
    void aMessageIsAcceptedDispatchedAndItsAckRises() throws Exception {
        Traffic traffic = open(GENEROUS, Settings.OnUnknown.RESEND);
        String id = accept("62811@c.us", "one");
        await().until(() -> page.submitted.size() == 1);
        assertThat(page.submitted.getFirst().stanzaId()).isEqualTo(id);
        assertThat(message(id).phase()).isEqualTo(Message.Phase.SENDING);

        ack(traffic, id, Ack.SERVER);
        await().until(() -> message(id).phase() == Message.Phase.SENT);
        ack(traffic, id, Ack.READ);
        ack(traffic, id, Ack.DELIVERED); // late: an ack only rises
        await().until(() -> message(id).ack() == Ack.READ);

        assertThat(count("outbox")).isZero();
        assertThat(message(id).steps().stream().map(Message.Step::what))
                .containsExactly("accepted", "dispatched", "sent", "read");
        assertThat(column("select seq from event order by position")).containsExactly("1", "2");
    }

    @Test
    void nothingIsStoredForADeviceThatIsOutOfReachOrNotConnected() throws Exception {
        Reach somebodyElse = new Reach(Optional.of(2L), Optional.empty());
        Reach otherDevice = new Reach(Optional.empty(), Optional.of(Set.of("another-one")));
        assertThat(accept(somebodyElse, "62811@c.us", "one")).isEmpty();
        assertThat(accept(otherDevice, "62811@c.us", "one")).isEmpty();
        get(pool.query("update device set state = 'disconnected'").execute());
        assertThat(accept(Reach.ALL, "62811@c.us", "one")).isEmpty();
        assertThat(count("message")).isZero();
        assertThat(count("outbox")).isZero();

        get(pool.query("update device set state = 'connected'").execute());
        assertThat(accept(new Reach(Optional.of(1L), Optional.of(Set.of(DEVICE, "another-one"))), "62811@c.us", "one"))
                .isPresent();
    }

    @Test
    void theNextOfAChatWaitsForTheOutcomeOfTheOneBefore() throws Exception {
        Traffic traffic = open(GENEROUS, Settings.OnUnknown.RESEND);
        String first = accept("62811@c.us", "1");
        String second = accept("62811@c.us", "2");
        String other = accept("62822@c.us", "other chat");
        await().until(() -> page.submitted.size() == 2);
        assertThat(submittedIds()).containsExactlyInAnyOrder(first, other);

        ack(traffic, first, Ack.SERVER);
        await().until(() -> page.submitted.size() == 3);
        assertThat(submittedIds().getLast()).isEqualTo(second);
    }

    @Test
    void whatMayStillSucceedIsTriedAgainAfterFibonacciAndUnderTheSameId() throws Exception {
        List<Command.SendAnswer> answers = new ArrayList<>(List.of(
                new Command.Refused(Command.Reason.PAGE_ERROR, "boom"),
                new Command.Refused(Command.Reason.PAGE_ERROR, "boom"),
                new Command.Taken()));
        page.onSend = _ -> Future.succeededFuture(answers.removeFirst());
        Traffic traffic = open(GENEROUS, Settings.OnUnknown.RESEND);
        String id = accept("62811@c.us", "one");
        promoteUntil(() -> page.submitted.size() == 3);
        ack(traffic, id, Ack.SERVER);
        await().until(() -> message(id).phase() == Message.Phase.SENT);

        assertThat(submittedIds()).containsOnly(id);
        assertThat(message(id).attempts()).isEqualTo(3);
        assertThat(message(id).steps().stream().map(Message.Step::detail).filter(detail -> detail.contains("again in")))
                .containsExactly("PAGE_ERROR: boom, again in 20 ms", "PAGE_ERROR: boom, again in 20 ms");
    }

    @Test
    void whatCannotSucceedFailsAtOnceAndTheChatGoesOn() throws Exception {
        page.onSend = text -> Future.succeededFuture(
                text.content().words().equals("bad")
                        ? new Command.Refused(Command.Reason.NOT_ON_WHATSAPP, "")
                        : new Command.Taken());
        open(GENEROUS, Settings.OnUnknown.RESEND);
        String bad = accept("62811@c.us", "bad");
        String good = accept("62811@c.us", "good");
        await().until(() -> page.submitted.size() == 2);
        assertThat(message(bad).phase()).isEqualTo(Message.Phase.FAILED);
        assertThat(message(bad).failure()).contains("NOT_ON_WHATSAPP");
        assertThat(submittedIds().getLast()).isEqualTo(good);
    }

    @Test
    void afterTheLastAttemptAMessageHasFailed() throws Exception {
        page.onSend = _ -> Future.succeededFuture(new Command.Refused(Command.Reason.PAGE_ERROR, "boom"));
        open(GENEROUS, Settings.OnUnknown.RESEND);
        String id = accept("62811@c.us", "one");
        promoteUntil(() -> message(id).phase() == Message.Phase.FAILED);
        assertThat(page.submitted).hasSize(4);
        assertThat(count("outbox")).isZero();
        assertThat(column("select data ->> 'failure' from event")).containsExactly("PAGE_ERROR: boom");
    }

    @Test
    void anAckAfterAFailureMakesItSent() throws Exception {
        page.onSend = _ -> Future.succeededFuture(new Command.Refused(Command.Reason.NOT_ON_WHATSAPP, ""));
        Traffic traffic = open(GENEROUS, Settings.OnUnknown.RESEND);
        String id = accept("62811@c.us", "one");
        await().until(() -> message(id).phase() == Message.Phase.FAILED);
        ack(traffic, id, Ack.DELIVERED);
        await().until(() -> message(id).phase() == Message.Phase.SENT);
        assertThat(message(id).failure()).isEmpty();
    }

    @Test
    void aFailureAfterAnAckChangesNothing() throws Exception {
        Traffic traffic = open(GENEROUS, Settings.OnUnknown.RESEND);
        String id = accept("62811@c.us", "one");
        await().until(() -> page.submitted.size() == 1);
        ack(traffic, id, Ack.SERVER);
        await().until(() -> message(id).phase() == Message.Phase.SENT);
        on(() -> traffic.sendFailed(new PageEvent.SendFailed(id, "late news")));
        String next = accept("62811@c.us", "two");
        await().until(() -> submittedIds().contains(next));
        assertThat(message(id).phase()).isEqualTo(Message.Phase.SENT);
    }

    @Test
    void unansweredAndAbsentGoesOutAgainUnderTheSameId() throws Exception {
        page.onSend = _ -> page.submitted.size() == 1 ? timeout() : Future.succeededFuture(new Command.Taken());
        open(GENEROUS, Settings.OnUnknown.FAIL); // the setting is not asked: the same link attempted it
        String id = accept("62811@c.us", "one");
        await().until(() -> page.submitted.size() == 2);
        assertThat(submittedIds()).containsExactly(id, id);
        assertThat(message(id).steps().stream().map(Message.Step::what)).contains("absent");
    }

    @Test
    void unansweredAndFoundWithAnAckIsSentAndNotSubmittedAgain() throws Exception {
        page.onSend = _ -> timeout();
        page.onFind = _ -> new Command.Present(Ack.DELIVERED);
        open(GENEROUS, Settings.OnUnknown.RESEND);
        String id = accept("62811@c.us", "one");
        await().until(() -> message(id).ack() == Ack.DELIVERED);
        assertThat(page.submitted).hasSize(1);
    }

    @Test
    void unansweredAndFoundWithoutAnAckWaitsForIt() throws Exception {
        page.onSend =
                text -> text.content().words().equals("one") ? timeout() : Future.succeededFuture(new Command.Taken());
        page.onFind = _ -> new Command.Present(Ack.NONE);
        Traffic traffic = open(GENEROUS, Settings.OnUnknown.RESEND);
        String id = accept("62811@c.us", "one");
        await().until(() -> column("select state from outbox").contains("unknown"));
        String other = accept("62822@c.us", "other");
        await().until(() -> submittedIds().contains(other));
        assertThat(submittedIds()).containsOnlyOnce(id);
        ack(traffic, id, Ack.SERVER);
        await().until(() -> message(id).phase() == Message.Phase.SENT);
    }

    @Test
    void theAttemptOfAnEarlierOwnerIsSettledByTheNext() throws Exception {
        Traffic before = open(GENEROUS, Settings.OnUnknown.RESEND);
        String id = accept("62811@c.us", "one");
        await().until(() -> page.submitted.size() == 1);
        on(before::close);

        page.onFind = _ -> new Command.Present(Ack.SERVER);
        open(GENEROUS, Settings.OnUnknown.RESEND);
        await().until(() -> message(id).phase() == Message.Phase.SENT);
        assertThat(page.submitted).hasSize(1);
    }

    @Test
    void anAttemptOfAnotherLinkThatLeftNoTraceFailsWhenTheSettingSaysSo() throws Exception {
        Traffic before = open(GENEROUS, Settings.OnUnknown.FAIL);
        String id = accept("62811@c.us", "one");
        await().until(() -> page.submitted.size() == 1);
        on(before::close);
        get(pool.query("update device set links = links + 1").execute());

        open(GENEROUS, Settings.OnUnknown.FAIL);
        await().until(() -> message(id).phase() == Message.Phase.FAILED);
        assertThat(message(id).failure().orElse("")).startsWith("OUTCOME_UNKNOWN");
        assertThat(page.submitted).hasSize(1);
    }

    @Test
    void whatAnEarlierOwnerStillReportsChangesNothing() throws Exception {
        Traffic before = open(GENEROUS, Settings.OnUnknown.RESEND);
        String id = accept("62811@c.us", "one");
        await().until(() -> page.submitted.size() == 1);
        page.onFind = _ -> new Command.Present(Ack.NONE);
        Traffic now = open(GENEROUS, Settings.OnUnknown.RESEND);
        ack(before, id, Ack.READ);
        ack(now, id, Ack.SERVER);
        await().until(() -> message(id).ack() != Ack.NONE);
        assertThat(message(id).ack()).isEqualTo(Ack.SERVER);
    }

    @Test
    void theBudgetHoldsBackAndLetsGo() throws Exception {
        open(new Settings.Send(1_200, 2, 500, Duration.ofSeconds(30)), Settings.OnUnknown.RESEND);
        long start = System.nanoTime();
        for (int i = 0; i < 6; i++) {
            accept("6281" + i + "@c.us", "text " + i);
        }
        await().until(() -> page.submitted.size() == 6);
        // two at once, then one each 50 ms
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(190));
    }

    @Test
    void aMessageIsCancelledOnlyBeforeDispatch() throws Exception {
        OutboxStore store = new OutboxStore(pool);
        String waiting = accept("62811@c.us", "not dispatched");
        long id = message(waiting).id();
        assertThat(get(store.cancel(id, "too late"))).isTrue();
        assertThat(message(waiting).phase()).isEqualTo(Message.Phase.CANCELLED);

        open(GENEROUS, Settings.OnUnknown.RESEND);
        String dispatched = accept("62811@c.us", "dispatched");
        await().until(() -> page.submitted.size() == 1);
        assertThat(get(store.cancel(message(dispatched).id(), "too late"))).isFalse();
        assertThat(submittedIds()).containsExactly(dispatched);
    }

    private static Future<Command.SendAnswer> timeout() {
        return Future.failedFuture(new PageException(PageException.Kind.TIMEOUT, "no answer"));
    }

    /** A new owner, as after a restart: a higher epoch. */
    private Traffic open(Settings.Send send, Settings.OnUnknown onUnknown) throws Exception {
        Leases.Held lease = get(leases.acquire(DEVICE, "1", new Leases.Holder() {
                    @Override
                    public void renewed() {}

                    @Override
                    public void lost() {}
                }))
                .orElseThrow();
        Settings.Delivery delivery = new Settings.Delivery(
                4, Duration.ofMillis(20), onUnknown, Duration.ofSeconds(30), Duration.ofMillis(10));
        return get(context, () -> {
            Traffic traffic = new Traffic(
                    vertx,
                    pool,
                    bus,
                    events,
                    () -> delivery,
                    () -> send,
                    media,
                    List.of("stop"),
                    lease,
                    Traces.OFF,
                    new SimpleMeterRegistry());
            traffic.open(page);
            return traffic;
        });
    }

    private String accept(String to, String text) throws Exception {
        return accept(Reach.ALL, to, text).orElseThrow().stanzaId();
    }

    private Optional<MessageStore.Accepted> accept(Reach reach, String to, String text) throws Exception {
        return get(acceptor.accept(new MessageStore.Accepting(
                DEVICE,
                reach,
                StanzaId.mint(io.kurir.Names.random()),
                Jid.parse(to),
                new Content.Text(text),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false,
                Lane.INTERACTIVE)));
    }

    private void ack(Traffic traffic, String id, Ack ack) throws Exception {
        on(() -> traffic.acked(new PageEvent.Acked(Jid.parse("62811@c.us"), List.of(id), ack)));
    }

    private void promoteUntil(Callable<Boolean> reached) {
        await().pollInterval(Duration.ofMillis(10)).until(() -> {
            get(outbox.promote());
            return reached.call();
        });
    }

    private List<String> submittedIds() {
        return page.submitted.stream().map(OutgoingMessage::stanzaId).toList();
    }

    private Message message(String stanzaId) throws Exception {
        return get(messages.get(DEVICE, -1, stanzaId)).orElseThrow();
    }

    private long count(String table) throws Exception {
        return column("select * from " + table).size();
    }

    private List<String> column(String sql) throws Exception {
        List<String> values = new ArrayList<>();
        get(pool.preparedQuery(sql).execute(Tuple.tuple())).forEach(row -> values.add(String.valueOf(row.getValue(0))));
        return values;
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
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }
}
