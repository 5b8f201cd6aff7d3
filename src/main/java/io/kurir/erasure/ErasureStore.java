package io.kurir.erasure;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Deleting from {@code message} and what hangs on it and counts it, {@code event}, {@code contact} and {@code media}. One store for several tables: what is erased
 * is one thing, and its order matters. Locks are taken as everywhere: outbox, then message.
 */
final class ErasureStore {
    /** What a portion took: rows, and the files that they named. */
    record Gone(long rows, Set<String> files) {}

    private static final String FIND = """
            select id
            from message
            where device_id = $1 and (chat = any ($2::text[]) or author = any ($2))
            limit 500
            """;

    private static final String FIND_OF_DEVICE = "select id from message where device_id = $1 limit 2000";

    private static final String WITHDRAW = "delete from outbox where message_id = any ($1::bigint[])";

    private static final String CHANGES_OF = """
            delete from message_change c
            using message m
            where m.id = any ($1::bigint[]) and c.device_id = m.device_id and c.stanza_id = m.stanza_id
            """;

    // A row that a batch or a schedule counts on stays, without anything of the person.
    private static final String BLANK = """
            with old as (
                select id, media
                from message
                where id = any ($1::bigint[]) and (batch_id is not null or schedule_id is not null)
                for update
            )
            update message m
            set phase = case when m.phase in ('scheduled', 'queued', 'sending') then 'cancelled' else m.phase end,
                failure = case when m.phase in ('scheduled', 'queued', 'sending', 'failed', 'cancelled') then 'ERASED' end,
                chat = $2, author = null, body = '', content = null, media = null, media_state = null, quoted = null,
                mentions = '{}', steps = step('erased', '')
            from old
            where m.id = old.id
            returning old.media
            """;

    private static final String DELETE = """
            delete from message where id = any ($1::bigint[]) and chat <> $2 returning media
            """;

    private static final String DELETE_OF_DEVICE = """
            delete from message where id = any ($1::bigint[]) returning media
            """;

    // First, so that nobody looks for what is left of a chat whenever a portion of it goes.
    private static final String UNCOUNT_DEVICE = "delete from chat_quarter where device_id = $1";

    private static final String CHANGES = """
            delete from message_change
            where device_id = $1 and (author = any ($2::text[]) or value::text like any ($3::text[]))
            """;

    // In what others wrote, the digits of the name go.
    private static final String MENTIONS = """
            update message m
            set mentions = (select coalesce(array_agg(x), '{}') from unnest(m.mentions) x where not (x = any ($2::text[]))),
                body = regexp_replace(m.body, $4, $5, 'g'),
                content = regexp_replace(m.content::text, $4, $5, 'g')::jsonb,
                failure = regexp_replace(m.failure, $4, $5, 'g'),
                steps = regexp_replace(m.steps::text, $4, $5, 'g')::jsonb
            where m.device_id = $1
              and (m.mentions && $2::text[] or m.body like any ($3::text[]) or m.content::text like any ($3)
                   or m.failure like any ($3) or m.steps::text like any ($3))
            """;

    // Read first, without a transaction id: a search through a large log must not hold back its readers.
    private static final String FIND_EVENTS = """
            select position from event where device_id = $1 and data::text like any ($2::text[]) limit 500
            """;

    private static final String ERASE_EVENTS = """
            update event e
            set (type, data) = (
                select case when about then 'event.erased' else e.type end,
                       case when about then '{}'::jsonb else regexp_replace(e.data::text, $3, $4, 'g')::jsonb end
                from (select coalesce(array [e.data ->> 'chat', e.data ->> 'author', e.data ->> 'from', e.data ->> 'by',
                                             e.data ->> 'contactId', e.data ->> 'groupId', e.data ->> 'lid']
                                      && $2::text[], false) as about) t)
            where e.position = any ($1::bigint[])
            """;

    private static final String FIND_EVENTS_OF_DEVICE = "select position from event where device_id = $1 limit 2000";

    private static final String DELETE_EVENTS = "delete from event where position = any ($1::bigint[])";

    private static final String CONTACTS = """
            delete from contact where device_id = $1 and (contact_id = any ($2::text[]) or lid = any ($2))
            """;

    private static final String FILES = """
            delete from media f
            where f.hash = any ($1::text[]) and not exists (select from message m where m.media = f.hash)
            returning f.hash
            """;

    private final Pool pool;

    ErasureStore(Pool pool) {
        this.pool = pool;
    }

