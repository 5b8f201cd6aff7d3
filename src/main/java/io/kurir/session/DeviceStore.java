package io.kurir.session;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.Vault;
import io.kurir.access.Reach;
import io.kurir.http.Dialect;
import io.kurir.proxy.Proxy;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The table {@code device}. Over 300 lines: half of them SQL. */
final class DeviceStore {

    /** What a session says of its device; absent parts stay as they are. */
    record Change(
            DeviceState state,
            String reason,
            Optional<String> phone,
            Optional<String> lid,
            Optional<String> pushName,
            Optional<Boolean> linked,
            Optional<Boolean> wanted,
            int attempts,
            boolean newLink) {}

    private static final String COLUMNS = """
            d.device_id, d.name, d.owner_id, d.state, d.state_reason, d.phone, d.lid, d.push_name, d.linked, d.wanted,
            d.attempts, (select l.node from lease l where l.device_id = d.device_id and l.expires_at > clock_timestamp()),
            d.last_seen, d.created_at, d.updated_at, d.proxy_server, d.proxy_username, d.timezone, d.country, d.dialect,
            d.external_id, d.id
            """;

    /** The column after a device's own. */
    private static final int TOTAL = 22;

    private static final String CREATE = """
            with d as (
                insert into device (
                    device_id, owner_id, name, proxy_server, proxy_username, proxy_password, timezone, country, dialect,
                    external_id)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict do nothing
                returning *
            ), counter as (
                insert into event_counter (device_id) select device_id from d
            )
            select %s from d
            """.formatted(COLUMNS);

    // For the oldest admin.
    private static final String CREATE_NAMED = """
            with d as (
                insert into device (device_id, owner_id, name, dialect, external_id)
                select $1, u.id, $3, $2, $3
                from app_user u
                where u.role = 'admin' and u.active
                order by u.id
                limit 1
                on conflict do nothing
                returning *
            ), counter as (
                insert into event_counter (device_id) select device_id from d
            )
            select %s from d
            """.formatted(COLUMNS);

    private static final String GET = "select %s from device d where d.device_id = $1".formatted(COLUMNS);

    // What its clients call it goes before what it is called here, and what the caller reaches before what it does not.
    private static final String FIND = """
            select %s, ($3::bigint is null or d.owner_id = $3) and ($4::text[] is null or d.device_id = any ($4)) as reached
            from device d
            where (d.dialect = $1 and d.external_id = $2) or d.device_id = $2
            order by reached desc, d.dialect = $1 and d.external_id is not distinct from $2 desc
            limit 1
            """.formatted(COLUMNS);

    private static final String MATCHING = """
            from device d
            where ($1::bigint is null or d.owner_id = $1)
              and ($2::text[] is null or d.device_id = any ($2))
              and ($3::text is null or d.state = $3)
              and ($4::text is null or d.device_id ilike $4 or d.name ilike $4 or d.phone ilike $4)
              and ($5::text is null or d.dialect = $5)
            """;

    private static final String COUNT = "select count(*) " + MATCHING;

    // $3, $7 and $9: whether what follows is to be changed at all, since null means "none"
    private static final String UPDATE = """
            update device d
            set name = coalesce($2, d.name),
                proxy_server = case when $3 then $4 else d.proxy_server end,
                proxy_username = case when $3 then $5 else d.proxy_username end,
                proxy_password = case when $3 then $6 else d.proxy_password end,
                timezone = case when $7 then $8 else d.timezone end,
                country = case when $9 then $10 else d.country end,
                updated_at = clock_timestamp()
            where d.device_id = $1
            returning %s
            """.formatted(COLUMNS);

    private static final String PROXY = """
            select proxy_server, proxy_username, proxy_password
            from device
            where device_id = $1 and proxy_server is not null
            """;

