package io.kurir.webhook;

import io.kurir.Vault;
import io.kurir.access.Reach;
import io.kurir.outbound.Circuit;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Table {@code webhook}. Secrets and headers are sealed for the webhook's id. */
final class WebhookStore {
    private static final String CREATE = """
            insert into webhook (id, owner_id, device_id, all_owners, url, events, headers, secret, timeout_ms, enabled, position)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, event_horizon() - 1)
            on conflict (id) do nothing
            """;

    private static final String REACHABLE = """
            ($1::bigint is null or w.owner_id = $1) and ($2::text[] is null or w.device_id = any ($2))
            """;

    private static final String GET = """
            select w.*
            from webhook w
            where %s and w.id = $3
            """.formatted(REACHABLE);

    private static final String LIST = """
            select w.*, count(*) over () as total
            from webhook w
            where %s and ($3::text is null or w.device_id = $3)
            order by w.created_at desc, w.id
            limit $4 offset $5
            """.formatted(REACHABLE);

    // What is told while it is disabled is not kept for it; enabled again it begins with what comes, and its circuit
    // anew.
    private static final String UPDATE = """
            update webhook
            set url = $2, events = $3, headers = $4, timeout_ms = $5, enabled = $6,
                position = case when $6 and not enabled then greatest(position, event_horizon() - 1) else position end,
                disabled_reason = case when $6 <> enabled then '' else disabled_reason end,
                unreachable = case when $7 then 0 else unreachable end,
                failing = case when $7 then '{}' else failing end,
                down_since = case when $7 then null else down_since end,
                down_reason = case when $7 then '' else down_reason end,
                probes = case when $7 then 0 else probes end,
                probe_at = case when $7 then null else probe_at end,
                updated_at = clock_timestamp()
            where id = $1
            """;

    private static final String ROTATE = """
            update webhook
            set previous_secret = secret, previous_until = clock_timestamp() + make_interval(secs => $3), secret = $2,
                updated_at = clock_timestamp()
            where id = $1
            """;

    private static final String DISABLE = "update webhook set enabled = false where id = $1";
    private static final String DELETE_DELIVERIES = """
            delete from webhook_delivery
            where id in (select id from webhook_delivery where webhook_id = $1 and position >= 0 limit 10000)
            """;
    private static final String DELETE = "delete from webhook where id = $1";

    private final Pool pool;
    private final Vault vault;

    WebhookStore(Pool pool, Vault vault) {
        this.pool = pool;
        this.vault = vault;
    }

    /** False when the id is there already. */
    Future<Boolean> create(Webhook webhook) {
        return pool.preparedQuery(CREATE)
                .execute(Tuple.tuple()
                        .addString(webhook.id())
                        .addLong(webhook.ownerId())
                        .addString(webhook.deviceId().orElse(null))
                        .addBoolean(webhook.allOwners())
                        .addString(webhook.endpoint().url())
                        .addArrayOfString(webhook.events().toArray(String[]::new))
                        .addString(seal(webhook.id(), webhook.endpoint().headers()))
                        .addString(vault.seal(
                                context(webhook.id()), webhook.endpoint().secret()))
                        .addInteger(Math.toIntExact(webhook.endpoint().timeout().toMillis()))
                        .addBoolean(webhook.enabled()))
                .map(rows -> rows.rowCount() == 1);
    }

