package io.kurir.message;

import io.kurir.db.Database;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Commits accepted texts in groups: while one commit is under way those that come meanwhile gather for the next, so that many callers share a
 * commit and a single one never waits for company. All state belongs to the context that made this object.
 */
final class Acceptor {
    private static final int MOST = 200;
    // Two, so that a group is parsed by the database while the other one is synced to disk.
    private static final int UNDER_WAY = 2;

    private record Waiting(MessageStore.Accepting text, Promise<Optional<MessageStore.Accepted>> promise) {}

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long AGAIN_MS = 200;

    private final Vertx vertx;
    private final Context context;
    private final MessageStore store;
    private final Outbox outbox;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private int underWay;

    Acceptor(Vertx vertx, MessageStore store, Outbox outbox) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.store = store;
        this.outbox = outbox;
    }

    /**
     * Completes after the commit; the owner of the device has been nudged. Empty when the device was not connected or out of reach, or is gone.
     * May be called on any context.
     */
    Future<Optional<MessageStore.Accepted>> accept(MessageStore.Accepting text) {
        Promise<Optional<MessageStore.Accepted>> promise = Promise.promise();
        context.runOnContext(_ -> {
            waiting.add(new Waiting(text, promise));
            commit();
        });
        return promise.future();
    }

    private void commit() {
        if (underWay >= UNDER_WAY || waiting.isEmpty()) {
            return;
        }
        List<Waiting> group = new ArrayList<>();
        while (!waiting.isEmpty() && group.size() < MOST) {
            group.add(waiting.remove());
        }
        underWay++;
        commit(group).onComplete(_ -> {
            underWay--;
            commit();
        });
    }

    private Future<Void> commit(List<Waiting> group) {
        return store(group.stream().map(Waiting::text).toList()).transform(done -> {
            if (done.succeeded()) {
                answer(group, done.result());
                return Future.succeededFuture();
            }
            if (group.size() == 1 || Database.away(done.cause()) || done.cause() instanceof OutcomeUnknown) {
                group.forEach(one -> one.promise().fail(done.cause()));
                return Future.succeededFuture();
            }
            // one of them is at fault (its device was deleted this very moment): the others must not suffer
            return Future.join(group.stream().map(one -> commit(List.of(one))).toList())
                    .mapEmpty();
        });
    }

    private Future<Map<String, MessageStore.Accepted>> store(List<MessageStore.Accepting> texts) {
        return store.accept(texts)
                .recover(fault -> Database.brokenMeanwhile(fault)
                        ? again(texts, System.nanoTime() + PATIENCE.toNanos())
                        : Future.failedFuture(fault));
    }

    /**
     * The connection broke under the statement. "Try again" would be a lie if it was committed, and the caller's next try a second message; so it is
     * tried here, under the same ids, until PostgreSQL says.
     */
    private Future<Map<String, MessageStore.Accepted>> again(List<MessageStore.Accepting> texts, long deadlineNanos) {
        return vertx.timer(AGAIN_MS, TimeUnit.MILLISECONDS)
                .compose(_ -> store.acceptAgain(texts))
                .recover(fault -> {
                    if (!Database.away(fault)) {
                        return Future.failedFuture(fault);
                    }
                    return System.nanoTime() < deadlineNanos
                            ? again(texts, deadlineNanos)
                            : Future.failedFuture(new OutcomeUnknown(fault));
                });
    }

    /** Neither accepted nor refused, as far as anybody knows. */
    private static final class OutcomeUnknown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OutcomeUnknown(Throwable cause) {
            super("the database went away in the middle of a commit and did not come back in time", cause);
        }
    }

    private void answer(List<Waiting> group, Map<String, MessageStore.Accepted> accepted) {
        Map<String, Integer> nudges = new HashMap<>();
        for (Waiting one : group) {
            Optional<MessageStore.Accepted> mine =
                    Optional.ofNullable(accepted.get(one.text().stanzaId()));
            one.promise().complete(mine);
            if (mine.isPresent()) {
                nudges.merge(one.text().deviceId(), 1, Integer::sum);
            }
        }
        nudges.forEach(outbox::nudge);
    }
}