    // $2 is the session's epoch; 0 stands for "nobody owns it", and is checked just as well.
    private static final String CHANGE = """
            with changed as (
                update device d
                set state = $3,
                    state_reason = $4,
                    phone = coalesce($5, d.phone),
                    lid = coalesce($6, d.lid),
                    push_name = coalesce($7, d.push_name),
                    linked = coalesce($8, d.linked),
                    wanted = coalesce($9, d.wanted),
                    attempts = $10,
                    links = d.links + case when $12 then 1 else 0 end,
                    connected_epoch = case when $3 = 'connected' then $2 else d.connected_epoch end,
                    last_seen = case when $3 = 'connected' or d.state = 'connected' then clock_timestamp() else d.last_seen end,
                    updated_at = clock_timestamp()
                where d.device_id = $1
                  and case when $2 = 0
                      then not exists (select from lease where device_id = $1 and expires_at > clock_timestamp())
                      else exists (select from lease where device_id = $1 and epoch = $2) end
                returning d.*
            ), happened as (
                select 1 as ord, 'device-status' as type, jsonb_build_object(
                    'status', $11::text, 'state', state, 'reason', state_reason, 'isConnected', state = 'connected',
                    'phoneNumber', phone, 'linked', linked, 'connectionAttempts', attempts) as data
                from changed
            ), %s
            select count(*) from changed
            """.formatted(APPEND);

    private static final String HEALING = """
            with happened as (
                select 1 as ord, 'device.healing' as type, jsonb_build_object(
                    'step', $3::text, 'cause', $4::text, 'attempt', $5::int, 'reason', $6::text) as data
                from lease
                where device_id = $1 and epoch = $2
            ), %s
            select count(*) from happened
            """.formatted(APPEND);

    private static final String DELETE = "delete from device where device_id = $1";

    // Linked devices that are to run and that nobody runs: owned by an earlier life of this node, or kept for it; given
    // up; abandoned, as this node has seen ($3).
    private static final String TO_RESTORE = """
            select d.device_id, coalesce((l.node = $1 and l.expires_at > '-infinity') or l.reserved_for = $1, false)
            from device d
            left join lease l on l.device_id = d.device_id
            left join profile p on p.device_id = d.device_id
            where d.wanted and d.linked and d.state not in ('logged_out', 'auth_failed', 'cancelled', 'error')
              and not (d.device_id = any ($2))
              and (l.device_id is null or d.device_id = any ($3) or (l.node = $1 and l.expires_at > '-infinity')
                   or (l.expires_at = '-infinity'
                       and (l.reserved_for is null or l.reserved_for = $1 or l.reserved_until < clock_timestamp())))
              -- the only present copy of its profile is on the disk of another node, which is given some time to come back
              and (p.node is null or p.node = $1
                   or exists (select from snapshot s where s.device_id = d.device_id and s.clean)
                   or greatest(nullif(l.expires_at, '-infinity'), d.updated_at) < clock_timestamp() - make_interval(secs => $5))
            order by d.last_seen desc nulls last
            limit $4
            """;

    private static final String UNOWNED = """
            select count(*)
            from device d
            where d.wanted and d.linked and d.state not in ('logged_out', 'auth_failed', 'cancelled', 'error')
              and not exists (select from lease l where l.device_id = d.device_id and l.expires_at > clock_timestamp())
            """;

    // A device that is to run and has not been connected by its present owner, or has none.
    private static final String CHANGING = """
            select coalesce(l.expires_at < clock_timestamp() or l.epoch > coalesce(d.connected_epoch, 0), true)
            from device d
            left join lease l on l.device_id = d.device_id
            where d.device_id = $1 and d.wanted and d.linked
              and d.state not in ('logged_out', 'auth_failed', 'cancelled', 'error', 'qr_required', 'pairing')
            """;

    private final Pool pool;

    DeviceStore(Pool pool) {
        this.pool = pool;
    }

    /** Empty when the id is taken, or the dialect has a device of that external id. */
    Future<Optional<Device>> create(
            String deviceId, Devices.NewDevice device, Dialect dialect, Optional<String> externalId, Vault vault) {
        Tuple arguments = Tuple.of(deviceId, device.ownerId(), device.name().orElse(deviceId));
        add(arguments, deviceId, device.proxy(), vault);
        arguments.addString(device.timezone().orElse(null));
        arguments.addString(device.country().orElse(null)).addString(dialect.word());
        return one(CREATE, arguments.addString(externalId.orElse(null)));
    }

