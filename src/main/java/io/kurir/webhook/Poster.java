package io.kurir.webhook;

import io.kurir.outbound.Outbound;
import io.kurir.outbound.UrlGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Makes the calls. Connections and threads are its own and more than all webhooks use together, so that none waits for another's. */
final class Poster {
    private static final int BEGINNING = 1024;
    private static final int CONNECTIONS = 100_000; // each webhook has its own limit
    private static final int RESOLVERS = 64;

    private final UrlGuard guard;
    private final Outbound outbound;

    Poster(Vertx vertx, List<String> allowUrls) {
        // name servers that do not answer hold a thread for up to half a minute
        this.guard = new UrlGuard(
                vertx.createSharedWorkerExecutor("webhook-names", RESOLVERS, 60, TimeUnit.SECONDS), allowUrls);
        this.outbound = new Outbound(vertx, guard, CONNECTIONS);
    }

    /** Fails with {@link UrlGuard.Blocked}; to be asked before a URL is taken. */
    Future<UrlGuard.Target> check(String url) {
        return guard.check(url);
    }

    /** Never fails; redirects are answers like any other and not followed. */
    Future<Reply> post(Webhook.Endpoint endpoint, String eventId, int attempt, JsonObject event) {
        Buffer body = event.toBuffer();
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("User-Agent", "Kurir");
        headers.putAll(endpoint.headers());
        headers.put("Content-Type", "application/json");
        headers.put("X-Kurir-Event-Id", eventId);
        headers.put("X-Kurir-Timestamp", timestamp);
        headers.put("X-Kurir-Signature", Signature.header(endpoint, timestamp, body));
        headers.put("X-Kurir-Attempt", Integer.toString(attempt));
        long start = System.nanoTime();
        return outbound.beginning(new Outbound.Call(
                        HttpMethod.POST,
                        endpoint.url(),
                        headers,
                        Optional.of(body),
                        endpoint.timeout(),
                        BEGINNING,
                        false))
                .transform(done -> {
                    Duration latency = Duration.ofNanos(System.nanoTime() - start);
                    return Future.succeededFuture(
                            done.succeeded()
                                    ? new Reply.Answered(
                                            done.result().head().status(),
                                            // PostgreSQL's text has no NUL
                                            done.result().body().toString().replace("\0", ""),
                                            latency)
                                    : new Reply.Unreachable(sentence(done.cause()), latency));
                });
    }

    /** Without the address that a name led to: it may be of a network that the owner is not to know. */
    private static String sentence(Throwable why) {
        return switch (why) {
            case UrlGuard.Blocked blocked -> "the URL " + blocked.getMessage();
            case TimeoutException timeout -> String.valueOf(timeout.getMessage());
            case ConnectException _ -> "no connection";
            case SSLException _ -> "no TLS connection";
            default -> "the connection broke";
        };
    }
}
