package io.kurir.session;

import io.kurir.Misconfigured;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;

/** Takes a device in whose profile was linked elsewhere: at its next start a node opens it without a QR code. */
public final class Adoption {
    private final AdoptionStore store;

    public Adoption(Pool pool) {
        this.store = new AdoptionStore(pool);
    }

    /** Fails with {@link Misconfigured} while a node of the cluster runs the device. */
    public Future<Void> requireFree(String deviceId) {
        return store.free(deviceId)
                .compose(free -> free
                        ? Future.succeededFuture()
                        : Future.failedFuture(new Misconfigured(
                                "A node runs " + deviceId + ": stop it first, or wait until its lease is over.")));
    }

    /** Makes the device when it is not there, and has nodes open it. Fails with {@link Misconfigured} when there is no admin yet. */
    public Future<Void> adopt(String deviceId) {
        return store.adopt(deviceId)
                .compose(done -> done
                        ? Future.succeededFuture()
                        : Future.failedFuture(new Misconfigured("There is no admin yet whom " + deviceId
                                + " could belong to: start Kurir once with access.admin-email, then try again.")));
    }
}
