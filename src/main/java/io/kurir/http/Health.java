package io.kurir.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this node can serve. Asked at most once a second, however often strangers ask us. */
public final class Health {
    private static final Logger log = LoggerFactory.getLogger(Health.class);
    private static final long MILLIS = 2_000;
    private static final long FRESH_NANOS = 1_000_000_000L;

    enum Status {
        OK,
        DEGRADED,
        UNAVAILABLE
    }

    private record Checked(Status status, long at) {}

    private final Supplier<? extends Future<?>> database;
    private final Supplier<? extends Future<?>> redis;
    private final AtomicReference<Checked> last =
            new AtomicReference<>(new Checked(Status.UNAVAILABLE, System.nanoTime() - FRESH_NANOS));

    /** Each check fails, or does not answer within 2 s, when its server is away. */
    public Health(Supplier<? extends Future<?>> database, Supplier<? extends Future<?>> redis) {
        this.database = database;
        this.redis = redis;
    }

    Answer getHealth(Ask ask) {
        Status status = status();
        JsonObject body = new JsonObject()
                .put("status", status.name().toLowerCase(java.util.Locale.ROOT))
                .put("uptime", ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0)
                .put("timestamp", Timestamps.write(Instant.now()))
                .put("traceId", ask.requestId());
        return Answer.json(httpStatus(status), body);
    }

    Answer getApiHealth(Ask ask) {
        Status status = status();
        String message = switch (status) {
            case OK -> "Kurir is running";
            case DEGRADED -> "Kurir is running without Redis";
            case UNAVAILABLE -> "Kurir cannot reach its database";
        };
        JsonObject body = new JsonObject()
                .put("status", status.name())
                .put("message", message)
                .put("timestamp", Timestamps.write(Instant.now()));
        return Answer.json(httpStatus(status), body);
    }

    private static int httpStatus(Status status) {
        return status == Status.UNAVAILABLE ? 503 : 200;
    }

    private Status status() {
        Checked checked = last.get();
        if (System.nanoTime() - checked.at < FRESH_NANOS) {
            return checked.status;
        }
        Status status = !answers("PostgreSQL", database)
                ? Status.UNAVAILABLE
                : answers("Redis", redis) ? Status.OK : Status.DEGRADED;
        last.set(new Checked(status, System.nanoTime()));
        return status;
    }

    private static boolean answers(String name, Supplier<? extends Future<?>> check) {
        return check.get()
                .timeout(MILLIS, TimeUnit.MILLISECONDS)
                .map(true)
                .otherwise(e -> {
                    log.warn("{} does not answer: {}", name, e.getMessage());
                    return false;
                })
                .await();
    }
}
