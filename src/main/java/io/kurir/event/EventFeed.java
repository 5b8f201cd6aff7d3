package io.kurir.event;

import io.kurir.access.Reach;
import io.kurir.bus.Bus;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event log as a stream: what is stored already, then what comes, without a gap and without a repetition. One reader per node follows the
 * log while somebody listens; a subscriber that starts in the past catches up by itself and then joins it.
 *
 * <p>All state belongs to the context that made this object; subscribers are called on it and must not block.
 */
public final class EventFeed {
    private static final Logger log = LoggerFactory.getLogger(EventFeed.class);
    private static final int PAGE = 500;
    // An event that was told but is not yet below the horizon: an older transaction is still open. Look again soon, for
    // a while.
    private static final long AGAIN_MS = 5;
    private static final int TIMES = 20;

    /** Which events a subscriber wants; empty sets want all. */
    public record Filter(Reach reach, Set<String> devices, Set<String> types) {
        private static final Filter ALL = new Filter(Reach.ALL, Set.of(), Set.of());

        boolean wantsAll() {
            return equals(ALL);
        }

        boolean wants(Event event) {
            return reach.covers(event.ownerId(), event.deviceId())
                    && (devices.isEmpty() || devices.contains(event.deviceId()))
                    && (types.isEmpty() || types.contains(event.type()));
        }
    }

    /** What a subscriber gets: events in order of position. */
    public interface Subscriber {
        /** Returns false when it cannot take more; the subscription ends and the caller resumes by position later. */
        boolean on(Event event);

        /** Its place in the log is fixed: whatever is committed or told from now on reaches it. Said again after each {@link #follow}. */
        default void placed() {}

        /** The position asked for is older than the log: the client must read the present state anew. */
        void reset();

        /** The log cannot be read now; the subscription has ended and the caller resumes by position later. */
        void lost();
    }

    /** Ends a subscription; idempotent. */
    public interface Subscription {
        void cancel();
    }

    private static final class Follower {
        final Filter filter;
        final Subscriber subscriber;
        long cursor;
        boolean ended;

        Follower(Filter filter, Subscriber subscriber) {
            this.filter = filter;
            this.subscriber = subscriber;
        }
    }

    private final Context context;
    private final EventStore store;
    private final List<Follower> live = new ArrayList<>();
    private final List<Follower> waiting = new ArrayList<>();
    private long last = -1;
    private boolean reading;
    private boolean again;
    private int owed;

    public EventFeed(Vertx vertx, Pool pool, Bus bus, Duration sweep) {
        this.context = vertx.getOrCreateContext();
        this.store = new EventStore(pool);
        bus.hear(
                EventLog.APPENDED,
                _ -> context.runOnContext(_ -> {
                    owed = TIMES;
                    read();
                }));
        bus.hear(EventLog.LIVE, event -> context.runOnContext(_ -> live(event)));
        vertx.setPeriodic(sweep.toMillis(), _ -> context.runOnContext(_ -> read()));
    }

    /** Starts after {@code after}, or with what comes next when it is empty. May be called on any context. */
    public Subscription follow(Filter filter, OptionalLong after, Subscriber subscriber) {
        Follower follower = new Follower(filter, subscriber);
        context.runOnContext(_ -> start(follower, after));
        return () -> context.runOnContext(_ -> end(follower));
    }

    /** A piece of the stored log; {@code next} is the cursor that goes on after it, also when it is empty. */
    public record Page(List<Event> events, long next) {}

    /** Up to {@code limit} events after {@code after}, or from the oldest; empty when the log does not go back so far. May be called on any context. */
    public Future<Optional<Page>> page(Filter filter, OptionalLong after, int limit) {
        return after.isPresent()
                ? page(filter, after.getAsLong(), limit)
                : store.floor().compose(oldest -> page(filter, oldest, limit));
    }

    /**
     * Up to {@code limit} events before {@code before}, the newest first; {@code next} goes on before them. Empty when nothing before it is kept. May
     * be called on any context.
     */
    public Future<Optional<Page>> pageBack(Filter filter, long before, int limit) {
        List<Event> events = new ArrayList<>();
        return gatherBack(events, filter, before, limit)
                .compose(next -> store.floor()
                        .map(floor -> before <= floor ? Optional.empty() : Optional.of(new Page(events, next))));
    }

    private Future<Long> gatherBack(List<Event> events, Filter filter, long before, int limit) {
        return store.readBack(before, filter, limit - events.size()).compose(piece -> {
            events.addAll(piece.events());
            long next = piece.next()
                    .orElseGet(() -> piece.events().isEmpty()
                            ? before
                            : piece.events().getLast().position().orElse(before));
            return piece.next().isPresent() && events.size() < limit
                    ? gatherBack(events, filter, next, limit)
                    : Future.succeededFuture(next);
        });
    }

