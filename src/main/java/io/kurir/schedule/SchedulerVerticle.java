package io.kurir.schedule;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Promotes what became due. Every node may run one: rows are taken with {@code skip locked}, so nothing is promoted twice. Its end waits for what is
 * being promoted: the pool and Vert.x are closed next, which would fail a transaction half-way and cancel a timer.
 */
public final class SchedulerVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(SchedulerVerticle.class);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final List<Promotion> promotions;
    private final Map<Promotion, Future<Boolean>> underWay = new HashMap<>();
    private boolean stopping;

    public SchedulerVerticle(List<Promotion> promotions) {
        this.promotions = List.copyOf(promotions);
    }

    @Override
    public Future<?> start() {
        promotions.forEach(promotion -> vertx.setTimer(LOOK.toMillis(), _ -> promote(promotion)));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        return Future.join(List.copyOf(underWay.values())).otherwiseEmpty();
    }

    private void promote(Promotion promotion) {
        if (stopping) {
            return;
        }
        Future<Boolean> turn = promotion.promote();
        underWay.put(promotion, turn);
        turn.onComplete(done -> {
            if (done.failed()) {
                // with its class: some have no message
                log.warn("{}: cannot promote what is due: {}", promotion.name(), String.valueOf(done.cause()));
            }
            boolean more = done.succeeded() && done.result();
            vertx.setTimer(more ? 1 : LOOK.toMillis(), _ -> promote(promotion));
        });
    }
}
