package io.kurir.access;

import io.kurir.http.Problem;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts tries to log in per address and per account in windows of a quarter of an hour, in Redis so that all nodes count together.
 * With Redis away each node counts for itself and says so once. May be called from any virtual thread.
 */
public final class LoginThrottle {
    private static final Logger log = LoggerFactory.getLogger(LoginThrottle.class);
    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final long REDIS_MILLIS = 500;
    private static final int MOST_LOCAL = 10_000;

    /** One step, so that no key is ever left without an end. Answers {count, seconds left}. */
    private static final String COUNT = """
            local count = redis.call('incr', KEYS[1])
            if count == 1 then redis.call('expire', KEYS[1], ARGV[1]) end
            return {count, redis.call('ttl', KEYS[1])}
            """;

    private record Count(long tries, Duration left) {}

    private record Window(long tries, long endNanos) {}

    private final RedisAPI redis;
    private final int limit;
    private final ConcurrentHashMap<String, Window> local = new ConcurrentHashMap<>();
    private final AtomicBoolean away = new AtomicBoolean();

    /** {@code limit}: tries per window for one address, and for one account. */
    public LoginThrottle(RedisAPI redis, int limit) {
        this.redis = redis;
        this.limit = limit;
    }

    /** Throws {@code RATE_LIMITED}; an account need not exist to be counted, so that the answer tells nothing. */
    void tryOnce(String address, String account) {
        refuseAbove(count(addressKey(address)));
        refuseAbove(count(accountKey(account)));
    }

    /** Forgives the account after a success; the address stays counted. */
    void succeeded(String account) {
        String key = accountKey(account);
        local.remove(key);
        redis.del(List.of(key)).onFailure(e -> fellBack(e));
    }

    private void refuseAbove(Count count) {
        if (count.tries > limit) {
            throw Problem.later(Problem.Code.RATE_LIMITED, "Too many attempts to log in", count.left);
        }
    }

    private Count count(String key) {
        return redis.eval(List.of(COUNT, "1", key, String.valueOf(WINDOW.toSeconds())))
                .timeout(REDIS_MILLIS, TimeUnit.MILLISECONDS)
                .map(answer -> counted(java.util.Objects.requireNonNull(answer)))
                .otherwise(e -> {
                    fellBack(e);
                    return countHere(key);
                })
                .await();
    }

    private Count counted(Response answer) {
        if (away.getAndSet(false)) {
            log.info("Redis is back: logins are counted together again");
        }
        return new Count(number(answer.get(0)), Duration.ofSeconds(Math.max(1, number(answer.get(1)))));
    }

    private static long number(Response response) {
        return Long.parseLong(response.toString());
    }

    private void fellBack(Throwable e) {
        if (!away.getAndSet(true)) {
            log.warn("Redis is away, so this node counts logins for itself: {}", e.getMessage());
        }
    }

    private Count countHere(String key) {
        long now = System.nanoTime();
        if (local.size() >= MOST_LOCAL) {
            local.values().removeIf(window -> window.endNanos - now < 0);
        }
        if (local.size() >= MOST_LOCAL) {
            local.clear(); // a flood of addresses: rather forget some tries than grow without bound
        }
        Window window = local.merge(
                key,
                new Window(1, now + WINDOW.toNanos()),
                (old, fresh) -> old.endNanos - now < 0 ? fresh : new Window(old.tries + 1, old.endNanos));
        return new Count(window.tries, Duration.ofNanos(window.endNanos - now).plusSeconds(1));
    }

    private static String addressKey(String address) {
        return "kurir:login:address:" + address;
    }

    private static String accountKey(String account) {
        byte[] name = account.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        return "kurir:login:account:"
                + HexFormat.of()
                        .formatHex(Secrets.hash(new String(name, StandardCharsets.UTF_8))
                                .getBytes());
    }
}
