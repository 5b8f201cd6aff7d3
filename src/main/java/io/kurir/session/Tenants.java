package io.kurir.session;

import io.kurir.http.Problem;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Optional;

/**
 * Whom a device belongs to in the words of a system that has users of its own; that is no user of ours, and gives no rights. To be called on a virtual
 * thread, by who has asked {@link Devices} for the device.
 */
public final class Tenants {
    private final TenantStore store;

    public Tenants(Pool pool) {
        this.store = new TenantStore(pool);
    }

    /** {@code CONFLICT} when the device belongs to another one. */
    public void claim(String deviceId, String tenant) {
        store.claim(deviceId, tenant).await();
        if (!of(deviceId).equals(Optional.of(tenant))) {
            throw Problem.of(Problem.Code.CONFLICT, "this agentId belongs to another userId");
        }
    }

    public Optional<String> of(String deviceId) {
        return store.of(deviceId).await();
    }

    /** Up to 100 other devices of the same tenant and the same owner, the oldest first: what came later gives them nothing. */
    public List<String> siblings(String deviceId) {
        return store.siblings(deviceId).await();
    }
}
