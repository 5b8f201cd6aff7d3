package io.kurir.agent;

import io.kurir.erasure.Part;
import io.kurir.erasure.Person;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;

/** Erases what was and is to be answered of a person where no history is kept; elsewhere it goes with its message. */
public final class RunErasure implements Part {
    private final Pool pool;

    public RunErasure(Pool pool) {
        this.pool = pool;
    }

    @Override
    public String name() {
        return "agentRuns";
    }

    @Override
    public Future<Long> erase(Person person) {
        return RunStore.erase(pool, person.deviceId(), person.names().toArray(String[]::new));
    }

    /** Goes with the device. */
    @Override
    public Future<Long> eraseDevice(String deviceId) {
        return Future.succeededFuture(0L);
    }
}
