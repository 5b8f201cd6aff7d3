package io.kurir.cluster;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The table {@code lease}. Times in it are the database's, and tell people: no owner and no taker relies on that clock. */
final class LeaseStore {

    /** A lease that was taken, and how long after its former owner's last renewal; empty where nobody was left behind. */
    record Taken(Lease lease, Optional<Duration> abandoned) {}

    // A row is free when its owner gave it up and it is not kept for another node, when this very node (an earlier life
    // of
    // it) held it, or when it is the unchanged row that the caller has watched for long enough ($5, $6).
    private static final String ACQUIRE = """
            with before as (
                select node, expires_at, ttl_ms from lease where device_id = $1
            )
            insert into lease as l (device_id, node, worker, epoch, expires_at, ttl_ms, acquired_at)
            values ($1, $2, $3, 1, clock_timestamp() + make_interval(secs => $4), $4 * 1000, clock_timestamp())
            on conflict (device_id) do update
            set node = excluded.node, worker = excluded.worker, epoch = l.epoch + 1, expires_at = excluded.expires_at,
                ttl_ms = excluded.ttl_ms, acquired_at = excluded.acquired_at, reserved_for = null, reserved_until = null
            where l.node = $2
               or (l.expires_at = '-infinity'
                   and (l.reserved_for is null or l.reserved_for = $2 or l.reserved_until < clock_timestamp()))
               or (l.epoch = $5 and l.expires_at = $6)
            returning epoch,
                      (select case when b.expires_at > '-infinity' then
                                  extract(epoch from clock_timestamp() - b.expires_at)::float8 + b.ttl_ms / 1000.0 end
                       from before b)
            """;

    private static final String OTHERS = """
            select device_id, epoch, expires_at, ttl_ms
            from lease
            where node <> $1 and expires_at > '-infinity'
            """;

    private static final String RENEW = """
            update lease l
            set expires_at = clock_timestamp() + make_interval(secs => $2)
            from unnest($3::text[], $4::bigint[]) as held(device_id, epoch)
            where l.device_id = held.device_id and l.epoch = held.epoch and l.node = $1 and l.expires_at > '-infinity'
            returning l.device_id, l.epoch
            """;

    private static final String RELEASE = """
            update lease
            set expires_at = '-infinity', reserved_for = $3, reserved_until = clock_timestamp() + make_interval(secs => $4)
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

    /** {@code watched} is the row that the caller may take if it is still the same. */
    Future<Optional<Taken>> acquire(
            String deviceId, String node, String worker, Duration ttl, Optional<Watch.Seen> watched) {
        return pool.preparedQuery(ACQUIRE)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addString(node)
                        .addString(worker)
                        .addDouble(seconds(ttl))
                        .addLong(watched.map(Watch.Seen::epoch).orElse(0L))
                        .addOffsetDateTime(watched.map(Watch.Seen::expiresAt).orElse(null)))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(taken(deviceId, rows.iterator().next())));
    }

    private static Taken taken(String deviceId, Row row) {
        return new Taken(
                new Lease(deviceId, row.getLong(0)),
                Optional.ofNullable(row.getDouble(1)).map(seconds -> Duration.ofMillis(Math.round(seconds * 1000))));
    }

    /** The leases of other nodes that were not given up; {@code unsaid} is the ttl of those that do not say theirs. */
    Future<List<Watch.Seen>> others(String node, Duration unsaid) {
        return pool.preparedQuery(OTHERS).execute(Tuple.of(node)).map(rows -> {
            List<Watch.Seen> leases = new ArrayList<>(rows.size());
            for (Row row : rows) {
                leases.add(new Watch.Seen(
                        row.getString(0),
                        row.getLong(1),
                        row.getOffsetDateTime(2),
                        Optional.ofNullable(row.getInteger(3))
                                .map(Duration::ofMillis)
                                .orElse(unsaid)));
            }
            return leases;
        });
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

    /** {@code next}: the node for which it is kept for a while. */
    Future<Boolean> release(Lease lease, Optional<String> next, Duration kept) {
        return pool.preparedQuery(RELEASE)
                .execute(Tuple.tuple()
                        .addString(lease.deviceId())
                        .addLong(lease.epoch())
                        .addString(next.orElse(null))
                        .addDouble(seconds(kept)))
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
