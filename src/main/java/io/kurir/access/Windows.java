package io.kurir.access;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts by key in windows of time, which open with the first one counted; in Redis, so that all nodes count together. What comes for a key while
 * Redis counts it gathers for the next question, so that many requests of one caller share one. With Redis away each node counts for itself and says
 * so once. May be called from any virtual thread.
 */
final class Windows {
    private static final Logger log = LoggerFactory.getLogger(Windows.class);
    private static final long REDIS_MILLIS = 500;
    private static final int MOST_LOCAL = 10_000;

    /** One step, so that no key is ever left without an end. Answers {count, milliseconds left}. */
    private static final String COUNT = """
            local count = redis.call('incrby', KEYS[1], ARGV[2])
            if count == tonumber(ARGV[2]) then redis.call('pexpire', KEYS[1], ARGV[1]) end
            return {count, redis.call('pttl', KEYS[1])}
            """;

    /** How many in the window that is open, and how long it still is. */
    record Count(long number, Duration left) {}

    private record Window(long number, long endNanos) {}

    private final RedisAPI redis;
    private final String what;
    private final Duration length;
    /** By key, while Redis counts it: those that came meanwhile, which it is asked about together. */
    private final ConcurrentHashMap<String, List<Promise<Count>>> gathering = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<String, Window> local = new ConcurrentHashMap<>();
    private final AtomicBoolean away = new AtomicBoolean();

    /** {@code what} is counted, for the log. */
    Windows(RedisAPI redis, String what, Duration length) {
        this.redis = redis;
        this.what = what;
        this.length = length;
    }

    Count count(String key) {
        Promise<Count> mine = Promise.promise();
        boolean alone = gathering
                .compute(key, (_, others) -> others == null ? List.of() : with(others, mine))
                .isEmpty();
        if (alone) {
            ask(key, List.of(mine));
        }
        return mine.future().await();
    }

    private static <T> List<T> with(List<T> others, T one) {
        List<T> all = new ArrayList<>(others);
        all.add(one);
        return all;
    }

    /** Counts all of these by one question, and gives each a number of its own; then those who have come meanwhile. */
    private void ask(String key, List<Promise<Count>> asking) {
        int many = asking.size();
        Future.succeededFuture()
                .compose(_ ->
                        redis.eval(List.of(COUNT, "1", key, String.valueOf(length.toMillis()), String.valueOf(many))))
                .timeout(REDIS_MILLIS, TimeUnit.MILLISECONDS)
                .map(answer -> counted(Objects.requireNonNull(answer)))
                .otherwise(e -> {
                    fellBack(e);
                    return countHere(key, many);
                })
                .onSuccess(last -> {
                    for (int i = 0; i < many; i++) {
                        asking.get(i).complete(new Count(last.number - many + 1 + i, last.left));
                    }
                })
                .onFailure(e -> asking.forEach(one -> one.fail(e)))
                .onComplete(_ -> next(key));
    }

    private void next(String key) {
        List<Promise<Count>> asking = new ArrayList<>();
        gathering.computeIfPresent(key, (_, others) -> {
            asking.addAll(others);
            return others.isEmpty() ? null : List.of();
        });
        if (!asking.isEmpty()) {
            ask(key, asking);
        }
    }

    void forget(String key) {
        local.remove(key);
        redis.del(List.of(key)).onFailure(this::fellBack);
    }

    private Count counted(Response answer) {
        if (away.getAndSet(false)) {
            log.info("Redis is back: {} are counted together again", what);
        }
        return new Count(number(answer.get(0)), Duration.ofMillis(Math.max(1, number(answer.get(1)))));
    }

    private static long number(Response response) {
        return Long.parseLong(response.toString());
    }

    private void fellBack(Throwable e) {
        if (!away.getAndSet(true)) {
            log.warn("Redis is away, so this node counts {} for itself: {}", what, e.getMessage());
        }
    }

    private Count countHere(String key, int many) {
        long now = System.nanoTime();
        if (local.size() >= MOST_LOCAL) {
            local.values().removeIf(window -> window.endNanos - now < 0);
        }
        if (local.size() >= MOST_LOCAL) {
            local.clear(); // a flood of keys: rather forget some than grow without bound
        }
        Window window = local.merge(
                key,
                new Window(many, now + length.toNanos()),
                (old, fresh) -> old.endNanos - now < 0 ? fresh : new Window(old.number + many, old.endNanos));
        return new Count(window.number, Duration.ofNanos(window.endNanos - now));
    }
}
