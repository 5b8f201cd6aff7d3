package io.kurir.schedule;

import io.vertx.core.Future;

/** One kind of work that becomes due: retries, items of batches, schedules. Every node runs it; rows are taken with {@code skip locked}. */
public interface Promotion {
    /** For logs and metrics. */
    String name();

    /** Promotes a bounded portion of what is due; {@code true}: more is due, call again at once. */
    Future<Boolean> promote();
}
