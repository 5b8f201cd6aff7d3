package io.kurir.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * A program's place in the log of events.
 *
 * <pre>
 * asking ──page──► handing over ──done──► asking
 *   │ ▲                │  ▲ └── the handler failed: the same event again, after 1 s
 *   │ └── no answer: after 1 s
 *   └── refused, or closed: ended
 * </pre>
 *
 * All state belongs to the context of whoever started it; the handler is called on it.
 */
public final class Following {
    private static final int PAGE = 100;
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final long AGAIN_MS = 1_000;
    private static final Set<String> PASSING = Set.of(KurirException.NOT_AVAILABLE, "RATE_LIMITED", "INTERNAL_ERROR");

    private final KurirClient client;
    private final Vertx vertx;
    private final Context context;
    private final Set<String> devices;
    private final Function<Event, Future<?>> handler;
    private final Promise<Long> placed = Promise.promise();
    private final Promise<Void> ended = Promise.promise();
    private volatile OptionalLong position;
    private boolean closed;

    private Following(
            KurirClient client,
            Vertx vertx,
            Set<String> devices,
            OptionalLong after,
            Function<Event, Future<?>> handler) {
        this.client = client;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.devices = Set.copyOf(devices);
        this.position = after;
        this.handler = handler;
    }

    static Following start(
            KurirClient client,
            Vertx vertx,
            Set<String> devices,
            OptionalLong after,
            Function<Event, Future<?>> handler) {
        Following following = new Following(client, vertx, devices, after, handler);
        following.context.runOnContext(_ -> following.ask());
        return following;
    }

    /** After the last event that was dealt with; empty until a node has said where now is. */
    public OptionalLong position() {
        return position;
    }

    /** Completes with the position from which nothing is missed any more, once a node has answered. */
    public Future<Long> placed() {
        return placed.future();
    }

    /** Completes after {@link #close}; fails with the refusal that ended it: {@code GONE}, {@code UNAUTHORIZED}, {@code FORBIDDEN} … */
    public Future<Void> ended() {
        return ended.future();
    }

    /** No event is handed over once it has completed. */
    public Future<Void> close() {
        context.runOnContext(_ -> {
            closed = true;
            placed.tryFail("closed");
            ended.tryComplete();
        });
        return ended.future();
    }

    private void ask() {
        if (closed) {
            return;
        }
        // from now on: the first answer comes at once and says where that is
        Duration wait = position.isPresent() ? WAIT : Duration.ZERO;
        client.page(devices, position, PAGE, wait)
                .onComplete(done -> context.runOnContext(_ -> {
                    if (done.succeeded()) {
                        take(done.result());
                    } else {
                        refused(done.cause());
                    }
                }));
    }

    private void take(JsonObject page) {
        List<Event> events;
        long next;
        try {
            events = page.getJsonArray("events").stream()
                    .map(each -> Event.of((JsonObject) each))
                    .toList();
            next = Long.parseLong(page.getString("next"));
        } catch (RuntimeException unreadable) {
            later(this::ask);
            return;
        }
        placed.tryComplete(position.orElse(next));
        handOver(events.iterator(), next);
    }

    private void handOver(Iterator<Event> events, long next) {
        if (closed) {
            return;
        }
        if (!events.hasNext()) {
            position = OptionalLong.of(next);
            ask();
            return;
        }
        handOver(events.next(), events, next);
    }

    private void handOver(Event event, Iterator<Event> rest, long next) {
        if (closed) {
            return;
        }
        handled(event)
                .onComplete(done -> context.runOnContext(_ -> {
                    if (done.succeeded()) {
                        position = OptionalLong.of(event.position());
                        handOver(rest, next);
                    } else {
                        later(() -> handOver(event, rest, next));
                    }
                }));
    }

    private Future<?> handled(Event event) {
        try {
            return handler.apply(event);
        } catch (RuntimeException thrown) {
            return Future.failedFuture(thrown);
        }
    }

    private void refused(Throwable why) {
        if (why instanceof KurirException refusal && !PASSING.contains(refusal.code())) {
            closed = true;
            placed.tryFail(why);
            ended.tryFail(why);
        } else {
            later(this::ask);
        }
    }

    private void later(Runnable deed) {
        vertx.setTimer(AGAIN_MS, _ -> context.runOnContext(_ -> deed.run()));
    }
}
