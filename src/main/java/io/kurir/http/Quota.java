package io.kurir.http;

import io.kurir.Settings;
import io.kurir.access.Caller;
import io.kurir.access.Limits;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;

/** The limit of requests as a step of {@link Flow}: where the caller stands on every response that counts, a refusal beyond it. */
final class Quota {
    static final String LIMIT = "RateLimit-Limit";
    static final String REMAINING = "RateLimit-Remaining";
    static final String RESET = "RateLimit-Reset";

    private final Limits limits;
    private final Settings.Rate settings;

    Quota(Limits limits, Settings.Rate settings) {
        this.limits = limits;
        this.settings = settings;
    }

    /** Counts one request of a caller, or of a stranger's address; throws {@code RATE_LIMITED}. */
    void count(RoutingContext ctx, Contract.Entry entry, Optional<Caller> who) {
        if (!entry.counted()) {
            return;
        }
        limits.count(who, ClientAddress.of(ctx)).ifPresent(standing -> {
            HttpServerResponse response = ctx.response();
            response.putHeader(LIMIT, String.valueOf(standing.limit()))
                    .putHeader(REMAINING, String.valueOf(standing.remaining()))
                    .putHeader(RESET, String.valueOf(seconds(standing.reset())));
            if (standing.tooMany()) {
                ctx.put(Rendering.STATUS, settings.statusCode());
                throw Problem.later(Problem.Code.RATE_LIMITED, settings.message(), standing.reset());
            }
        });
    }

    private static long seconds(Duration left) {
        return left.plusMillis(999).toSeconds();
    }
}
