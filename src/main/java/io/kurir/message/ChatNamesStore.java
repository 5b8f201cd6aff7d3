package io.kurir.message;

import io.kurir.suppression.Suppression;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.Map;

/** Chat and author of the table {@code message}. */
final class ChatNamesStore {
    // One update of both: two parts of a statement may not change the same row.
    private static final String RENAME = """
            with known as (
                select * from unnest($2::text[], $3::text[]) as t(lid, phone)
            ), %s
            update message m
            set chat = coalesce((select phone from known where lid = m.chat), m.chat),
                author = coalesce((select phone from known where lid = m.author), m.author)
            where m.device_id = $1
              and (m.chat = any ($2) or (m.author = any ($2) and m.author like '%%@lid'))
            """.formatted(Suppression.RENAMED);

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
