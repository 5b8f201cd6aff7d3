package io.kurir.http;

import io.kurir.Names;
import io.kurir.access.Caller;
import io.kurir.http.IdempotencyStore.Finished;
import io.kurir.http.IdempotencyStore.Free;
import io.kurir.http.IdempotencyStore.Other;
import io.kurir.http.IdempotencyStore.Request;
import io.kurir.http.IdempotencyStore.State;
import io.kurir.http.IdempotencyStore.Taken;
import io.kurir.http.IdempotencyStore.UnderWay;
import io.kurir.http.Problem.Code;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that carry an idempotency key do what they do once, however often they come, at whatever node, and whatever died on the way. The first
 * one gets a seed that the ids of all it makes come from; a repeat waits for it and then gets what {@link Repeat} says. When the first one died
 * before its answer was noted, a repeat runs again with the same seed, and finds under the same ids what is there already. A refusal leaves
 * nothing behind. Keys are kept for 24 hours. On virtual threads.
 */
public final class Idempotency {
    private static final Logger log = LoggerFactory.getLogger(Idempotency.class);
    /** Stands around an answer without the envelope. */
    private static final String PLAIN = "plain";

    private static final String REPLAYED = "Idempotency-Replayed";
    private static final int SEED = 32;
    private static final int FORGET_AT_ONCE = 10_000;
    /** So long nobody goes on with what a dead node has begun. */
    private static final Duration HELD = Duration.ofSeconds(10);

    private static final long RENEW_MS = 3_000;
    private static final long LOOK_MS = 100;

    private final Vertx vertx;
    private final IdempotencyStore store;
    private final Duration patience;

    /** @param patience how long a repeat waits for the first one */
    public Idempotency(Vertx vertx, Pool pool, Duration patience) {
        this.vertx = vertx;
        this.store = new IdempotencyStore(pool);
        this.patience = patience;
    }

    /** Forgets keys that are older than 24 hours, a portion of them; how many. */
    public static Future<Long> forget(Pool pool) {
        return new IdempotencyStore(pool).forget(FORGET_AT_ONCE).map(Integer::longValue);
    }

    /**
     * Answers as the operation does.
     *
     * @throws Problem what the operation throws; {@code IDEMPOTENCY_KEY_REUSED}, {@code OUTCOME_UNKNOWN}, {@code NOT_AVAILABLE} while the first one
     *     is still at work
     */
    Answer answer(RoutingContext ctx, Contract.Entry entry, Ask ask, Operation operation) {
        Optional<String> key = entry.repeat().flatMap(_ -> ask.optionalText(Repeat.HEADER));
        if (key.isEmpty()) {
            return operation.handle(ask);
        }
        Request request = new Request(scope(ctx, ask.caller()), key.get(), BodyHash.of(ctx));
        return answer(
                request,
                entry.repeat().get(),
                ask,
                operation,
                () -> ctx.response().putHeader(REPLAYED, "true"));
    }

    /** As above, of a request that did not come by HTTP; {@code replayed} is called when the answer is that of a repeat. */
    Answer answer(Request request, Repeat repeat, Ask ask, Operation operation, Runnable replayed) {
        return switch (settled(request)) {
            case Taken taken -> run(replayed, repeat, taken, ask, operation);
            case Finished finished -> replay(replayed, finished, ask, operation);
            case Other _ ->
                throw Problem.of(
                        Code.IDEMPOTENCY_KEY_REUSED, "Another request, with another body, had this " + Repeat.HEADER);
            case Free _, UnderWay _ ->
                throw Problem.later(
                        Code.NOT_AVAILABLE,
                        "The first request with this " + Repeat.HEADER + " is still being worked on",
                        Duration.ofSeconds(2));
        };
    }

    private static String scope(RoutingContext ctx, Caller caller) {
        String who = caller.anonymous() ? "anonymous" : caller.account();
        return who + " " + ctx.request().method() + " " + ctx.normalizedPath();
    }

