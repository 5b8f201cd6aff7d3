package io.kurir.bus;

import io.kurir.client.Seal;
import io.kurir.trace.Span;
import io.kurir.trace.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses that are open to programs outside: JSON, sealed for the circle of clients, in the body of a plain message. What they say there says
 * nothing to the addresses of the nodes. A program whose Vert.x traces has a {@code traceparent} among its messages' headers, which is gone on with.
 */
public final class Door {
    private static final Logger log = LoggerFactory.getLogger(Door.class);

    private final Vertx vertx;
    private final Seal seal;
    private final Strangers strangers;
    private final Traces traces;

    /** @param secret what the operator gives to clients */
    public Door(Vertx vertx, String secret, MeterRegistry registry, Traces traces) {
        this.vertx = vertx;
        this.traces = traces;
        this.seal = new Seal(secret, Seal.CLIENTS, InstantSource.system());
        this.strangers = new Strangers(registry);
    }

    /** Answers requests on the caller's context, each in a task of its own. {@code deed} has an answer for everything; its failure is a fault of ours. */
    public Bus.Registration serve(String address, Function<JsonObject, Future<JsonObject>> deed) {
        Context context = vertx.getOrCreateContext();
        Seen seen = new Seen();
        MessageConsumer<Object> consumer = vertx.eventBus()
                .consumer(
                        address,
                        message -> opened(message, seen)
                                .ifPresent(request -> context.runOnContext(_ -> answer(deed, message, request))));
        return consumer::unregister;
    }

    private Optional<JsonObject> opened(Message<Object> message, Seen seen) {
        Seal.Opened opened;
        try {
            opened = message.body() instanceof Buffer frame
                    ? seal.open(message.address(), frame.getBytes())
                    : new Seal.Refused(Seal.Reason.MALFORMED);
        } catch (RuntimeException unreadable) { // a codec of Vert.x' own, such as that of Java's serialization
            opened = new Seal.Refused(Seal.Reason.MALFORMED);
        }
        switch (opened) {
            case Seal.Refused refused -> strangers.refused(message.address(), Strangers.word(refused.reason()));
            case Seal.Body body when !seen.first(body.id()) -> strangers.refused(message.address(), "replayed");
            case Seal.Body body -> {
                return Optional.of(json(body.content()));
            }
        }
        return Optional.empty();
    }

    /** What is no JSON object is an empty one: everything is missing then, and the answer says so. */
    private static JsonObject json(Buffer content) {
        try {
            return new JsonObject(content);
        } catch (DecodeException | ClassCastException unreadable) {
            return new JsonObject();
        }
    }

    private void answer(Function<JsonObject, Future<JsonObject>> deed, Message<Object> message, JsonObject request) {
        Span span = traces.serve(
                "serve " + message.address(),
                Optional.ofNullable(message.headers().get(Span.HEADER)));
        Future<JsonObject> result;
        try {
            result = span.within(() -> deed.apply(request));
        } catch (RuntimeException thrown) {
            result = Future.failedFuture(thrown);
        }
        span.until(result)
                .onFailure(why -> log.error("{} failed", message.address(), why))
                .onSuccess(answer -> {
                    if (message.replyAddress() != null) {
                        message.reply(Buffer.buffer(seal.close(
                                message.replyAddress(), answer.toBuffer().getBytes())));
                    }
                });
    }
}
