package io.kurir.message;

import io.kurir.agent.Runs;
import io.kurir.suppression.Suppression;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.Map;

/** Chat and author of the table {@code message}, author of {@code message_change}. */
final class ChatNamesStore {
    // One update of chat and author: two parts of a statement may not change the same row. Who reacted or voted under
    // both names did so once, and
    // the later word holds; a LID that has a number by now is written under it, so its row goes.
    private static final String RENAME = """
            with known as (
                select * from unnest($2::text[], $3::text[]) as t(lid, phone)
            ), %s, %s, hidden as (
                delete from message_change c
                where c.device_id = $1 and c.author = any ($2) and c.author like '%%@lid'
                returning c.stanza_id, c.kind, c.author, c.at, c.value
            ), shown as (
                insert into message_change as c (device_id, stanza_id, kind, author, at, value)
                select distinct on (h.stanza_id, h.kind, k.phone)
                       $1, h.stanza_id, h.kind, k.phone, h.at, h.value || jsonb_build_object('from', k.phone)
                from hidden h
                join known k on k.lid = h.author
                order by h.stanza_id, h.kind, k.phone, h.at desc
                on conflict (device_id, stanza_id, kind, author) do update set at = excluded.at, value = excluded.value
                    where c.at < excluded.at
            )
            update message m
            set chat = coalesce((select phone from known where lid = m.chat), m.chat),
                author = coalesce((select phone from known where lid = m.author), m.author)
            where m.device_id = $1
              and (m.chat = any ($2) or (m.author = any ($2) and m.author like '%%@lid'))
            """.formatted(Suppression.RENAMED, Runs.RENAMED);

    private final Pool pool;

    ChatNamesStore(Pool pool) {
        this.pool = pool;
    }

    Future<Integer> rename(String deviceId, Map<String, String> numbers) {
        return pool.preparedQuery(RENAME)
                .execute(Tuple.of(
                        deviceId,
                        numbers.keySet().toArray(String[]::new),
                        numbers.values().toArray(String[]::new)))
                .map(SqlResult::rowCount);
    }
}
