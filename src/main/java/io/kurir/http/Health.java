package io.kurir.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this node lives, and whether it can serve. Its servers are asked at most once a second, however often strangers ask us; whether it is
 * draining is always the truth.
 */
public final class Health {
    private static final Logger log = LoggerFactory.getLogger(Health.class);
    private static final long MILLIS = 2_000;
    private static final long FRESH_NANOS = 1_000_000_000L;

    enum Status {
        OK,
        DEGRADED,
        DRAINING,
        UNAVAILABLE
    }

    /**
     * What is asked. Each future fails, or does not complete within 2 s, when what it asks is away.
     *
     * @param database answers whether it was restored and sends nothing yet
     * @param joined whether the node is in its cluster
     * @param draining whether the node is giving up its work in order to stop
     * @param loops completes when every event loop has run a task
     */
    public record Checks(
            Supplier<Future<Boolean>> database,
            Supplier<? extends Future<?>> redis,
            BooleanSupplier joined,
            BooleanSupplier draining,
            Supplier<? extends Future<?>> loops) {}

    private record Checked(boolean database, boolean fenced, boolean redis, long at) {}

    private final Checks checks;
    private final AtomicReference<Checked> last =
            new AtomicReference<>(new Checked(false, false, false, System.nanoTime() - FRESH_NANOS));

    public Health(Checks checks) {
        this.checks = checks;
    }

    Answer getHealth(Ask ask) {
        Status status = status(checked());
        return Answer.json(httpStatus(status), body(word(status), ask));
    }

    Answer getApiHealth(Ask ask) {
        Status status = status(checked());
        String message = switch (status) {
            case OK -> "Kurir is running";
            case DEGRADED -> "Kurir is running without Redis";
            case DRAINING -> "Kurir is stopping";
            case UNAVAILABLE -> "Kurir cannot reach its database or its cluster";
        };
        JsonObject body = new JsonObject()
                .put("status", status.name())
                .put("message", message)
                .put("timestamp", Timestamps.write(Instant.now()));
        return Answer.json(httpStatus(status), body);
    }

    /** Fails, or is not answered at all, when the process has to be replaced. What other servers do is no reason for that. */
    Answer getLiveness(Ask ask) {
        boolean lives = answers("an event loop", checks.loops().get());
        return Answer.json(lives ? 200 : 503, body(lives ? "ok" : "blocked", ask));
    }

    /** Fails while no new request should come here. */
    Answer getReadiness(Ask ask) {
        Checked checked = checked();
        Status status = status(checked);
        JsonObject body = body(word(status), ask)
                .put("database", checked.database ? "ok" : "away")
                .put("redis", checked.redis ? "ok" : "away")
                .put("cluster", checks.joined().getAsBoolean() ? "joined" : "left")
                .put("fenced", checked.fenced);
        return Answer.json(httpStatus(status), body);
    }

    private static JsonObject body(String status, Ask ask) {
        return new JsonObject()
                .put("status", status)
                .put("uptime", ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0)
                .put("timestamp", Timestamps.write(Instant.now()))
                .put("traceId", ask.requestId());
    }

    private static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private static int httpStatus(Status status) {
        return switch (status) {
            case OK, DEGRADED -> 200;
            case DRAINING, UNAVAILABLE -> 503;
        };
    }

    private Status status(Checked checked) {
        if (checks.draining().getAsBoolean()) {
            return Status.DRAINING;
        }
        if (!checked.database || !checks.joined().getAsBoolean()) {
            return Status.UNAVAILABLE;
        }
        return checked.redis ? Status.OK : Status.DEGRADED;
    }

    private Checked checked() {
        Checked known = last.get();
        if (System.nanoTime() - known.at < FRESH_NANOS) {
            return known;
        }
        Future<Boolean> fenced = checks.database().get();
        boolean database = answers("PostgreSQL", fenced);
        Checked checked = new Checked(
                database,
                database && fenced.result(),
                answers("Redis", checks.redis().get()),
                System.nanoTime());
        last.set(checked);
        return checked;
    }

    private static boolean answers(String name, Future<?> answer) {
        return answer.timeout(MILLIS, TimeUnit.MILLISECONDS)
                .map(true)
                .otherwise(e -> {
                    log.warn("{} does not answer: {}", name, e.getMessage());
                    return false;
                })
                .await();
    }
}
