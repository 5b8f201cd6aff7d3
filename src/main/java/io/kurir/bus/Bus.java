package io.kurir.bus;

import io.kurir.Secrets;
import io.kurir.client.Seal;
import io.kurir.http.Problem;
import io.kurir.trace.Span;
import io.kurir.trace.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes' only user of Vert.x' event bus. A served command is always answered: by its reply, or by the {@link Problem} that was thrown, so that no
 * caller waits for a time-out because a consumer failed. Between JVMs all is sealed; what strangers send is not answered.
 */
public final class Bus {
    /** Who shares the seal of what nodes tell each other. */
    public static final String NODES = "nodes";

    private static final Logger log = LoggerFactory.getLogger(Bus.class);
    private static final Ok OK = new Ok();

    private final Vertx vertx;
    private final EventBus bus;
    private final Seal seal;
    private final Strangers strangers;
    private final Latency latency;
    private final Traces traces;

    /** The reply of a command that has nothing to say. */
    private record Ok() {}

    /** A {@link NotOwner} on the wire. */
    private record Disowned(long epoch) {}

    /** Ends a consumer; completes when the whole cluster knows. */
    public interface Registration {
        Future<Void> end();
    }

    /** For one JVM alone: no other one can talk with it. */
    public Bus(Vertx vertx) {
        this(vertx, Secrets.random(Seal.SECRET_LENGTH), new CompositeMeterRegistry(), Traces.OFF);
    }

    /** @param secret the same on all nodes, and known to nobody else */
    public Bus(Vertx vertx, String secret, MeterRegistry registry, Traces traces) {
        this.vertx = vertx;
        this.traces = traces;
        this.bus = vertx.eventBus();
        this.seal = new Seal(secret, NODES, InstantSource.system());
        this.strangers = new Strangers(registry);
        this.latency = new Latency(registry);
        bus.registerDefaultCodec(Wire.Parcel.class, new Wire(seal));
        // a peer that sends a Java object gets it refused, not made
        bus.serializableChecker(_ -> false).clusterSerializableChecker(_ -> false);
    }

    /**
     * Answers commands on the caller's context. Each command gets a task of its own, so that on a virtual-thread context one that awaits
     * does not hold up the next.
     */
    public <C, R> Registration serve(Address<C, R> address, Function<C, Future<R>> deed) {
        Context context = vertx.getOrCreateContext();
        Seen seen = new Seen();
        MessageConsumer<Object> consumer = bus.consumer(
                address.name(),
                message -> opened(message, Optional.of(seen))
                        .ifPresent(body -> context.runOnContext(_ -> answer(address, deed, message, body))));
        return consumer::unregister;
    }

    /** Empty: from a stranger, or from nobody whom we understand. */
    private Optional<Object> opened(Message<Object> message, Optional<Seen> seen) {
        Object body;
        try {
            body = message.body();
        } catch (RuntimeException unreadable) { // a codec of Vert.x' own, such as that of Java's serialization
            strangers.refused(message.address(), "malformed");
            return Optional.empty();
        }
        return switch (body) {
            case Wire.Parcel local -> Optional.of(local.body());
            case Wire.Frame frame -> opened(message, frame, seen);
            case null, default -> {
                strangers.refused(message.address(), "malformed");
                yield Optional.empty();
            }
        };
    }

    private Optional<Object> opened(Message<Object> message, Wire.Frame frame, Optional<Seen> seen) {
        switch (seal.open(message.address(), frame.content().getBytes())) {
            case Seal.Refused refused -> strangers.refused(message.address(), Strangers.word(refused.reason()));
            case Seal.Body body
            when seen.map(ids -> !ids.first(body.id())).orElse(false) ->
                strangers.refused(message.address(), "replayed");
            case Seal.Body body -> {
                return read(message, body.content());
            }
        }
        return Optional.empty();
    }

    private Optional<Object> read(Message<Object> message, Buffer content) {
        try {
            return Optional.of(Records.read(content.getBytes()));
        } catch (IllegalArgumentException newer) {
            log.warn("{} is told what this release does not know: {}", message.address(), newer.getMessage());
            reply(
                    message,
                    Refusal.of(Problem.later(
                            Problem.Code.NOT_AVAILABLE,
                            "a node of another release does not know this",
                            Duration.ofSeconds(2))));
            return Optional.empty();
        }
    }

    private <C, R> void answer(
            Address<C, R> address, Function<C, Future<R>> deed, Message<Object> message, Object body) {
        Span span = traces.serve(
                "serve " + Latency.kind(address.name()),
                Optional.ofNullable(message.headers().get(Span.HEADER)));
        Future<R> result;
        try {
            result = span.within(() -> deed.apply(address.command().cast(body)));
        } catch (RuntimeException thrown) {
            result = Future.failedFuture(thrown);
        }
        span.until(result)
                .onComplete(
                        reply -> reply(
                                message, Optional.<Object>ofNullable(reply).orElse(OK)),
                        failure -> reply(message, refusal(address, failure)));
    }