    /** Empty when there is no admin, or another node was faster. */
    Future<Optional<Device>> createNamed(String deviceId, Dialect dialect, String externalId) {
        return one(CREATE_NAMED, Tuple.of(deviceId, dialect.word(), externalId));
    }

    /** A device and whether the caller reaches it. */
    record Found(Device device, boolean reached) {}

    Future<Optional<Found>> find(Reach reach, Dialect dialect, String externalId) {
        return pool.preparedQuery(FIND)
                .execute(Tuple.of(
                        dialect.word(),
                        externalId,
                        reach.owner().orElse(null),
                        reach.deviceArray().orElse(null)))
                .map(rows -> {
                    if (rows.size() == 0) {
                        return Optional.empty();
                    }
                    Row row = rows.iterator().next();
                    return Optional.of(new Found(device(row), row.getBoolean(TOTAL)));
                });
    }

    private static void add(Tuple arguments, String deviceId, Optional<Proxy> proxy, Vault vault) {
        arguments.addString(proxy.map(Proxy::server).orElse(null));
        arguments.addString(
                proxy.flatMap(Proxy::login).map(Proxy.Login::username).orElse(null));
        arguments.addString(proxy.flatMap(Proxy::login)
                .map(login -> vault.seal(secret(deviceId), login.password()))
                .orElse(null));
    }

    private static String secret(String deviceId) {
        return "proxy/" + deviceId;
    }

    /** With its password. */
    Future<Optional<Proxy>> proxy(String deviceId, Vault vault) {
        return pool.preparedQuery(PROXY).execute(Tuple.of(deviceId)).map(rows -> {
            if (rows.size() == 0) {
                return Optional.empty();
            }
            Row row = rows.iterator().next();
            return Optional.of(Proxy.of(
                    row.getString(0),
                    Optional.ofNullable(row.getString(1)),
                    Optional.ofNullable(row.getString(2)).map(kept -> vault.open(secret(deviceId), kept))));
        });
    }

    Future<Optional<Device>> get(String deviceId) {
        return one(GET, Tuple.of(deviceId));
    }

    Future<Optional<Device>> update(String deviceId, Devices.Update update, Vault vault) {
        Tuple arguments =
                Tuple.of(deviceId, update.name().orElse(null), update.proxy().isPresent());
        add(arguments, deviceId, update.proxy().flatMap(proxy -> proxy), vault);
        arguments.addBoolean(update.timezone().isPresent());
        arguments.addString(update.timezone().flatMap(zone -> zone).orElse(null));
        arguments.addBoolean(update.country().isPresent());
        return one(
                UPDATE,
                arguments.addString(update.country().flatMap(country -> country).orElse(null)));
    }

