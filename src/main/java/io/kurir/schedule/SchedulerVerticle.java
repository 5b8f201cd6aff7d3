package io.kurir.schedule;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Promotes what became due. Every node may run one: rows are taken with {@code skip locked}, so nothing is promoted twice. */
public final class SchedulerVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(SchedulerVerticle.class);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final List<Promotion> promotions;

    public SchedulerVerticle(List<Promotion> promotions) {
        this.promotions = List.copyOf(promotions);
    }

    @Override
    public Future<?> start() {
        promotions.forEach(promotion -> vertx.setTimer(LOOK.toMillis(), _ -> promote(promotion)));
        return Future.succeededFuture();
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
}
