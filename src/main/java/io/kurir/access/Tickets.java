package io.kurir.access;

import io.kurir.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tickets that stand for credentials once, within {@value #SECONDS} s: a URL ends up in logs and histories, where a token that is good for longer
 * must not be. In Redis, by their hash. To be called on a virtual thread.
 */
public final class Tickets {
    static final int SECONDS = 60;

    private static final Logger log = LoggerFactory.getLogger(Tickets.class);
    private static final long REDIS_MILLIS = 2_000;

    /** One step, so that of two that show the same ticket one is refused. */
    private static final String TAKE = """
            local kept = redis.call('get', KEYS[1])
            redis.call('del', KEYS[1])
            return kept
            """;

    private final RedisAPI redis;

    public Tickets(RedisAPI redis) {
        this.redis = redis;
    }

    /** Throws {@code NOT_AVAILABLE} with Redis away. */
    public String issue(Caller caller) {
        String ticket = Secrets.ticket();
        String kept = json(Credentials.Earlier.of(caller)).encode();
        asked(redis.set(List.of(key(ticket), kept, "EX", String.valueOf(SECONDS))));
        return ticket;
    }

    /** Throws {@code UNAUTHORIZED} for one that is unknown, used or too old, {@code NOT_AVAILABLE} with Redis away. */
    public Credentials.Earlier redeem(String ticket) {
        return asked(redis.eval(List.of(TAKE, "1", key(ticket))))
                .map(kept -> earlier(new JsonObject(kept.toString())))
                .orElseThrow(Authenticator::unauthorized);
    }

    private static Optional<Response> asked(Future<@Nullable Response> answer) {
        return answer.timeout(REDIS_MILLIS, TimeUnit.MILLISECONDS)
                .map(Optional::ofNullable)
                .recover(e -> {
                    log.warn("Redis is away, so there are no tickets: {}", e.getMessage());
                    return Future.failedFuture(Problem.later(
                            Problem.Code.NOT_AVAILABLE,
                            "Tickets cannot be made or taken now; try again, or use the header",
                            Duration.ofSeconds(5)));
                })
                .await();
    }

    private static String key(String ticket) {
        return "kurir:ticket:" + HexFormat.of().formatHex(Secrets.hash(ticket).getBytes());
    }

    private static JsonObject json(Credentials.Earlier earlier) {
        return new JsonObject()
                .put("login", earlier.loginId().orElse(null))
                .put("key", earlier.keyId().orElse(null))
                .put("device", earlier.device().orElse(null))
                .put("name", earlier.name());
    }

    private static Credentials.Earlier earlier(JsonObject kept) {
        return new Credentials.Earlier(
                Optional.ofNullable(kept.getLong("login")),
                Optional.ofNullable(kept.getLong("key")),
                Optional.ofNullable(kept.getString("device")),
                kept.getString("name"));
    }
}
