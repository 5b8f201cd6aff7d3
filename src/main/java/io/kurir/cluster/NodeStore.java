package io.kurir.cluster;

import io.kurir.Settings.Role;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The table {@code node}. */
final class NodeStore {
    private static final String BEAT = """
            insert into node as n (name, version, roles, draining, memory, budget, seen_at, started_at)
            values ($1, $2, $3, $4, $5, $6, clock_timestamp(), clock_timestamp())
            on conflict (name) do update
            set version = excluded.version, roles = excluded.roles, draining = excluded.draining, memory = excluded.memory,
                budget = excluded.budget, seen_at = excluded.seen_at,
                started_at = case when $7 then excluded.started_at else n.started_at end
            """;

    // devices: counted here, since what a node says of itself is some seconds old
    private static final String ALL = """
            select n.name, n.version, n.roles, n.seen_at > clock_timestamp() - make_interval(secs => $1), n.draining,
                   (select count(*)
                    from lease l
                    where l.node = n.name and l.expires_at > clock_timestamp())::integer,
                   n.memory, n.budget, n.started_at, n.seen_at
            from node n
            order by n.name
            """;

    // also those that ran out, until somebody takes them
    private static final String HELD = """
            select device_id, node, epoch, coalesce(acquired_at, expires_at), expires_at, expires_at > clock_timestamp()
            from lease
            where expires_at > '-infinity'
            order by device_id
            """;

    private static final String SAME_PROXY = """
            select distinct l.node
            from device d
            join device o on o.proxy_server = d.proxy_server
            join lease l on l.device_id = o.device_id and l.expires_at > clock_timestamp()
            where d.device_id = $1 and o.device_id <> $1
            """;

    private static final String LEAVE =
            "update node set draining = true, seen_at = clock_timestamp() - interval '1 hour' where name = $1";

    // a week: whoever looks for a node that is gone still finds its name
    private static final String FORGET = """
            delete from node n
            where greatest(n.seen_at, n.started_at) < clock_timestamp() - interval '7 days'
              and not exists (select from lease l where l.node = n.name)
            """;

    private final Pool pool;

    NodeStore(Pool pool) {
        this.pool = pool;
    }

    /** {@code first}: of this process. */
    Future<Void> beat(
            String name, String version, Set<Role> roles, boolean draining, long memory, long budget, boolean first) {
        return pool.preparedQuery(BEAT)
                .execute(Tuple.tuple()
                        .addString(name)
                        .addString(version)
                        .addArrayOfString(roles.stream()
                                .map(role -> role.name().toLowerCase(Locale.ROOT))
                                .sorted()
                                .toArray(String[]::new))
                        .addBoolean(draining)
                        .addLong(memory)
                        .addLong(budget)
                        .addBoolean(first))
                .mapEmpty();
    }

    /** {@code within}: who was not heard of for longer is not alive. */
    Future<List<Node>> all(Duration within) {
        return pool.preparedQuery(ALL)
                .execute(Tuple.of(within.toMillis() / 1000.0))
                .map(rows -> {
                    List<Node> nodes = new ArrayList<>(rows.size());
                    rows.forEach(row -> nodes.add(node(row)));
                    return nodes;
                });
    }

    private static Node node(Row row) {
        return new Node(
                row.getString(0),
                row.getString(1),
                Arrays.stream(row.getArrayOfStrings(2))
                        .map(role -> Role.valueOf(role.toUpperCase(Locale.ROOT)))
                        .collect(Collectors.toUnmodifiableSet()),
                row.getBoolean(3),
                row.getBoolean(4),
                row.getInteger(5),
                row.getLong(6),
                row.getLong(7),
                row.getOffsetDateTime(8).toInstant(),
                row.getOffsetDateTime(9).toInstant());
    }

    Future<List<Holding>> held() {
        return pool.query(HELD).execute().map(rows -> {
            List<Holding> held = new ArrayList<>(rows.size());
            rows.forEach(row -> held.add(new Holding(
                    row.getString(0),
                    row.getString(1),
                    row.getLong(2),
                    row.getOffsetDateTime(3).toInstant(),
                    row.getOffsetDateTime(4).toInstant(),
                    row.getBoolean(5))));
            return held;
        });
    }

    /** The nodes that run other devices with the same proxy. */
    Future<Set<String>> sameProxy(String deviceId) {
        return pool.preparedQuery(SAME_PROXY).execute(Tuple.of(deviceId)).map(rows -> {
            Set<String> nodes = new HashSet<>();
            rows.forEach(row -> nodes.add(row.getString(0)));
            return nodes;
        });
    }

    Future<Void> leave(String name) {
        return pool.preparedQuery(LEAVE).execute(Tuple.of(name)).mapEmpty();
    }

    Future<Void> forget() {
        return pool.query(FORGET).execute().mapEmpty();
    }
}
