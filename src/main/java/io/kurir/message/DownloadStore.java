package io.kurir.message;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The table {@code download}: files of incoming messages that are still to be brought here. Statements carry the session's epoch and change
 * nothing once the lease has a higher one.
 */
final class DownloadStore {

    /** One file to bring; {@code attempt}s were made, and the next is due in {@code wait}. */
    record Wanted(long messageId, int attempt, Jid chat, String stanzaId, Duration in) {}

    private static final String NEXT = """
            select d.message_id, d.attempt, m.chat, m.stanza_id,
                   greatest(0, ceil(extract(epoch from d.due_at - clock_timestamp()) * 1000))::bigint
            from download d
            join message m on m.id = d.message_id
            where d.device_id = $1
            order by d.due_at
            limit $2
            """;

    private static final String AGAIN = """
            update download
            set attempt = attempt + 1, due_at = clock_timestamp() + $4 * interval '1 millisecond'
            where device_id = $1 and message_id = $3 and exists (select from lease where device_id = $1 and epoch = $2)
            """;

    /** Nothing more is to be done for the message {@code $3}. */
    private static final String DONE = """
            done as (
                delete from download
                where device_id = $1 and message_id = $3 and exists (select from lease where device_id = $1 and epoch = $2)
                returning message_id
            )""";

    /** What became of the file is an event. */
    private static final String TOLD = """
            happened as (
                select id as ord, 'message.media' as type, jsonb_build_object(
                    'id', id, 'messageId', stanza_id, 'chat', chat, 'mediaState', media_state) || content as data
                from changed
            ), %s
            select count(*) from changed
            """.formatted(APPEND);

    private static final String STORED = """
            with %s, changed as (
                update message m
                set media = $4, media_state = 'stored', steps = m.steps || step('media', ''),
                    content = jsonb_set(m.content, '{media}', m.content -> 'media'
                        || jsonb_build_object('mimetype', $5::text, 'size', $6::bigint))
                from done
                where m.id = done.message_id
                returning m.id, m.stanza_id, m.chat, m.content, m.media_state
            ), %s
            """.formatted(DONE, TOLD);

    private static final String GONE = """
            with %s, changed as (
                update message m
                set media_state = 'gone', steps = m.steps || step('media', $4)
                from done
                where m.id = done.message_id
                returning m.id, m.stanza_id, m.chat, m.content, m.media_state
            ), %s
            """.formatted(DONE, TOLD);

    private final Pool pool;

    DownloadStore(Pool pool) {
        this.pool = pool;
    }

    /** Those that are due first. */
    Future<List<Wanted>> next(String deviceId, int limit) {
        return pool.preparedQuery(NEXT).execute(Tuple.of(deviceId, limit)).map(rows -> {
            List<Wanted> wanted = new ArrayList<>();
            for (Row row : rows) {
                wanted.add(new Wanted(
                        row.getLong(0),
                        row.getInteger(1),
                        Jid.parse(row.getString(2)),
                        row.getString(3),
                        Duration.ofMillis(row.getLong(4))));
            }
            return wanted;
        });
    }

    Future<Void> again(String deviceId, long epoch, long messageId, Duration in) {
        return pool.preparedQuery(AGAIN)
                .execute(Tuple.of(deviceId, epoch, messageId, (double) in.toMillis()))
                .mapEmpty();
    }

    /** Answers whether it changed anything; {@code size} in bytes. */
    Future<Boolean> stored(String deviceId, long epoch, long messageId, String hash, String mimetype, long size) {
        return pool.preparedQuery(STORED)
                .execute(Tuple.of(deviceId, epoch, messageId, hash, mimetype, size))
                .map(rows -> rows.iterator().next().getLong(0) == 1);
    }

    Future<Boolean> gone(String deviceId, long epoch, long messageId, String why) {
        return pool.preparedQuery(GONE)
                .execute(Tuple.of(deviceId, epoch, messageId, why))
                .map(rows -> rows.iterator().next().getLong(0) == 1);
    }
}