    private Future<Optional<Device>> one(String sql, Tuple arguments) {
        return pool.preparedQuery(sql)
                .execute(arguments)
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(device(rows.iterator().next())));
    }

    Future<Devices.Listing> list(Reach reach, Devices.Filter filter, Devices.Order order, int page, int pageSize) {
        Tuple matching = matching(reach, filter);
        Tuple paged = matching(reach, filter).addInteger(pageSize).addInteger((page - 1) * pageSize);
        return pool.preparedQuery(list(order)).execute(paged).compose(rows -> {
            List<Device> devices = new ArrayList<>(rows.size());
            long total = 0;
            for (Row row : rows) {
                devices.add(device(row));
                total = row.getLong(TOTAL);
            }
            // a page beyond the last one has no row that could tell the total
            return devices.isEmpty() && page > 1
                    ? pool.preparedQuery(COUNT)
                            .execute(matching)
                            .map(count -> new Devices.Listing(
                                    List.of(), count.iterator().next().getLong(0)))
                    : Future.succeededFuture(new Devices.Listing(List.copyOf(devices), total));
        });
    }

    private static String list(Devices.Order order) {
        return """
                select %s, count(*) over ()
                %s
                order by %s, d.device_id
                limit $6 offset $7
                """.formatted(COLUMNS, MATCHING, column(order));
    }

    private static String column(Devices.Order order) {
        return switch (order) {
            case NEWEST -> "d.created_at desc";
            case OLDEST -> "d.created_at";
            case NAME -> "lower(d.name)";
            case LAST_SEEN -> "d.last_seen desc nulls last";
        };
    }

    private static Tuple matching(Reach reach, Devices.Filter filter) {
        return Tuple.tuple()
                .addLong(reach.owner().orElse(null))
                .addArrayOfString(reach.deviceArray().orElse(null))
                .addString(filter.state().map(DeviceState::word).orElse(null))
                .addString(filter.search().map(DeviceStore::pattern).orElse(null))
                .addString(filter.dialect().map(Dialect::word).orElse(null));
    }

    private static String pattern(String search) {
        return "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    }

    /** False when the epoch is no longer the device's. */
    Future<Boolean> change(String deviceId, long epoch, Change change) {
        return pool.preparedQuery(CHANGE)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addLong(epoch)
                        .addString(change.state().word())
                        .addString(change.reason())
                        .addString(change.phone().orElse(null))
                        .addString(change.lid().orElse(null))
                        .addString(change.pushName().orElse(null))
                        .addBoolean(change.linked().orElse(null))
                        .addBoolean(change.wanted().orElse(null))
                        .addInteger(change.attempts())
                        .addString(change.state().status())
                        .addBoolean(change.newLink()))
                .map(rows -> rows.iterator().next().getLong(0) == 1);
    }

    /** Notes a step; false when the epoch is no longer the device's. */
    Future<Boolean> healing(String deviceId, long epoch, Healing.Try chosen, String reason) {
        return pool.preparedQuery(HEALING)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addLong(epoch)
                        .addString(chosen.step().word())
                        .addString(chosen.cause().word())
                        .addInteger(chosen.attempt())
                        .addString(reason))
                .map(rows -> rows.iterator().next().getLong(0) == 1);
    }

    Future<Boolean> delete(String deviceId) {
        return pool.preparedQuery(DELETE).execute(Tuple.of(deviceId)).map(rows -> rows.rowCount() == 1);
    }

    /** {@code ours}: nobody else may have it. */
    record Unowned(String deviceId, boolean ours) {}

    /** {@code waitForNode}: see {@link io.kurir.Settings.Profile}. */
    Future<List<Unowned>> toRestore(
            String node, Collection<String> running, Collection<String> abandoned, int limit, Duration waitForNode) {
        return pool.preparedQuery(TO_RESTORE)
                .execute(Tuple.of(
                        node,
                        running.toArray(String[]::new),
                        abandoned.toArray(String[]::new),
                        limit,
                        waitForNode.toMillis() / 1000.0))
                .map(rows -> {
                    List<Unowned> devices = new ArrayList<>();
                    rows.forEach(row -> devices.add(new Unowned(row.getString(0), row.getBoolean(1))));
                    return devices;
                });
    }

    Future<Long> unowned() {
        return pool.query(UNOWNED).execute().map(rows -> rows.iterator().next().getLong(0));
    }

    /** Whether the device is to run and waits for an owner, or for the first page of a new one. */
    Future<Boolean> changing(String deviceId) {
        return pool.preparedQuery(CHANGING)
                .execute(Tuple.of(deviceId))
                .map(rows -> rows.size() == 1 && rows.iterator().next().getBoolean(0));
    }

    private static Device device(Row row) {
        return new Device(
                row.getString(0),
                row.getString(1),
                row.getLong(2),
                DeviceState.of(row.getString(3)),
                row.getString(4),
                Optional.ofNullable(row.getString(5)),
                Optional.ofNullable(row.getString(6)),
                Optional.ofNullable(row.getString(7)),
                row.getBoolean(8),
                row.getBoolean(9),
                row.getInteger(10),
                Optional.ofNullable(row.getString(11)),
                Optional.ofNullable(row.getOffsetDateTime(12)).map(OffsetDateTime::toInstant),
                row.getOffsetDateTime(13).toInstant(),
                row.getOffsetDateTime(14).toInstant(),
                Optional.ofNullable(row.getString(15)),
                Optional.ofNullable(row.getString(16)),
                Optional.ofNullable(row.getString(17)),
                Optional.ofNullable(row.getString(18)),
                Dialect.of(row.getString(19)),
                Optional.ofNullable(row.getString(20)),
                row.getLong(21));
    }
}
