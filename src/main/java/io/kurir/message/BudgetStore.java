package io.kurir.message;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;

/** What is left of a device's budget, in the columns {@code budget_*} of {@code device}. */
final class BudgetStore {

    /** The level, and how long ago it was that. */
    record Saved(double level, Duration ago) {}

    private static final String LOAD = """
            select budget_level, extract(epoch from clock_timestamp() - budget_at)::float8
            from device
            where device_id = $1 and budget_level is not null
            """;

    private static final String SAVE = """
            update device
            set budget_level = $3, budget_at = clock_timestamp()
            where device_id = $1 and exists (select from lease where device_id = $1 and epoch = $2)
            """;

    private final Pool pool;

    BudgetStore(Pool pool) {
        this.pool = pool;
    }

    Future<Optional<Saved>> load(String deviceId) {
        return pool.preparedQuery(LOAD)
                .execute(Tuple.of(deviceId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(new Saved(rows.iterator().next().getDouble(0), Duration.ofMillis((long)
                                (rows.iterator().next().getDouble(1) * 1000)))));
    }

    Future<Void> save(String deviceId, long epoch, double level) {
        return pool.preparedQuery(SAVE)
                .execute(Tuple.of(deviceId, epoch, level))
                .mapEmpty();
    }
}