    /** A portion of the person's messages, with what waits and what was done to them. */
    Future<Gone> messages(Person person) {
        return ids(FIND, Tuple.tuple().addString(person.deviceId()).addArrayOfString(person.nameArray()))
                .compose(this::messages);
    }

    Future<Gone> messagesOf(String deviceId) {
        return ids(FIND_OF_DEVICE, Tuple.of(deviceId)).compose(ids -> deleted(deviceId, ids));
    }

    private Future<Gone> messages(Long[] ids) {
        if (ids.length == 0) {
            return Future.succeededFuture(new Gone(0, Set.of()));
        }
        Set<String> files = new HashSet<>();
        return pool.withTransaction(connection -> run(connection, WITHDRAW, Tuple.of(ids))
                        .compose(_ -> run(connection, CHANGES_OF, Tuple.of(ids)))
                        .compose(_ -> files(connection, BLANK, Tuple.of(ids, Person.NOBODY), files))
                        .compose(_ -> files(connection, DELETE, Tuple.of(ids, Person.NOBODY), files)))
                .map(_ -> new Gone(ids.length, files));
    }

    /** Of a device that goes as a whole nothing is to be counted any more. */
    private Future<Gone> deleted(String deviceId, Long[] ids) {
        if (ids.length == 0) {
            return Future.succeededFuture(new Gone(0, Set.of()));
        }
        Set<String> files = new HashSet<>();
        return pool.withTransaction(connection -> run(connection, WITHDRAW, Tuple.of(ids))
                        .compose(_ -> run(connection, UNCOUNT_DEVICE, Tuple.of(deviceId)))
                        .compose(_ -> files(connection, DELETE_OF_DEVICE, Tuple.of(ids), files)))
                .map(_ -> new Gone(ids.length, files));
    }

    private static Future<Long> run(SqlConnection connection, String sql, Tuple arguments) {
        return connection.preparedQuery(sql).execute(arguments).map(rows -> (long) rows.rowCount());
    }

    private static Future<Void> files(SqlConnection connection, String sql, Tuple arguments, Set<String> files) {
        return connection.preparedQuery(sql).execute(arguments).map(rows -> {
            for (Row row : rows) {
                java.util.Optional.ofNullable(row.getString(0)).ifPresent(files::add);
            }
            return null;
        });
    }

    /** Reactions and votes of the person, wherever. */
    Future<Long> changes(Person person) {
        return count(CHANGES, Tuple.of(person.deviceId(), person.nameArray(), person.patterns()));
    }

    Future<Long> mentions(Person person) {
        return count(
                MENTIONS,
                Tuple.of(person.deviceId(), person.nameArray(), person.patterns(), person.expression(), Person.DIGIT));
    }

    /** A portion of the events that tell of the person. */
    Future<Long> events(Person person) {
        return ids(FIND_EVENTS, Tuple.tuple().addString(person.deviceId()).addArrayOfString(person.patterns()))
                .compose(positions -> positions.length == 0
                        ? Future.succeededFuture(0L)
                        : count(
                                ERASE_EVENTS,
                                Tuple.of(positions, person.nameArray(), person.expression(), Person.DIGIT)));
    }

    Future<Long> eventsOf(String deviceId) {
        return ids(FIND_EVENTS_OF_DEVICE, Tuple.of(deviceId))
                .compose(positions -> positions.length == 0
                        ? Future.succeededFuture(0L)
                        : count(DELETE_EVENTS, Tuple.of((Object) positions)));
    }

    Future<Long> contacts(Person person) {
        return count(CONTACTS, Tuple.tuple().addString(person.deviceId()).addArrayOfString(person.nameArray()));
    }

    /** Deletes those that no message has any more; answers which. */
    Future<List<String>> files(Collection<String> hashes) {
        if (hashes.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        return pool.preparedQuery(FILES)
                .execute(Tuple.of((Object) hashes.toArray(String[]::new)))
                .map(rows -> {
                    List<String> gone = new ArrayList<>();
                    for (Row row : rows) {
                        gone.add(row.getString(0));
                    }
                    return gone;
                });
    }

    private Future<Long[]> ids(String sql, Tuple arguments) {
        return pool.preparedQuery(sql).execute(arguments).map(rows -> {
            List<Long> ids = new ArrayList<>(rows.size());
            for (Row row : rows) {
                ids.add(row.getLong(0));
            }
            return ids.toArray(Long[]::new);
        });
    }

    private Future<Long> count(String sql, Tuple arguments) {
        return pool.preparedQuery(sql).execute(arguments).map(rows -> (long) rows.rowCount());
    }
}
