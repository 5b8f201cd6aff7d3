package io.kurir.access;

import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts by key in windows of time, which open with the first one counted; in Redis, so that all nodes count together. With Redis away each node
 * counts for itself and says so once. May be called from any virtual thread.
 */
final class Windows {
    private static final Logger log = LoggerFactory.getLogger(Windows.class);
    private static final long REDIS_MILLIS = 500;
    private static final int MOST_LOCAL = 10_000;

    /** One step, so that no key is ever left without an end. Answers {count, milliseconds left}. */
    private static final String COUNT = """
            local count = redis.call('incr', KEYS[1])
            if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
            return {count, redis.call('pttl', KEYS[1])}
            """;

    /** How many in the window that is open, and how long it still is. */
    record Count(long number, Duration left) {}

    private record Window(long number, long endNanos) {}

    private final RedisAPI redis;
    private final String what;
    private final Duration length;
    private final ConcurrentHashMap<String, Window> local = new ConcurrentHashMap<>();
    private final AtomicBoolean away = new AtomicBoolean();

    /** {@code what} is counted, for the log. */
    Windows(RedisAPI redis, String what, Duration length) {
        this.redis = redis;
        this.what = what;
        this.length = length;
    }

    Count count(String key) {
        return redis.eval(List.of(COUNT, "1", key, String.valueOf(length.toMillis())))
                .timeout(REDIS_MILLIS, TimeUnit.MILLISECONDS)
                .map(answer -> counted(Objects.requireNonNull(answer)))
                .otherwise(e -> {
                    fellBack(e);
                    return countHere(key);
                })
                .await();
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

    private Count countHere(String key) {
        long now = System.nanoTime();
        if (local.size() >= MOST_LOCAL) {
            local.values().removeIf(window -> window.endNanos - now < 0);
        }
        if (local.size() >= MOST_LOCAL) {
            local.clear(); // a flood of keys: rather forget some than grow without bound
        }
        Window window = local.merge(
                key,
                new Window(1, now + length.toNanos()),
                (old, fresh) -> old.endNanos - now < 0 ? fresh : new Window(old.number + 1, old.endNanos));
        return new Count(window.number, Duration.ofNanos(window.endNanos - now));
    }
}
