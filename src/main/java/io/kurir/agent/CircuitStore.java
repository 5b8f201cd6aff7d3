package io.kurir.agent;

import io.kurir.outbound.Circuit;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** Table {@code agent_circuit}: endpoints in trouble, for all nodes. Per device, so that none can shut the endpoint of another: the trouble may be of its making. */
final class CircuitStore {
    // The next probe is not before this one has ended, so that there is one in the whole cluster. Who waits looks again
    // after a probe's
    // delay at most: the probe that is under way may end well at any time.
    private static final String GATE = """
            with probe as (
                update agent_circuit
                set probe_at = clock_timestamp() + make_interval(secs => $3)
                where device_id = $1 and endpoint_url = $2 and down_since is not null and probe_at <= clock_timestamp()
                returning 1
            )
            select exists (select from probe) as probe, c.down_since is not null as down,
                   least(c.probe_at, clock_timestamp() + make_interval(secs => $4)) as until
            from (select 1) one
            left join agent_circuit c on c.device_id = $1 and c.endpoint_url = $2
            """;

    private static final String MAKE =
            "insert into agent_circuit (device_id, endpoint_url) values ($1, $2) on conflict do nothing";

    private static final String LOCK = """
            select unreachable, failing, down_since, probes, probe_at, clock_timestamp() as now
            from agent_circuit
            where device_id = $1 and endpoint_url = $2
            for update
            """;

    private static final String WRITE = """
            update agent_circuit
            set unreachable = $3, failing = $4, down_since = $5, probes = $6, probe_at = $7
            where device_id = $1 and endpoint_url = $2
            """;

    private static final String WELL = "delete from agent_circuit where device_id = $1 and endpoint_url = $2";
    private static final String OPEN = "select count(*) from agent_circuit where down_since is not null";

    /** Whether an endpoint may be called now. */
    sealed interface Gate {
        record Open() implements Gate {}

        /** It is down, and this call finds out whether it still is. */
        record Probe() implements Gate {}

        record Shut(Instant until) implements Gate {}
    }

    /** The circuit after a failure; {@code opened}: by this one. */
    record Noted(Circuit circuit, boolean opened) {}

    private final Pool pool;

    CircuitStore(Pool pool) {
        this.pool = pool;
    }

    /** {@code call}: how long one may take. */
    Future<Gate> gate(String deviceId, String endpoint, Duration call, Duration probeDelay) {
        return pool.preparedQuery(GATE)
                .execute(Tuple.of(deviceId, endpoint, call.toMillis() / 1000.0, probeDelay.toMillis() / 1000.0))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    if (row.getBoolean("probe")) {
                        return new Gate.Probe();
                    }
                    return Boolean.TRUE.equals(row.getBoolean("down"))
                            ? new Gate.Shut(row.getOffsetDateTime("until").toInstant())
                            : new Gate.Open();
                });
    }

    Future<Void> well(String deviceId, String endpoint) {
        return pool.preparedQuery(WELL).execute(Tuple.of(deviceId, endpoint)).mapEmpty();
    }

    /** {@code work}: a number of what the call was made for. What is no trouble of the endpoint's opens nothing, and closes what is open. */
    Future<Noted> noted(
            String deviceId, String endpoint, Heard.Fault fault, long work, boolean probe, Duration probeDelay) {
        if (!fault.ours()) {
            return failed(deviceId, endpoint, fault.away(), work, probe, probeDelay);
        }
        return (probe ? well(deviceId, endpoint) : Future.<Void>succeededFuture())
                .map(new Noted(Circuit.CLOSED, false));
    }

    private Future<Noted> failed(
            String deviceId, String endpoint, boolean away, long work, boolean probe, Duration probeDelay) {
        return pool.withTransaction(connection -> connection
                .preparedQuery(MAKE)
                .execute(Tuple.of(deviceId, endpoint))
                .compose(_ -> connection.preparedQuery(LOCK).execute(Tuple.of(deviceId, endpoint)))
                .compose(rows -> {
                    // somebody else's success may have taken it away since
                    Circuit before = rows.size() == 0
                            ? Circuit.CLOSED
                            : circuit(rows.iterator().next());
                    Instant now = rows.size() == 0
                            ? Instant.now()
                            : rows.iterator().next().getOffsetDateTime("now").toInstant();
                    Circuit after = before.failed(away, work, probe, now, probeDelay);
                    return connection
                            .preparedQuery(WRITE)
                            .execute(Tuple.tuple()
                                    .addString(deviceId)
                                    .addString(endpoint)
                                    .addInteger(after.unreachable())
                                    .addArrayOfLong(after.failing().toArray(Long[]::new))
                                    .addOffsetDateTime(after.downSince()
                                            .map(since -> since.atOffset(ZoneOffset.UTC))
                                            .orElse(null))
                                    .addInteger(after.probes())
                                    .addOffsetDateTime(after.probeAt().atOffset(ZoneOffset.UTC)))
                            .map(new Noted(after, after.open() && !before.open()));
                }));
    }

    private static Circuit circuit(Row row) {
        return new Circuit(
                row.getInteger("unreachable"),
                new LinkedHashSet<>(List.of(row.getArrayOfLongs("failing"))),
                Optional.ofNullable(row.getOffsetDateTime("down_since")).map(OffsetDateTime::toInstant),
                row.getInteger("probes"),
                row.getOffsetDateTime("probe_at").toInstant());
    }

    Future<Long> open() {
        return pool.query(OPEN).execute().map(rows -> rows.iterator().next().getLong(0));
    }
}
