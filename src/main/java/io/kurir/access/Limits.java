package io.kurir.access;

import io.kurir.Settings;
import io.kurir.http.Networks;
import io.vertx.redis.client.RedisAPI;
import java.time.Duration;
import java.util.Optional;

/**
 * How many requests a caller may make in a window of time: a user by whatever login or key, a device by its token, and a stranger by address. May be
 * called from any virtual thread.
 */
public final class Limits {
    private final Windows windows;
    private final int limit;
    private final Networks exempt;

    /** Where a caller stands; {@code reset}: until the window ends. */
    public record Standing(int limit, long made, Duration reset) {
        public long remaining() {
            return Math.max(0, limit - made);
        }

        public boolean tooMany() {
            return made > limit;
        }
    }

    public Limits(RedisAPI redis, Settings.Rate settings) {
        this.windows = new Windows(redis, "requests", settings.window());
        this.limit = settings.limit();
        this.exempt = Networks.of(settings.whitelist());
    }

    /** Counts one more; empty where there is no limit. */
    public Optional<Standing> count(Optional<Caller> who, String address) {
        if (limit == 0 || exempt.contains(address)) {
            return Optional.empty();
        }
        Windows.Count count = windows.count(
                "kurir:rate:" + who.map(Limits::name).orElseGet(() -> "address:" + Networks.counted(address)));
        return Optional.of(new Standing(limit, count.number(), count.left()));
    }

    private static String name(Caller caller) {
        return caller.bearsToken() ? "device:" + caller.onlyDevice().orElseThrow() : "user:" + caller.userId();
    }
}
