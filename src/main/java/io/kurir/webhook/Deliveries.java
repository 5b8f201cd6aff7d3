package io.kurir.webhook;

import io.kurir.Settings;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.Optional;

/** Clearing away what was delivered, or will not be. */
public final class Deliveries {
    private final DeliveryStore store;
    private final Settings.Webhook settings;

    public Deliveries(Pool pool, Settings.Webhook settings) {
        this.store = new DeliveryStore(pool);
        this.settings = settings;
    }

    /**
     * A portion, as a chore does it: what an endpoint that is down has not got in time expires, and what is settled goes after its retention. How many
     * there were.
     */
    public Future<Long> forget() {
        return store.expire(settings.giveUpAfter())
                .compose(expired -> store.forget(settings.retention(), settings.deadRetention())
                        .map(gone -> expired + gone));
    }

    /** Erases what was or is to be delivered of a device, or of one of its chats. How many there were. */
    public Future<Long> erase(String deviceId, Optional<String> chat) {
        return store.erase(deviceId, chat);
    }
}