    /** Also empty when it is beyond the reach. */
    Future<Optional<Webhook>> get(Reach reach, String id) {
        return pool.preparedQuery(GET)
                .execute(reaching(reach).addString(id))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(webhook(rows.iterator().next(), vault)));
    }

    Future<Webhooks.Listing> list(Reach reach, Optional<String> deviceId, int page, int pageSize) {
        Tuple arguments = reaching(reach)
                .addString(deviceId.orElse(null))
                .addInteger(pageSize)
                .addInteger((page - 1) * pageSize);
        return pool.preparedQuery(LIST).execute(arguments).map(rows -> {
            List<Webhook> webhooks = new ArrayList<>();
            long total = 0;
            for (Row row : rows) {
                webhooks.add(webhook(row, vault));
                total = row.getLong("total");
            }
            return new Webhooks.Listing(webhooks, total);
        });
    }

    private static Tuple reaching(Reach reach) {
        return Tuple.tuple()
                .addLong(reach.owner().orElse(null))
                .addArrayOfString(reach.deviceArray().orElse(null));
    }

    /** {@code anew}: what was held against its endpoint is forgotten. */
    Future<Void> update(Webhook webhook, boolean anew) {
        return pool.preparedQuery(UPDATE)
                .execute(Tuple.tuple()
                        .addString(webhook.id())
                        .addString(webhook.endpoint().url())
                        .addArrayOfString(webhook.events().toArray(String[]::new))
                        .addString(seal(webhook.id(), webhook.endpoint().headers()))
                        .addInteger(Math.toIntExact(webhook.endpoint().timeout().toMillis()))
                        .addBoolean(webhook.enabled())
                        .addBoolean(anew))
                .mapEmpty();
    }

    Future<Void> rotate(String id, String secret, Duration overlap) {
        return pool.preparedQuery(ROTATE)
                .execute(Tuple.of(id, vault.seal(context(id), secret), (double) overlap.toSeconds()))
                .mapEmpty();
    }

    /** In portions: a webhook may have a million deliveries. */
    Future<Void> delete(String id) {
        return pool.preparedQuery(DISABLE)
                .execute(Tuple.of(id))
                .compose(_ -> empty(id))
                .compose(_ -> pool.preparedQuery(DELETE).execute(Tuple.of(id)))
                .mapEmpty();
    }

    private Future<Void> empty(String id) {
        return pool.preparedQuery(DELETE_DELIVERIES)
                .execute(Tuple.of(id))
                .compose(rows -> rows.rowCount() == 0 ? Future.succeededFuture() : empty(id));
    }

    private String seal(String id, Map<String, String> headers) {
        JsonObject json = new JsonObject();
        headers.forEach(json::put);
        return vault.seal(context(id), json.encode());
    }

    private static String context(String id) {
        return "webhook/" + id;
    }

    static Webhook webhook(Row row, Vault vault) {
        return new Webhook(
                row.getString("id"),
                row.getLong("owner_id"),
                Optional.ofNullable(row.getString("device_id")),
                row.getBoolean("all_owners"),
                List.of(row.getArrayOfStrings("events")),
                endpoint(row, row.getString("id"), vault),
                row.getBoolean("enabled"),
                circuit(row),
                row.getString("down_reason"),
                row.getString("disabled_reason"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant());
    }

    static Webhook.Endpoint endpoint(Row row, String id, Vault vault) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        new JsonObject(vault.open(context(id), row.getString("headers")))
                .forEach(header -> headers.put(header.getKey(), String.valueOf(header.getValue())));
        Optional<Instant> until = Optional.ofNullable(row.getOffsetDateTime("previous_until"))
                .map(OffsetDateTime::toInstant)
                .filter(end -> end.isAfter(Instant.now()));
        return new Webhook.Endpoint(
                row.getString("url"),
                headers,
                vault.open(context(id), row.getString("secret")),
                until.map(_ -> vault.open(context(id), row.getString("previous_secret"))),
                until,
                Duration.ofMillis(row.getInteger("timeout_ms")));
    }

    static Circuit circuit(Row row) {
        return new Circuit(
                row.getInteger("unreachable"),
                new LinkedHashSet<>(List.of(row.getArrayOfLongs("failing"))),
                Optional.ofNullable(row.getOffsetDateTime("down_since")).map(OffsetDateTime::toInstant),
                row.getInteger("probes"),
                Optional.ofNullable(row.getOffsetDateTime("probe_at"))
                        .map(OffsetDateTime::toInstant)
                        .orElse(Instant.EPOCH));
    }

    static Tuple add(Tuple arguments, Circuit circuit) {
        return arguments
                .addInteger(circuit.unreachable())
                .addArrayOfLong(circuit.failing().toArray(Long[]::new))
                .addOffsetDateTime(circuit.downSince()
                        .map(since -> since.atOffset(ZoneOffset.UTC))
                        .orElse(null))
                .addInteger(circuit.probes())
                .addOffsetDateTime(circuit.probeAt().atOffset(ZoneOffset.UTC));
    }
}
