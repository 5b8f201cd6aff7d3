package io.kurir.schedule;

import io.kurir.message.Fence;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/**
 * Another promotion, measured as {@code kurir.promotion} (each look for what is due, with its outcome) and {@code kurir.promotion.full} (looks that
 * left something for the next one at once), and held back by the fence of a restored database.
 */
public final class MeasuredPromotion implements Promotion {
    private final Promotion promotion;
    private final Fence fence;
    private final Timer done;
    private final Timer failed;
    private final Counter full;

    public MeasuredPromotion(Promotion promotion, Fence fence, MeterRegistry registry) {
        this.promotion = promotion;
        this.fence = fence;
        this.done = timer(promotion.name(), "done", registry);
        this.failed = timer(promotion.name(), "failed", registry);
        this.full = Counter.builder("kurir.promotion.full")
                .tag("promotion", promotion.name())
                .register(registry);
    }

    private static Timer timer(String promotion, String outcome, MeterRegistry registry) {
        return Timer.builder("kurir.promotion")
                .tag("promotion", promotion)
                .tag("outcome", outcome)
                .register(registry);
    }

    @Override
    public String name() {
        return promotion.name();
    }

    @Override
    public Future<Boolean> promote() {
        return fence.up().compose(up -> up ? Future.succeededFuture(false) : measured());
    }

    private Future<Boolean> measured() {
        long begin = System.nanoTime();
        return promotion.promote().onComplete(ended -> {
            (ended.succeeded() ? done : failed).record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
            if (ended.succeeded() && ended.result()) {
                full.increment();
            }
        });
    }
}
