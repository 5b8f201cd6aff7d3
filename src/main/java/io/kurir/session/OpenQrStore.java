package io.kurir.session;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;

/** Table {@code open_qr}. */
final class OpenQrStore {
    private static final String OPEN = """
            insert into open_qr (device_id, until)
            values ($1, clock_timestamp() + make_interval(secs => $2))
            on conflict (device_id) do update set until = excluded.until
            returning until
            """;

    private static final String IS_OPEN = "select from open_qr where device_id = $1 and until > clock_timestamp()";

    private final Pool pool;

    OpenQrStore(Pool pool) {
        this.pool = pool;
    }

    /** Answers until when. */
    Future<Instant> open(String deviceId, Duration time) {
        return pool.preparedQuery(OPEN)
                .execute(Tuple.of(deviceId, (double) time.toSeconds()))
                .map(rows -> rows.iterator().next().getOffsetDateTime(0).toInstant());
    }

    Future<Boolean> isOpen(String deviceId) {
        return pool.preparedQuery(IS_OPEN).execute(Tuple.of(deviceId)).map(rows -> rows.size() == 1);
    }
}