    private static Object refusal(Address<?, ?> address, Throwable failure) {
        if (failure instanceof NotOwner notOwner) {
            return new Disowned(notOwner.epoch());
        }
        if (failure instanceof Problem problem) {
            return Refusal.of(problem);
        }
        log.error("{} failed", address.name(), failure);
        return Refusal.of(Problem.of(Problem.Code.INTERNAL_ERROR, "unexpected failure"));
    }

    private static void reply(Message<Object> message, Object reply) {
        if (message.replyAddress() != null) {
            message.reply(new Wire.Parcel(message.replyAddress(), reply));
        }
    }

    /** Asks one consumer. Fails with the consumer's {@link Problem}, with {@link Nobody} where none is registered, or with a time-out. */
    public <C, R> Future<R> ask(Address<C, R> address, C command, Duration timeout) {
        long start = System.nanoTime();
        Span span = traces.ask("ask " + Latency.kind(address.name()));
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(timeout.toMillis());
        // beside what is sealed: older releases do not look at it, and who changes it misleads a trace and nothing else
        span.traceparent().ifPresent(trace -> options.addHeader(Span.HEADER, trace));
        return bus.<Object>request(address.name(), new Wire.Parcel(address.name(), command), options)
                .transform(done -> done.succeeded()
                        ? replied(address, done.result())
                        : Future.failedFuture(failure(address, Optional.ofNullable(done.cause()))))
                .onComplete(done -> {
                    String outcome = outcome(Optional.ofNullable(done.cause()));
                    latency.record(address.name(), outcome, System.nanoTime() - start);
                    if (done.failed()) {
                        span.failed(outcome);
                    }
                    span.end();
                });
    }

    private <R> Future<R> replied(Address<?, R> address, Message<Object> reply) {
        Object body = opened(reply, Optional.empty())
                .orElseGet(() -> Refusal.of(Problem.later(
                        Problem.Code.NOT_AVAILABLE,
                        "no answer that can be believed from " + address.name(),
                        Duration.ofSeconds(2))));
        return switch (body) {
            case Refusal refusal -> Future.failedFuture(refusal.problem());
            case Disowned disowned -> Future.failedFuture(new NotOwner(address.name(), disowned.epoch()));
            case Ok _ -> Future.succeededFuture();
            default -> Future.succeededFuture(address.reply().cast(body));
        };
    }

    private static Throwable failure(Address<?, ?> address, Optional<Throwable> cause) {
        if (cause.orElse(null) instanceof ReplyException reply) {
            if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
                return new Nobody(address.name());
            }
            if (reply.failureType() == ReplyFailure.TIMEOUT) {
                return Problem.later(
                        Problem.Code.NOT_AVAILABLE, "no answer from " + address.name(), Duration.ofSeconds(2));
            }
        }
        return cause.orElseGet(() -> new IllegalStateException("no answer from " + address.name()));
    }

    private static String outcome(Optional<Throwable> cause) {
        return cause.map(why -> switch (why) {
                    case Nobody _ -> "nobody";
                    case Problem problem when problem.code() == Problem.Code.NOT_AVAILABLE -> "late";
                    case Problem _ -> "refused";
                    default -> "failed";
                })
                .orElse("answered");
    }

    /** Tells one consumer, without waiting; lost when nobody is registered. */
    public <C> void tell(Address<C, Void> address, C command) {
        bus.send(address.name(), new Wire.Parcel(address.name(), command));
    }

    /** Tells every consumer in the cluster. */
    public <C> void publish(Address<C, Void> address, C said) {
        bus.publish(address.name(), new Wire.Parcel(address.name(), said));
    }

    /** Hears what is published, on the caller's context. */
    public <C> Registration hear(Address<C, Void> address, Consumer<C> listener) {
        MessageConsumer<Object> consumer = bus.consumer(
                address.name(),
                message -> opened(message, Optional.empty())
                        .ifPresent(body -> listener.accept(address.command().cast(body))));
        return consumer::unregister;
    }

    /** Who serves the address owned the device at this epoch, and cannot tell whether it still does: ask again, another may have it. */
    public static final class NotOwner extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final long epoch;

        public NotOwner(String address, long epoch) {
            super(address + " is no longer, or not surely, owned at epoch " + epoch, null, false, false);
            this.epoch = epoch;
        }

        public long epoch() {
            return epoch;
        }
    }

    /** Nobody serves the address: for a device's address this means that its session runs nowhere. */
    public static final class Nobody extends RuntimeException {
        Nobody(String address) {
            super("nobody serves " + address, null, false, false);
        }
    }
}
