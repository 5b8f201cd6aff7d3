package io.kurir.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Set;

/**
 * Which sites' scripts may read our answers in a browser (CORS). The others get no such header, by which the browser keeps the answer from them; they are not
 * refused, since pages of our own say their origin too.
 */
final class Origins {
    /** Of a preflight's answer; browsers keep none for longer. */
    private static final int SECONDS = 7_200;

    private final Set<String> allowed;
    private final CorsHandler cors;

    /** {@code allowed}: such as {@code https://shop.example}. */
    Origins(List<String> allowed) {
        this.allowed = Set.copyOf(allowed);
        this.cors = CorsHandler.create()
                .addOrigins(allowed)
                .allowedMethods(Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE))
                .allowedHeaders(Set.of(
                        "Authorization",
                        "x-api-key",
                        "Content-Type",
                        Repeat.HEADER,
                        "Last-Event-ID",
                        RequestIds.HEADER,
                        "Range",
                        "traceparent"))
                .exposedHeaders(Set.of(
                        RequestIds.HEADER,
                        "Retry-After",
                        "Idempotency-Replayed",
                        "Content-Disposition",
                        Quota.LIMIT,
                        Quota.REMAINING,
                        Quota.RESET))
                .allowCredentials(true) // the cookie with the refresh token is SameSite=Strict all the same
                .maxAgeSeconds(SECONDS);
    }

    /** A preflight ends here, before anybody is asked who they are. */
    void handle(RoutingContext ctx) {
        String origin = ctx.request().getHeader(HttpHeaders.ORIGIN);
        if (origin != null && allowed.contains(origin)) {
            cors.handle(ctx);
        } else {
            ctx.next();
        }
    }
}
