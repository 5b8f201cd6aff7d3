package io.kurir;

import io.vertx.core.Future;

/** A running node. */
public final class Kurir {
    private Kurir() {}

    /** Starts the roles that the settings name; completes when they serve. */
    public static Future<Kurir> start(Settings settings) {
        return Future.failedFuture("This build has no server (" + settings.mode() + ").");
    }

    /** Stops in order: no new work, then the sessions, then the node leaves the cluster. */
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
