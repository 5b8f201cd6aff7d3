package io.kurir.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Cuts off who does not get a request to us: a connection has 60 s for the head of each, also when it sends a byte now and then, and so long it is
 * kept idle between two; 60 s more for a body of at most 1 MiB, 5 minutes for a larger one. While we work, and while we write, nothing is
 * measured here: a message may take 30 s and an event stream hours. Safe for all threads.
 */
final class SlowClients {
    private final Duration head;
    private final Duration body;
    private final Duration largeBody;
    private final ConcurrentMap<HttpConnection, Long> deadlines = new ConcurrentHashMap<>();

    SlowClients() {
        this(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMinutes(5));
    }

    /** With other patience, for a test. */
    SlowClients(Duration head, Duration body, Duration largeBody) {
        this.head = head;
        this.body = body;
        this.largeBody = largeBody;
    }

    /** A new connection. */
    void opened(HttpConnection connection) {
        await(connection, head);
        connection.closeHandler(_ -> deadlines.remove(connection));
    }

    /** The head of a request is there. */
    void begun(RoutingContext ctx) {
        HttpConnection connection = ctx.request().connection();
        await(connection, Bodies.fewBytes(ctx) ? body : largeBody);
        ctx.addEndHandler(_ -> await(connection, head));
        ctx.next();
    }

    /** All of a request is there. */
    void read(RoutingContext ctx) {
        deadlines.remove(ctx.request().connection());
    }

    private void await(HttpConnection connection, Duration patience) {
        deadlines.put(connection, System.nanoTime() + patience.toNanos());
    }

    /** Closes what is overdue; to be called every few seconds. */
    void sweep() {
        long now = System.nanoTime();
        deadlines.forEach((connection, deadline) -> {
            if (deadline - now < 0 && deadlines.remove(connection, deadline)) {
                connection.close();
            }
        });
    }
}
