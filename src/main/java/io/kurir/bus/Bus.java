package io.kurir.bus;

import io.kurir.http.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only user of Vert.x' event bus. A served command is always answered: by its reply, or by the {@link Problem} that was thrown, so that no
 * caller waits for a time-out because a consumer failed.
 */
public final class Bus {
    private static final Logger log = LoggerFactory.getLogger(Bus.class);
    private static final Ok OK = new Ok();

    private final Vertx vertx;
    private final EventBus bus;

    /** The reply of a command that has nothing to say. */
    private record Ok() {}

    /** A {@link NotOwner} on the wire. */
    private record Disowned(long epoch) {}

    /** Ends a consumer; completes when the whole cluster knows. */
    public interface Registration {
        Future<Void> end();
    }

    public Bus(Vertx vertx) {
        this.vertx = vertx;
        this.bus = vertx.eventBus();
        bus.registerCodec(new Wire());
        bus.codecSelector(body -> body.getClass().getName().startsWith("io.kurir.") ? Wire.NAME : "");
    }

    /**
     * Answers commands on the caller's context. Each command gets a task of its own, so that on a virtual-thread context one that awaits
     * does not hold up the next.
     */
    public <C, R> Registration serve(Address<C, R> address, Function<C, Future<R>> deed) {
        Context context = vertx.getOrCreateContext();
        MessageConsumer<Object> consumer =
                bus.consumer(address.name(), message -> context.runOnContext(_ -> answer(address, deed, message)));
        return consumer::unregister;
    }

    private static <C, R> void answer(Address<C, R> address, Function<C, Future<R>> deed, Message<Object> message) {
        Future<R> result;
        try {
            result = deed.apply(address.command().cast(message.body()));
        } catch (RuntimeException thrown) {
            result = Future.failedFuture(thrown);
        }
        result.onComplete(
                reply -> reply(message, Optional.<Object>ofNullable(reply).orElse(OK)),
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
            message.reply(reply);
        }
    }

    /** Asks one consumer. Fails with the consumer's {@link Problem}, with {@link Nobody} where none is registered, or with a time-out. */
    public <C, R> Future<R> ask(Address<C, R> address, C command, Duration timeout) {
        return bus.request(address.name(), command, new DeliveryOptions().setSendTimeout(timeout.toMillis()))
                .transform(done -> done.succeeded()
                        ? replied(address, done.result().body())
                        : Future.failedFuture(failure(address, Optional.ofNullable(done.cause()))));
    }

    private static <R> Future<R> replied(Address<?, R> address, Object body) {
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

    /** Tells one consumer, without waiting; lost when nobody is registered. */
    public <C> void tell(Address<C, Void> address, C command) {
        bus.send(address.name(), command);
    }

    /** Tells every consumer in the cluster. */
    public <C> void publish(Address<C, Void> address, C said) {
        bus.publish(address.name(), said);
    }

    /** Hears what is published, on the caller's context. */
    public <C> Registration hear(Address<C, Void> address, Consumer<C> listener) {
        MessageConsumer<Object> consumer = bus.consumer(
                address.name(), message -> listener.accept(address.command().cast(message.body())));
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
