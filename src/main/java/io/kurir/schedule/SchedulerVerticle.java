package io.kurir.schedule;

import io.kurir.event.EventLog;
import io.kurir.message.Outbox;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Promotes what became due, and keeps the event log's partitions. Every node may run one: rows are taken with {@code skip locked}, so
 * nothing is promoted twice.
 */
public final class SchedulerVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(SchedulerVerticle.class);
    private static final int AT_ONCE = 500;
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration MAINTENANCE = Duration.ofHours(1);

    private final Outbox outbox;
    private final EventLog events;
    private final Duration retention;

    public SchedulerVerticle(Outbox outbox, EventLog events, Duration retention) {
        this.outbox = outbox;
        this.events = events;
        this.retention = retention;
    }

    @Override
    public Future<?> start() {
        vertx.setTimer(LOOK.toMillis(), _ -> promote());
        vertx.setPeriodic(MAINTENANCE.toMillis(), _ -> maintain());
        return events.maintain(retention);
    }

    private void promote() {
        outbox.promote(AT_ONCE).onComplete(done -> {
            if (done.failed()) {
                log.warn("cannot promote what is due: {}", done.cause().getMessage());
            }
            // a full hand means that more is due: do not wait
            boolean more = done.succeeded() && done.result() == AT_ONCE;
            vertx.setTimer(more ? 1 : LOOK.toMillis(), _ -> promote());
        });
    }

    private void maintain() {
        events.maintain(retention).onFailure(why -> log.warn("event log not maintained: {}", why.getMessage()));
    }
}
