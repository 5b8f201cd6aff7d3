package io.kurir.webhook;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.Settings;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Writing down what came of a call, in tables {@code webhook_delivery} and {@code webhook}. Lock order: webhook, delivery, event counter. */
final class SettleStore {
    // The common case is one statement that does not touch the webhook's row.
    private static final String DELIVERED = """
            with done as (
                update webhook_delivery
                set state = 'delivered', attempts = attempts + 1, status = $3, latency_ms = $4, reply = $5, error = null,
                    claimed_until = null, settled_at = clock_timestamp()
                where id = $1 and claim = $2 and state = 'pending'
                returning 1
            )
            select exists (select from done),
                   exists (select from webhook where id = $6 and (unreachable > 0 or failing <> '{}' or down_since is not null))
            """;

    private static final String LOCK = """
            select enabled, unreachable, failing, down_since, probes, probe_at, clock_timestamp() as now
            from webhook
            where id = $1
            for update
            """;

    private static final String FAILED = """
            update webhook_delivery
            set state = $3, attempts = attempts + $4, due_at = coalesce($5, clock_timestamp()), status = $6, latency_ms = $7,
                reply = $8, error = $9, claimed_until = null,
                settled_at = case when $3 = 'pending' then null else clock_timestamp() end
            where id = $1 and claim = $2 and state = 'pending'
            """;

    private static final String CIRCUIT = """
            update webhook
            set unreachable = $2, failing = $3, down_since = $4, probes = $5, probe_at = $6, down_reason = $7,
                enabled = enabled and not $8,
                disabled_reason = case when $8 and enabled then $7 else disabled_reason end
            where id = $1
            """;

    // An event belongs to a device: the one of the delivery if it is the owner's, else any of theirs, so that what an
    // admin
    // subscribes to is not told to others. An admin without a device gets it among the events of the delivery's.
    private static final String NOTED_FOR = """
            select d.device_id
            from device d
            join webhook w on w.id = $2
            where d.owner_id = w.owner_id or d.device_id = $1
            order by d.owner_id = w.owner_id desc, d.device_id = $1 desc, d.created_at
            limit 1
            """;

    private static final String NOTICE = """
            with happened as (
                select 1 as ord, $2::text as type, $3::jsonb as data
            ), %s
            select $1::text
            """.formatted(APPEND);

    private static final String EXPIRED = """
            update webhook_delivery
            set state = 'expired', error = $3, claimed_until = null, settled_at = clock_timestamp()
            where id = $1 and claim = $2 and state = 'pending'
            """;

    /** An event that was written, and whose readers are to be told. */
    record Noticed(Judgement.Notice notice, String deviceId) {}

    record Settled(Outcome outcome, Optional<Noticed> noticed) {}

    private final Pool pool;
    private final Settings.Webhook settings;

    SettleStore(Pool pool, Settings.Webhook settings) {
        this.pool = pool;
        this.settings = settings;
    }

    /** Changes nothing when the claim was lost meanwhile. */
    Future<Settled> settle(String webhookId, Webhook.Endpoint endpoint, Delivery delivery, Reply reply) {
        return reply.taken()
                ? taken(webhookId, endpoint, delivery, reply)
                : judge(webhookId, endpoint, delivery, reply);
    }

    private Future<Settled> taken(String webhookId, Webhook.Endpoint endpoint, Delivery delivery, Reply reply) {
        Tuple arguments = Tuple.of(delivery.id(), delivery.claim());
        return pool.preparedQuery(DELIVERED)
                .execute(add(arguments, reply).addString(webhookId))
                .compose(rows -> rows.iterator().next().getBoolean(1)
                        ? judge(webhookId, endpoint, delivery, reply)
                        : Future.succeededFuture(new Settled(new Outcome.Done(), Optional.empty())));
    }

