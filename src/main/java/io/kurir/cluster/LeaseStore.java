package io.kurir.cluster;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The table {@code lease}. Times are the database's; only it compares them. */
final class LeaseStore {

    /** A lease of somebody else that has run out. */
    record Expired(long epoch, OffsetDateTime expiresAt) {}

    // A row is free when its owner gave it up, when this very node (an earlier life of it) held it, or when it is the
    // expired row that the
    // caller has watched for long enough.
    private static final String ACQUIRE = """
            insert into lease as l (device_id, node, worker, epoch, expires_at)
            values ($1, $2, $3, 1, clock_timestamp() + make_interval(secs => $4))
            on conflict (device_id) do update
            set node = excluded.node, worker = excluded.worker, epoch = l.epoch + 1, expires_at = excluded.expires_at
            where l.node = $2
               or l.expires_at = '-infinity'
               or (l.epoch = $5 and l.expires_at < clock_timestamp())
            returning epoch
            """;

    private static final String EXPIRED = """
            select epoch, expires_at
            from lease
            where device_id = $1 and expires_at < clock_timestamp()
            """;

    private static final String RENEW = """
            update lease l
            set expires_at = clock_timestamp() + make_interval(secs => $2)
            from unnest($3::text[], $4::bigint[]) as held(device_id, epoch)
            where l.device_id = held.device_id and l.epoch = held.epoch and l.node = $1
            returning l.device_id, l.epoch
            """;

    private static final String RELEASE = """
            update lease
            set expires_at = '-infinity'
            where device_id = $1 and epoch = $2
            """;

    private static final String OWNER = """
            select node
            from lease
            where device_id = $1 and expires_at > clock_timestamp()
            """;

    private final Pool pool;

    LeaseStore(Pool pool) {
        this.pool = pool;
    }

    /** {@code watched} is the epoch of an expired row that the caller may take, 0 for none. */
    Future<Optional<Lease>> acquire(String deviceId, String node, String worker, Duration ttl, long watched) {
        return pool.preparedQuery(ACQUIRE)
                .execute(Tuple.of(deviceId, node, worker, seconds(ttl), watched))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(new Lease(deviceId, rows.iterator().next().getLong(0))));
    }

    Future<Optional<Expired>> expired(String deviceId) {
        return pool.preparedQuery(EXPIRED)
                .execute(Tuple.of(deviceId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(new Expired(
                                rows.iterator().next().getLong(0),
                                rows.iterator().next().getOffsetDateTime(1))));
    }

    /** The leases that are still ours, renewed. */
    Future<List<Lease>> renew(String node, Duration ttl, Collection<Lease> held) {
        String[] devices = held.stream().map(Lease::deviceId).toArray(String[]::new);
        Long[] epochs = held.stream().map(Lease::epoch).toArray(Long[]::new);
        return pool.preparedQuery(RENEW)
                .execute(Tuple.of(node, seconds(ttl), devices, epochs))
                .map(rows -> {
                    List<Lease> renewed = new ArrayList<>(rows.size());
                    for (Row row : rows) {
                        renewed.add(new Lease(row.getString(0), row.getLong(1)));
                    }
                    return renewed;
                });
    }

    Future<Boolean> release(Lease lease) {
        return pool.preparedQuery(RELEASE)
                .execute(Tuple.of(lease.deviceId(), lease.epoch()))
                .map(SqlResult::rowCount)
                .map(count -> count == 1);
    }

    Future<Optional<String>> owner(String deviceId) {
        return pool.preparedQuery(OWNER)
                .execute(Tuple.of(deviceId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getString(0)));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
