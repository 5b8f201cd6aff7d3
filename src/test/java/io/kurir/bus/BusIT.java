package io.kurir.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.client.Seal;
import io.kurir.http.Problem;
import io.kurir.session.SessionApi;
import io.kurir.trace.Traces;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What goes between JVMs, over real sockets of a real cluster: one member serves, one asks, one is a stranger. */
class BusIT {
    private static final String SECRET = "what only nodes know, 32 characters";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration IMPATIENCE = Duration.ofSeconds(2);

    private static Members members;
    private static Vertx stranger;
    private static final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private static final SimpleMeterRegistry asking = new SimpleMeterRegistry();
    private static Bus serving;
    private static Bus here;

    /** A Java object, as nobody may send one. */
    private record Gadget(String text) implements Serializable {
        static final AtomicBoolean MADE = new AtomicBoolean();

        Gadget {
            MADE.set(true);
        }
    }

    @BeforeAll
    static void join() throws Exception {
        members = new Members();
        Vertx there = members.join();
        Vertx asker = members.join();
        stranger = members.join();
        stranger.eventBus().registerCodec(new Raw()).serializableChecker(_ -> true);
        serving = new Bus(there, SECRET, registry, Traces.OFF);
        here = new Bus(asker, SECRET, asking, Traces.OFF);
    }

    @AfterAll
    static void leave() throws Exception {
        members.close();
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static Throwable failure(Future<?> future) throws Exception {
        try {
            get(future);
            throw new AssertionError("it succeeded");
        } catch (ExecutionException failed) {
            return Optional.ofNullable(failed.getCause()).orElseThrow();
        }
    }

    private static double refused(String reason) {
        return Optional.ofNullable(
                        registry.find("kurir.bus.refused").tag("reason", reason).counter())
                .map(Counter::count)
                .orElse(0.0);
    }

    /** Whoever asks until the cluster knows that it is served. */
    private static <C, R> R patiently(Bus bus, Address<C, R> address, C command) {
        return await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> get(bus.ask(address, command, PATIENCE)), _ -> true);
    }

    @Test
    void aCommandAndItsAnswerCrossAsTheyAre() throws Exception {
        Request.Contact contact = new Request.Contact(
                new Person(Optional.of(Jid.ofPhone("6281")), Optional.empty()), "Citra", "C", true, false);
        List<SessionApi.Execute> heard = new CopyOnWriteArrayList<>();
        serving.serve(SessionApi.execute("a"), command -> {
            heard.add(command);
            return Future.succeededFuture(new SessionApi.Executed(new Request.Contacts(List.of(contact))));
        });
        SessionApi.Execute command =
                new SessionApi.Execute("a", new Request.Edit(Jid.parse("1@g.us"), "3EB0", "x"), Duration.ofSeconds(3));

        SessionApi.Executed answer = patiently(here, SessionApi.execute("a"), command);

        assertThat(heard).containsOnly(command);
        assertThat(answer.answer()).isEqualTo(new Request.Contacts(List.of(contact)));
        Timer timer = asking.get("kurir.bus.latency")
                .tag("address", "device.execute")
                .tag("outcome", "answered")
                .timer();
        assertThat(timer.count()).isPositive();
        assertThat(registry.find("kurir.bus.latency").timers()).isEmpty();
    }

    @Test
    void aRefusalCrossesWithCodeDetailsAndPause() throws Exception {
        List<Problem> problems = List.of(
                Problem.of(Problem.Code.NO_QR, "none"),
                Problem.later(Problem.Code.NODE_FULL, "later", Duration.ofMillis(1500)),
                Problem.about(Problem.Code.MEDIA_FETCH_FAILED, "url", "is gone"),
                Problem.invalid(List.of(new Problem.Detail("a", "is odd"), new Problem.Detail("b", "is even"))));
        serving.serve(SessionApi.look("b"), _ -> Future.succeededFuture(new SessionApi.Seen("")));
        patiently(here, SessionApi.look("b"), new SessionApi.Look("b"));
        serving.serve(
                SessionApi.pairingCode("b"),
                command -> Future.failedFuture(problems.get(Integer.parseInt(command.phone()))));
        await().atMost(PATIENCE)
                .until(() ->
                        !(failure(here.ask(SessionApi.pairingCode("b"), new SessionApi.PairingCode("b", "0"), PATIENCE))
                                instanceof Bus.Nobody));
        for (int n = 0; n < problems.size(); n++) {
            Problem expected = problems.get(n);
            assertThat(failure(
                            here.ask(SessionApi.pairingCode("b"), new SessionApi.PairingCode("b", "" + n), PATIENCE)))
                    .isInstanceOfSatisfying(Problem.class, problem -> {
                        assertThat(problem.code()).isEqualTo(expected.code());
                        assertThat(problem.message()).isEqualTo(expected.message());
                        assertThat(problem.details()).isEqualTo(expected.details());
                        assertThat(problem.retryAfter()).isEqualTo(expected.retryAfter());
                    });
        }
    }

