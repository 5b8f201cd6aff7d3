package io.kurir.schedule;

import io.kurir.event.EventLog;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Promotes what became due, and keeps the event log's partitions. Every node may run one: rows are taken with {@code skip locked}, so
 * nothing is promoted twice.
 */
public final class SchedulerVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(SchedulerVerticle.class);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration MAINTENANCE = Duration.ofHours(1);

    private final List<Promotion> promotions;
    private final EventLog events;
    private final Duration retention;

    public SchedulerVerticle(List<Promotion> promotions, EventLog events, Duration retention) {
        this.promotions = List.copyOf(promotions);
        this.events = events;
        this.retention = retention;
    }

    @Override
    public Future<?> start() {
        promotions.forEach(promotion -> vertx.setTimer(LOOK.toMillis(), _ -> promote(promotion)));
        vertx.setPeriodic(MAINTENANCE.toMillis(), _ -> maintain());
        return events.maintain(retention);
    }

    private void promote(Promotion promotion) {
        promotion.promote().onComplete(done -> {
            if (done.failed()) {
                log.warn(
                        "{}: cannot promote what is due: {}",
                        promotion.name(),
                        done.cause().getMessage());
            }
            boolean more = done.succeeded() && done.result();
            vertx.setTimer(more ? 1 : LOOK.toMillis(), _ -> promote(promotion));
        });
    }

    private void maintain() {
        events.maintain(retention).onFailure(why -> log.warn("event log not maintained: {}", why.getMessage()));
    }
}
