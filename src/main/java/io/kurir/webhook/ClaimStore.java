package io.kurir.webhook;

import io.kurir.Vault;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Taking what is due from table {@code webhook_delivery}: the oldest pending one of each chat, under a lease. */
final class ClaimStore {
    private static final int STEPS = 200;

    private static final String PENDING = """
            select w.id
            from webhook w
            where w.enabled
              and exists (select from webhook_delivery d where d.webhook_id = w.id and d.state = 'pending')
            """;

    private static final String CLOSED = """
            gate as (
                select from webhook where id = $1 and enabled and down_since is null
            )
            """;

    // The next probe is not before this one's lease has run out, so that there is one in the whole cluster.
    private static final String PROBE = """
            gate as (
                update webhook
                set probe_at = clock_timestamp() + make_interval(secs => timeout_ms / 1000.0 + 10)
                where id = $1 and enabled and down_since is not null and probe_at <= clock_timestamp()
                  and exists (
                      select from webhook_delivery
                      where webhook_id = $1 and state = 'pending' and (device_id, chat) > ($2, $3))
                returning 1
            )
            """;

    private static final String FREE =
            "(($6 or due_at <= statement_timestamp()) and (claimed_until is null or claimed_until <= clock_timestamp()))";

    // Goes from chat to chat by the index (device_id, chat, id) and looks at each one's first only: what a chat has
    // behind it costs nothing. It ends when it has found enough, takes at most 200 steps,
    // and goes on from there the next time.
    private static final String CLAIM = """
            with recursive %1$s, walk as (
                (select device_id, chat, id, %2$s as free, 1 as step, %2$s::int as found
                 from webhook_delivery
                 where webhook_id = $1 and state = 'pending' and (device_id, chat) > ($2, $3)
                 order by device_id, chat, id
                 limit 1)
                union all
                (select d.device_id, d.chat, d.id, %2$s, w.step + 1, w.found + %2$s::int
                 from walk w
                 cross join lateral (
                     select device_id, chat, id, due_at, claimed_until
                     from webhook_delivery
                     where webhook_id = $1 and state = 'pending' and (device_id, chat) > (w.device_id, w.chat)
                     order by device_id, chat, id
                     limit 1) d
                 where w.step < $4 and w.found < $5)
            ), head as (
                select id
                from walk
                where free and exists (select from gate)
                order by step
                limit $5
            ), locked as (
                select d.id
                from webhook_delivery d
                join head using (id)
                where d.state = 'pending' and (d.claimed_until is null or d.claimed_until <= clock_timestamp())
                for update of d skip locked
            ), claimed as (
                update webhook_delivery d
                set claimed_until = clock_timestamp() + make_interval(secs => w.timeout_ms / 1000.0 + 10),
                    claim = d.claim + 1
                from locked, webhook w
                where d.id = locked.id and w.id = $1
                returning d.*
            ), last as (
                select device_id as last_device, chat as last_chat, step, found from walk order by step desc limit 1
            )
            select w.url, w.headers, w.secret, w.previous_secret, w.previous_until, w.timeout_ms,
                   w.down_since is not null as down, last.*,
                   c.id, c.claim, c.position, c.device_id, c.seq, c.prev_seq, c.chat, coalesce(e.type, c.type) as type, c.event_at, c.attempts,
                   e.data
            from webhook w
            left join last on true
            left join claimed c on true
            left join event e on e.position = c.position and e.at = c.event_at
            where w.id = $1
            order by c.device_id, c.chat
            """;

    private static final String CLAIM_CLOSED = CLAIM.formatted(CLOSED, FREE);
    private static final String CLAIM_PROBE = CLAIM.formatted(PROBE, FREE);

    /** A place among a webhook's chats. */
    record Place(String deviceId, String chat) {
        static final Place START = new Place("", "");
    }

    /**
     * @param next where to go on; {@link Place#START} after the last chat
     * @param down whether nothing was taken because the circuit is open
     */
    record Claims(Optional<Webhook.Endpoint> endpoint, List<Delivery> deliveries, Place next, boolean down) {}

    private final Pool pool;
    private final Vault vault;

    ClaimStore(Pool pool, Vault vault) {
        this.pool = pool;
        this.vault = vault;
    }

    /** The webhooks that have something to deliver, now or later. */
    Future<List<String>> pending() {
        return pool.preparedQuery(PENDING).execute().map(rows -> {
            List<String> ids = new ArrayList<>();
            rows.forEach(row -> ids.add(row.getString(0)));
            return ids;
        });
    }

    /** At most {@code limit} that are due, of different chats. */
    Future<Claims> claim(String webhookId, Place from, int limit) {
        return claim(CLAIM_CLOSED, webhookId, from, limit, false);
    }

    /** One, of the next chat in turn, if the circuit is open and lets it through: an event that is refused for itself is not asked for ever. */
    Future<Claims> probe(String webhookId, Place from) {
        return claim(CLAIM_PROBE, webhookId, from, 1, true);
    }

    private Future<Claims> claim(String sql, String webhookId, Place from, int limit, boolean probe) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(webhookId, from.deviceId(), from.chat(), STEPS, limit, probe))
                .map(rows -> {
                    List<Delivery> deliveries = new ArrayList<>();
                    Claims claims = new Claims(Optional.empty(), deliveries, Place.START, false);
                    for (Row row : rows) {
                        if (row.getLong("id") != null) {
                            deliveries.add(delivery(row, probe));
                        }
                        claims = new Claims(
                                claims.endpoint().or(() -> Optional.of(WebhookStore.endpoint(row, webhookId, vault))),
                                deliveries,
                                next(row, limit),
                                row.getBoolean("down"));
                    }
                    return claims;
                });
    }

    private static Place next(Row row, int limit) {
        Integer step = row.getInteger("step");
        return step == null || (step < STEPS && row.getInteger("found") < limit)
                ? Place.START
                : new Place(row.getString("last_device"), row.getString("last_chat"));
    }

    private static Delivery delivery(Row row, boolean probe) {
        return new Delivery(
                row.getLong("id"),
                row.getInteger("claim"),
                row.getLong("position"),
                row.getString("device_id"),
                row.getLong("seq"),
                Optional.ofNullable(row.getLong("prev_seq")),
                row.getString("chat"),
                row.getString("type"),
                row.getOffsetDateTime("event_at").toInstant(),
                Optional.ofNullable(row.getJsonObject("data")),
                row.getInteger("attempts"),
                probe);
    }
}
