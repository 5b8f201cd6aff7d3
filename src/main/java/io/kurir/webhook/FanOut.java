package io.kurir.webhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the event log for all webhooks: what is new becomes deliveries. Every node may run one.
 *
 * <p>State belongs to the context that made this object.
 */
final class FanOut {
    private static final Logger log = LoggerFactory.getLogger(FanOut.class);
    private static final int PORTION = 500;
    // many notices make one round
    private static final long PAUSE_MS = 20;
    // An event that was told but is not yet below the horizon: an older transaction is still open. Look again soon, for
    // a while.
    private static final int TIMES = 5;

    private final Vertx vertx;
    private final FanOutStore store;
    private final Consumer<String> added;
    private boolean running;
    private boolean again;
    private int owed;

    /** {@code added} is told each webhook that has new deliveries. */
    FanOut(Vertx vertx, FanOutStore store, Consumer<String> added) {
        this.vertx = vertx;
        this.store = store;
        this.added = added;
    }

    /** Events were appended. */
    void appended() {
        owed = TIMES;
        look();
    }

    void look() {
        if (running) {
            again = true;
            return;
        }
        running = true;
        again = false;
        store.behind()
                .compose(behind -> behind.isEmpty()
                        ? Future.succeededFuture(List.<FanOutStore.Portion>of())
                        : store.fanOut(behind, PORTION))
                .onComplete(done -> {
                    running = false;
                    if (done.failed()) {
                        log.warn(
                                "webhooks cannot follow the event log: {}",
                                done.cause().getMessage());
                        return; // the sweep tries again
                    }
                    var portions = done.result();
                    portions.stream()
                            .filter(portion -> portion.added() > 0)
                            .forEach(portion -> added.accept(portion.webhookId()));
                    if (portions.stream().anyMatch(portion -> portion.read() == PORTION)) {
                        look();
                    } else if (again || (portions.isEmpty() && owed > 0)) {
                        owed = again ? owed : owed - 1;
                        vertx.setTimer(PAUSE_MS, _ -> look());
                    }
                });
    }
}