    /** The position after which comes what is not readable yet. May be called on any context. */
    public Future<Long> now() {
        return store.horizon().map(horizon -> horizon - 1);
    }

    /** The horizon is read before the events, and the floor after them: nothing between the two can come or go unseen. */
    private Future<Optional<Page>> page(Filter filter, long after, int limit) {
        List<Event> events = new ArrayList<>();
        return store.horizon()
                .compose(horizon -> gather(events, filter, after, limit, horizon))
                .compose(next -> store.floor()
                        .map(floor -> after < floor ? Optional.empty() : Optional.of(new Page(events, next))));
    }

    /** Answers the cursor that goes on after what was gathered. */
    private Future<Long> gather(List<Event> events, Filter filter, long after, int limit, long horizon) {
        return store.read(after, filter, limit - events.size()).compose(piece -> {
            events.addAll(piece.events());
            if (piece.next().isPresent()) {
                long next = piece.next().getAsLong();
                return events.size() < limit
                        ? gather(events, filter, next, limit, horizon)
                        : Future.succeededFuture(next);
            }
            long last = piece.events().isEmpty()
                    ? after
                    : piece.events().getLast().position().orElse(after);
            return Future.succeededFuture(Math.max(last, horizon - 1));
        });
    }

    private void start(Follower follower, OptionalLong after) {
        if (after.isEmpty()) {
            store.horizon().onFailure(why -> lost(follower, why)).onSuccess(horizon -> {
                follower.cursor = horizon - 1;
                join(follower);
                if (!follower.ended) {
                    follower.subscriber.placed();
                }
            });
            return;
        }
        follower.cursor = after.getAsLong();
        store.floor().onFailure(why -> lost(follower, why)).onSuccess(floor -> {
            follower.subscriber.placed();
            if (follower.cursor < floor) {
                follower.subscriber.reset();
                follower.cursor = floor;
            }
            catchUp(follower);
        });
    }

    private void catchUp(Follower follower) {
        if (follower.ended) {
            return;
        }
        store.read(follower.cursor, follower.filter, PAGE)
                .onFailure(why -> lost(follower, why))
                .onSuccess(piece -> {
                    piece.events().forEach(event -> give(follower, event));
                    if (piece.next().isPresent()) {
                        follower.cursor = Math.max(follower.cursor, piece.next().getAsLong());
                        catchUp(follower);
                    } else {
                        join(follower);
                    }
                });
    }

    /** The shared reader may be behind or ahead of the follower: its cursor decides what it still gets. */
    private void join(Follower follower) {
        if (follower.ended) {
            return;
        }
        if (last >= 0 && follower.cursor < last) {
            // what the shared reader has passed meanwhile is read once more, for this one
            waiting.add(follower);
        } else {
            last = last < 0 || live.isEmpty() ? follower.cursor : last;
            live.add(follower);
        }
        read();
    }

    private void read() {
        if (reading) {
            again = true;
            return;
        }
        List<Follower> late = List.copyOf(waiting);
        waiting.clear();
        if (live.isEmpty() && late.isEmpty()) {
            return;
        }
        for (Follower follower : late) {
            last = Math.min(last, follower.cursor); // the others skip what they have by their cursors
            live.add(follower);
        }
        reading = true;
        again = false;
        store.read(last, Filter.ALL, PAGE).onComplete(done -> {
            reading = false;
            if (done.failed()) {
                log.warn("cannot read the event log: {}", done.cause().getMessage());
                return; // the sweep tries again
            }
            List<Event> events = done.result().events();
            for (Event event : events) {
                last = event.position().orElse(last);
                for (Follower follower : List.copyOf(live)) {
                    give(follower, event);
                }
            }
            if (events.size() == PAGE) {
                read();
            } else if (events.isEmpty() && owed > 0) {
                owed--;
                context.owner().setTimer(AGAIN_MS, _ -> read());
            } else if (again) {
                read();
            }
        });
    }

    private void give(Follower follower, Event event) {
        long position = event.position().orElse(follower.cursor);
        if (follower.ended || position <= follower.cursor) {
            return;
        }
        follower.cursor = position;
        if (follower.filter.wants(event) && !follower.subscriber.on(event)) {
            end(follower);
        }
    }

    private void live(Event event) {
        for (Follower follower : List.copyOf(live)) {
            if (!follower.ended && follower.filter.wants(event) && !follower.subscriber.on(event)) {
                end(follower);
            }
        }
    }

    private void lost(Follower follower, Throwable why) {
        log.warn("cannot read the event log: {}", why.getMessage());
        if (!follower.ended) {
            end(follower);
            follower.subscriber.lost();
        }
    }

    private void end(Follower follower) {
        follower.ended = true;
        live.remove(follower);
        waiting.remove(follower);
        if (live.isEmpty() && waiting.isEmpty()) {
            last = -1;
        }
    }
}