    /** Ours, or finished, or another's; or still under way when our patience ends. */
    private State settled(Request request) {
        String holder = UUID.randomUUID().toString();
        Buffer seed = Buffer.buffer(Names.random().bytes(SEED));
        long deadline = System.nanoTime() + patience.toNanos();
        Optional<Taken> taken = store.take(request, seed, holder, HELD).await();
        while (taken.isEmpty()) {
            State state = store.look(request).await();
            boolean open = state instanceof Free || state instanceof UnderWay;
            if (!open || System.nanoTime() - deadline > 0) {
                return state;
            }
            if (state instanceof Free) {
                taken = store.take(request, seed, holder, HELD).await();
            } else {
                vertx.timer(LOOK_MS, TimeUnit.MILLISECONDS).await();
            }
        }
        return taken.get();
    }

    private Answer run(Runnable replayed, Repeat repeat, Taken taken, Ask ask, Operation operation) {
        if (repeat == Repeat.ONCE && taken.run() > 1) {
            store.free(taken).await();
            throw Problem.of(
                    Code.OUTCOME_UNKNOWN,
                    "Nobody knows whether the first request with this " + Repeat.HEADER
                            + " was carried out; look, and use another key to do it (again)");
        }
        long renewal = vertx.setPeriodic(
                RENEW_MS,
                _ -> store.renew(taken, HELD)
                        .onFailure(why -> log.warn("An idempotency key is not held on to: {}", why.getMessage())));
        try {
            Answer answer = operation.handle(ask.with(Names.of(taken.seed().getBytes())));
            note(store.finish(taken, status(answer), repeat == Repeat.STATE ? Optional.empty() : stored(answer)));
            if (taken.run() > 1) {
                replayed.run();
            }
            return answer;
        } catch (Throwable why) {
            note(taken.run() == 1 && didNothing(why, repeat) ? store.drop(taken) : store.free(taken));
            throw why;
        } finally {
            vertx.cancelTimer(renewal);
        }
    }

    /** What was done is done: when this cannot be noted, a repeat finds it under the same ids. */
    private static void note(Future<Void> written) {
        written.onFailure(why -> log.warn("What became of an idempotency key is not noted: {}", why.getMessage()))
                .otherwiseEmpty()
                .await();
    }

    /**
     * Whether the request can be forgotten. Of a first run only: a repeat may be refused although the first one was carried out, when the device
     * has lost its link meanwhile.
     */
    private static boolean didNothing(Throwable why, Repeat repeat) {
        if (!(why instanceof Problem refusal)) {
            return false;
        }
        boolean downstream =
                refusal.code().status() >= 500 && refusal.retryAfter().isEmpty();
        return !(repeat == Repeat.ONCE && downstream);
    }

    private Answer replay(Runnable replayed, Finished finished, Ask ask, Operation operation) {
        replayed.run();
        return finished.answer()
                .<Answer>map(text -> answer(finished.status(), new JsonObject(text)))
                .orElseGet(() ->
                        operation.handle(ask.with(Names.past(finished.seed().getBytes()))));
    }

    private static Answer answer(int status, JsonObject stored) {
        if (stored.containsKey(PLAIN)) {
            return Answer.json(status, stored.getJsonObject(PLAIN));
        }
        return new Answer.Enveloped(
                status,
                stored.getString("message"),
                stored.getValue("data"),
                Optional.ofNullable(stored.getJsonObject("pagination")),
                Optional.empty());
    }

    private static int status(Answer answer) {
        return switch (answer) {
            case Answer.Enveloped enveloped -> enveloped.status();
            case Answer.Raw raw -> raw.status();
            case Answer.Local local -> local.status();
            case Answer.Stream _ -> 200;
        };
    }

    /** Only what a write answers. */
    private static Optional<String> stored(Answer answer) {
        return switch (answer) {
            case Answer.Enveloped enveloped ->
                Optional.of(new JsonObject()
                        .put("message", enveloped.message())
                        .put("data", enveloped.data())
                        .put("pagination", enveloped.pagination().orElse(null))
                        .encode());
            case Answer.Raw raw
            when raw.json() instanceof JsonObject plain ->
                Optional.of(new JsonObject().put(PLAIN, plain).encode());
            case Answer.Raw _, Answer.Local _, Answer.Stream _ -> Optional.empty();
        };
    }
}
