package io.kurir.webhook;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * From the event log to tables {@code webhook_delivery} and {@code webhook_seq}. The deliveries of a portion of the log and the webhook's place
 * in it are one transaction under the webhook's lock, so that no event is skipped or doubled, whatever dies.
 */
final class FanOutStore {
    private static final String BEHIND = """
            select w.id
            from webhook w
            join app_user u on u.id = w.owner_id and u.active
            where w.enabled
              and exists (select from event e where e.position > w.position and e.position < event_horizon())
            """;

    private static final String LOCK = """
            select id
            from webhook
            where id = any ($1) and enabled
            order by id
            for update skip locked
            """;

    // A statement of its own after the lock: its snapshot must know what the holder of the lock before us did. Within a
    // device the order is that of seq, which is the order of commits; positions are that of transactions' beginnings.
    private static final String FAN_OUT = """
            with mine as (
                select w.*, u.role = 'admin' as admin
                from webhook w
                join app_user u on u.id = w.owner_id
                where w.id = any ($1)
            ), page as (
                select w.id as webhook_id, e.*
                from mine w
                cross join lateral (
                    select position, device_id, owner_id, seq, type, at,
                           coalesce(data ->> 'chat', data ->> 'groupId', '') as chat, data ->> 'webhookId' as about
                    from event
                    where position > w.position and position < event_horizon()
                    order by position
                    limit $2) e
            ), wanted as (
                select p.*, lag(p.seq) over (partition by p.webhook_id, p.device_id order by p.seq) as before
                from page p
                join mine w on w.id = p.webhook_id
                where (p.owner_id = w.owner_id or (w.all_owners and w.admin))
                  and (w.device_id is null or w.device_id = p.device_id)
                  and (cardinality(w.events) = 0 or p.type = any (w.events))
                  and not (p.type like 'webhook.%' and p.about = w.id) -- of its own troubles it cannot be told
            ), added as (
                insert into webhook_delivery (webhook_id, position, event_at, device_id, seq, prev_seq, chat, type)
                select x.webhook_id, x.position, x.at, x.device_id, x.seq, coalesce(x.before, s.seq), x.chat, x.type
                from wanted x
                left join webhook_seq s on s.webhook_id = x.webhook_id and s.device_id = x.device_id
                order by x.webhook_id, x.device_id, x.seq
            ), noted as (
                insert into webhook_seq as s (webhook_id, device_id, seq)
                select webhook_id, device_id, max(seq)
                from wanted
                group by webhook_id, device_id
                on conflict (webhook_id, device_id) do update set seq = excluded.seq
            ), moved as (
                update webhook w
                set position = p.last
                from (select webhook_id, max(position) as last from page group by webhook_id) p
                where w.id = p.webhook_id
            )
            select p.webhook_id, count(*) as read, (select count(*) from wanted x where x.webhook_id = p.webhook_id) as added
            from page p
            group by p.webhook_id
            """;

    /** What one webhook got of a portion of {@code read} events. */
    record Portion(String webhookId, long read, long added) {}

    private final Pool pool;

    FanOutStore(Pool pool) {
        this.pool = pool;
    }

    /** The webhooks that have not seen all of the log. */
    Future<List<String>> behind() {
        return pool.preparedQuery(BEHIND).execute().map(FanOutStore::ids);
    }

    /** Those that another node holds are left out. */
    Future<List<Portion>> fanOut(List<String> webhooks, int limit) {
        return pool.withTransaction(connection -> lock(connection, webhooks)
                .compose(held -> held.isEmpty()
                        ? Future.succeededFuture(List.of())
                        : connection
                                .preparedQuery(FAN_OUT)
                                .execute(Tuple.of(held.toArray(String[]::new), limit))
                                .map(rows -> {
                                    List<Portion> portions = new ArrayList<>();
                                    for (Row row : rows) {
                                        portions.add(new Portion(row.getString(0), row.getLong(1), row.getLong(2)));
                                    }
                                    return portions;
                                })));
    }

    private static Future<List<String>> lock(SqlClient connection, List<String> webhooks) {
        return connection
                .preparedQuery(LOCK)
                .execute(Tuple.of(webhooks.toArray(String[]::new)))
                .map(FanOutStore::ids);
    }

    private static List<String> ids(Iterable<Row> rows) {
        List<String> ids = new ArrayList<>();
        rows.forEach(row -> ids.add(row.getString(0)));
        return ids;
    }
}
