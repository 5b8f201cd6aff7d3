package io.kurir.session;

import io.kurir.bus.Bus;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** In the place of all workers: a device that is started shows a QR code unless it is linked, and one that is ended is as the ending says. */
public final class FakeWorker {
    private static final String STATE = """
            update device set state = $2, linked = linked and not $3, updated_at = clock_timestamp() where device_id = $1
            """;
    private static final String START = """
            update device
            set state = case when linked then 'connected' else 'qr_required' end, wanted = true, updated_at = clock_timestamp()
            where device_id = $1 and state <> 'connected'
            """;

    private final Pool pool;
    private final Bus bus;
    private final Set<String> served = ConcurrentHashMap.newKeySet();

    public FakeWorker(Pool pool, Bus bus) {
        this.pool = pool;
        this.bus = bus;
        bus.serve(SessionApi.ANY_WORKER, start -> start(start.deviceId()));
        bus.serve(SessionApi.FORGET, forget -> end(forget.deviceId(), "cancelled"));
    }

    private Future<SessionApi.Done> start(String deviceId) {
        if (served.add(deviceId)) {
            bus.serve(SessionApi.start(deviceId), again -> start(again.deviceId()));
            bus.serve(SessionApi.restart(deviceId), again -> start(again.deviceId()));
            bus.serve(SessionApi.look(deviceId), look -> look(look.deviceId()));
            bus.serve(SessionApi.stop(deviceId), stop -> switch (stop.ending()) {
                case LOGOUT -> end(stop.deviceId(), "logged_out");
                case WIPE -> end(stop.deviceId(), "cancelled");
                case CLOSE, MOVE -> Future.succeededFuture(new SessionApi.Done());
            });
        }
        return pool.preparedQuery(START).execute(Tuple.of(deviceId)).map(new SessionApi.Done());
    }

    private Future<SessionApi.Done> end(String deviceId, String state) {
        return pool.preparedQuery(STATE)
                .execute(Tuple.of(deviceId, state, true))
                .map(new SessionApi.Done());
    }

    private Future<SessionApi.Seen> look(String deviceId) {
        return pool.preparedQuery("select state = 'qr_required' from device where device_id = $1")
                .execute(Tuple.of(deviceId))
                .map(rows -> new SessionApi.Seen(
                        rows.size() == 1 && rows.iterator().next().getBoolean(0) ? "2@the,qr,of," + deviceId : ""));
    }
}