    /** The whole of it, under the webhook's lock. */
    private Future<Settled> judge(String webhookId, Webhook.Endpoint endpoint, Delivery delivery, Reply reply) {
        return pool.withTransaction(connection -> connection
                .preparedQuery(LOCK)
                .execute(Tuple.of(webhookId))
                .compose(rows -> {
                    if (rows.size() == 0) { // deleted meanwhile
                        return Future.succeededFuture(new Settled(new Outcome.Snooze(), Optional.empty()));
                    }
                    Row row = rows.iterator().next();
                    Instant now = row.getOffsetDateTime("now").toInstant();
                    Judgement judgement = Judgement.of(delivery, reply, WebhookStore.circuit(row), now, settings);
                    return write(connection, webhookId, endpoint, delivery, reply, judgement)
                            .map(noticed -> new Settled(judgement.outcome(), noticed));
                }));
    }

    private static Future<Optional<Noticed>> write(
            SqlClient connection,
            String webhookId,
            Webhook.Endpoint endpoint,
            Delivery delivery,
            Reply reply,
            Judgement judgement) {
        boolean disables =
                judgement.notice().filter(Judgement.Notice.DISABLED::equals).isPresent();
        String why = judgement.circuit().open() ? reply.error().orElse("") : "";
        return failed(connection, delivery, reply, judgement.outcome())
                .compose(_ -> connection
                        .preparedQuery(CIRCUIT)
                        .execute(WebhookStore.add(Tuple.of(webhookId), judgement.circuit())
                                .addString(why)
                                .addBoolean(disables)))
                .compose(_ -> judgement
                        .notice()
                        .map(notice -> notice(connection, webhookId, endpoint, delivery, notice, why))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    private static Future<?> failed(SqlClient connection, Delivery delivery, Reply reply, Outcome outcome) {
        Tuple arguments = Tuple.of(delivery.id(), delivery.claim());
        return switch (outcome) {
            case Outcome.Done _ -> Future.succeededFuture(); // written already
            case Outcome.Retry retry ->
                failed(connection, arguments.addString("pending").addInteger(1), Optional.of(retry.at()), reply);
            case Outcome.Snooze _ ->
                failed(connection, arguments.addString("pending").addInteger(0), Optional.empty(), reply);
            case Outcome.GiveUp up ->
                failed(connection, arguments.addString(up.state()).addInteger(1), Optional.empty(), reply);
        };
    }

    private static Future<?> failed(SqlClient connection, Tuple arguments, Optional<Instant> due, Reply reply) {
        OffsetDateTime at =
                due.map(instant -> instant.atOffset(java.time.ZoneOffset.UTC)).orElse(null);
        return connection
                .preparedQuery(FAILED)
                .execute(add(arguments.addOffsetDateTime(at), reply)
                        .addString(reply.error().orElse("")));
    }

    private static Tuple add(Tuple arguments, Reply reply) {
        return arguments
                .addInteger(reply.code().orElse(null))
                .addInteger(Math.toIntExact(
                        Math.min(Integer.MAX_VALUE, reply.latency().toMillis())))
                .addString(reply.body().orElse(null));
    }

    private static Future<Optional<Noticed>> notice(
            SqlClient connection,
            String webhookId,
            Webhook.Endpoint endpoint,
            Delivery delivery,
            Judgement.Notice notice,
            String why) {
        // host alone: path and query may be what keeps strangers out
        JsonObject data = new JsonObject()
                .put("webhookId", webhookId)
                .put("host", URI.create(endpoint.url()).getHost());
        if (notice != Judgement.Notice.UP) {
            data.put("reason", why);
        }
        return connection
                .preparedQuery(NOTED_FOR)
                .execute(Tuple.of(delivery.deviceId(), webhookId))
                .compose(rows -> {
                    if (rows.size() == 0) { // its device is gone, and there is no other
                        return Future.succeededFuture(Optional.empty());
                    }
                    String deviceId = rows.iterator().next().getString(0);
                    return connection
                            .preparedQuery(NOTICE)
                            .execute(Tuple.of(deviceId, notice.type, data))
                            .map(Optional.of(new Noticed(notice, deviceId)));
                });
    }

    /** The event is no longer kept, or what else makes a call pointless. */
    Future<Settled> expire(Delivery delivery, String why) {
        return pool.preparedQuery(EXPIRED)
                .execute(Tuple.of(delivery.id(), delivery.claim(), why))
                .map(new Settled(new Outcome.GiveUp("expired"), Optional.empty()));
    }
}
