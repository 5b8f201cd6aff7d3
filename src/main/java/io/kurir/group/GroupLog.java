package io.kurir.group;

import io.kurir.event.EventLog;
import io.kurir.whatsapp.PageEvent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;

/** Writes {@code group.changed} into the event log. */
public final class GroupLog {
    private final GroupStore store;
    private final EventLog events;

    public GroupLog(Pool pool, EventLog events) {
        this.store = new GroupStore(pool);
        this.events = events;
    }

    /** Writes nothing once the device has another epoch, nor of a note that was written before. */
    public Future<Void> changed(String deviceId, long epoch, PageEvent.GroupChanged change) {
        return store.changed(deviceId, epoch, change)
                .onSuccess(written -> {
                    if (written) {
                        events.told(deviceId);
                    }
                })
                .mapEmpty();
    }
}
