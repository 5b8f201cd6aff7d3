package io.kurir.message;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.Map;

/** The names of people in the stored messages. */
public final class ChatNames {
    private final ChatNamesStore store;

    public ChatNames(Pool pool) {
        this.store = new ChatNamesStore(pool);
    }

    /**
     * Messages of the device whose chat or author is a LID, and reactions and votes under one, get the number, {@code numbers} being JIDs by LID;
     * answers how many messages. Idempotent.
     */
    public Future<Integer> rename(String deviceId, Map<String, String> numbers) {
        return store.rename(deviceId, numbers);
    }
}