    @Test
    void withinAJvmTheVeryObjectArrives() throws Exception {
        List<SessionApi.Look> heard = new CopyOnWriteArrayList<>();
        serving.serve(SessionApi.look("c"), command -> {
            heard.add(command);
            return Future.succeededFuture(new SessionApi.Seen("qr"));
        });
        SessionApi.Look look = new SessionApi.Look("c");
        patiently(serving, SessionApi.look("c"), look);
        assertThat(heard).isNotEmpty().allSatisfy(each -> assertThat(each).isSameAs(look));
    }

    @Test
    void nobodyObeysOrBelievesAStranger() throws Exception {
        List<Object> heard = new CopyOnWriteArrayList<>();
        serving.serve(SessionApi.stop("d"), command -> {
            heard.add(command);
            return Future.succeededFuture(new SessionApi.Done());
        });
        SessionApi.Stop stop = new SessionApi.Stop("d", SessionApi.Ending.WIPE);
        patiently(here, SessionApi.stop("d"), stop);
        heard.clear();

        String address = SessionApi.stop("d").name();
        byte[] frame = new Seal("what somebody else knows, 32 letters", Bus.NODES, InstantSource.system())
                .close(address, Records.write(stop));
        DeliveryOptions impatient = new DeliveryOptions().setSendTimeout(IMPATIENCE.toMillis());
        double strangers = refused("stranger");
        double malformed = refused("malformed");
        Gadget gadget = new Gadget("x");
        Gadget.MADE.set(false);

        assertThat(failure(stranger.eventBus()
                        .request(address, frame, new DeliveryOptions(impatient).setCodecName(Wire.NAME))))
                .hasMessageContaining("Timed out");
        assertThat(failure(stranger.eventBus().request(address, gadget, impatient)))
                .hasMessageContaining("Timed out");
        for (Object body : List.of("stop", 1L, Buffer.buffer("stop"), new byte[0])) {
            stranger.eventBus().send(address, body);
            stranger.eventBus().publish(address, body);
        }

        await().atMost(PATIENCE).until(() -> refused("malformed") >= malformed + 9);
        assertThat(refused("stranger")).isEqualTo(strangers + 1);
        assertThat(Gadget.MADE).isFalse();
        assertThat(heard).isEmpty();
        patiently(here, SessionApi.stop("d"), stop);
    }

    @Test
    void whatWasOverheardIsNotObeyedAgain() throws Exception {
        List<Object> heard = new CopyOnWriteArrayList<>();
        serving.serve(SessionApi.restart("e"), command -> {
            heard.add(command);
            return Future.succeededFuture(new SessionApi.Done());
        });
        patiently(here, SessionApi.restart("e"), new SessionApi.Restart("e"));
        heard.clear();
        Seal seal = new Seal(SECRET, Bus.NODES, InstantSource.system());
        String address = SessionApi.restart("e").name();
        byte[] frame = seal.close(address, Records.write(new SessionApi.Restart("e")));
        DeliveryOptions options = new DeliveryOptions().setCodecName(Wire.NAME);

        stranger.eventBus().send(address, frame, options);
        await().atMost(PATIENCE).until(() -> heard.size() == 1);
        stranger.eventBus().send(address, frame, options);
        await().atMost(PATIENCE).until(() -> refused("replayed") == 1);

        assertThat(heard).hasSize(1);
    }

    /** A record of a release that does not exist yet. */
    @Test
    void whatThisReleaseDoesNotKnowIsAnsweredAtOnceAndMayBeAskedAgain() throws Exception {
        serving.serve(SessionApi.look("f"), _ -> Future.succeededFuture(new SessionApi.Seen("")));
        patiently(here, SessionApi.look("f"), new SessionApi.Look("f"));
        Seal seal = new Seal(SECRET, Bus.NODES, InstantSource.system());
        byte[] type = "io.kurir.session.SessionApi$Ponder".getBytes(StandardCharsets.UTF_8);
        byte[] body = ByteBuffer.allocate(4 + type.length + 2)
                .putInt(type.length)
                .put(type)
                .put((byte) '{')
                .put((byte) '}')
                .array();
        String address = SessionApi.look("f").name();

        var reply = get(stranger.eventBus()
                .<byte[]>request(address, seal.close(address, body), new DeliveryOptions().setCodecName(Wire.NAME)));

        assertThat(seal.open(reply.address(), reply.body()))
                .isInstanceOfSatisfying(
                        Seal.Body.class,
                        answer -> assertThat(Records.read(answer.content().getBytes()))
                                .isInstanceOfSatisfying(
                                        Refusal.class,
                                        refusal -> assertThat(refusal.problem().code())
                                                .isEqualTo(Problem.Code.NOT_AVAILABLE)));
    }

    /** Puts bytes where the nodes have their frames. */
    private static final class Raw implements MessageCodec<byte[], byte[]> {
        @Override
        public void encodeToWire(Buffer buffer, byte[] frame) {
            buffer.appendInt(frame.length).appendBytes(frame);
        }

        @Override
        public byte[] decodeFromWire(int at, Buffer buffer) {
            return buffer.getBytes(at + Integer.BYTES, at + Integer.BYTES + buffer.getInt(at));
        }

        @Override
        public byte[] transform(byte[] body) {
            return body;
        }

        @Override
        public String name() {
            return Wire.NAME;
        }

        @Override
        public byte systemCodecID() {
            return -1;
        }
    }
}
