package io.kurir.access;

import io.kurir.http.Networks;
import io.kurir.http.Problem;
import io.vertx.redis.client.RedisAPI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Counts tries to log in, and registrations, per address and per account in windows of a quarter of an hour; no address is exempt. May be called
 * from any virtual thread.
 */
public final class LoginThrottle {
    private static final Duration WINDOW = Duration.ofMinutes(15);

    private final Windows windows;
    private final int limit;

    /** {@code limit}: tries per window for one address, and for one account. */
    public LoginThrottle(RedisAPI redis, int limit) {
        this.windows = new Windows(redis, "logins", WINDOW);
        this.limit = limit;
    }

    /** Throws {@code RATE_LIMITED}; an account need not exist to be counted, so that the answer tells nothing. */
    void tryOnce(String address, String account) {
        tryOnce(address);
        refuseAbove(windows.count(accountKey(account)));
    }

    /** Likewise, where there is no account yet. */
    void tryOnce(String address) {
        refuseAbove(windows.count("kurir:login:address:" + Networks.counted(address)));
    }

    /** Forgives the account after a success; the address stays counted. */
    void succeeded(String account) {
        windows.forget(accountKey(account));
    }

    private void refuseAbove(Windows.Count count) {
        if (count.number() > limit) {
            throw Problem.later(Problem.Code.RATE_LIMITED, "Too many attempts to log in", count.left());
        }
    }

    private static String accountKey(String account) {
        byte[] name = account.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        return "kurir:login:account:"
                + HexFormat.of()
                        .formatHex(Secrets.hash(new String(name, StandardCharsets.UTF_8))
                                .getBytes());
    }
}
