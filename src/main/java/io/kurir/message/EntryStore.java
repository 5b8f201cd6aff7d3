package io.kurir.message;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.message.OutboxWriter.Entry;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The statements of {@link OutboxWriter}. */
final class EntryStore {
    private static final String INPUT = """
            with input as (
                select *
                from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                            $10::boolean[], $11::smallint[], $12::integer[], $13::bigint[], $14::integer[], $15::bigint[],
                            $16::text[], $17::text[])
                    with ordinality
                        as t(device_id, stanza_id, chat, type, body, content, media, quoted, mentions, typing, lane, max_attempts,
                             batch_id, batch_item, schedule_id, note, refused, ord)
            ), accepted as (
                insert into message (device_id, stanza_id, outgoing, chat, type, body, content, media, quoted, mentions, typing,
                                     max_attempts, batch_id, batch_item, schedule_id, phase, failure, steps)
                select device_id, stanza_id, true, chat, type, body, content::jsonb, media, quoted, string_to_array(mentions, ' '),
                       typing, max_attempts, batch_id, case when batch_id is not null then batch_item end, schedule_id,
                       case when refused is null then '%s' else 'failed' end, refused,
                       step('accepted', note) || case when refused is null then '[]'::jsonb else step('failed', refused) end
                from input
                order by ord
                on conflict (device_id, stanza_id) do nothing
                returning id, device_id, stanza_id, chat, batch_id, failure
            )
            """;

    private static final String PUT = INPUT.formatted("queued") + """
            , lanes as (
                -- looked up in: for lack of an estimate of the arrays' length a join would compare each with each
                select jsonb_object_agg(stanza_id, lane) as by_id from input
            ), queued as (
                insert into outbox (message_id, device_id, chat, lane, state, due_at, batch_id)
                select a.id, a.device_id, a.chat, (l.by_id ->> a.stanza_id)::smallint, 'ready', clock_timestamp(), a.batch_id
                from accepted a
                cross join lanes l
                where a.failure is null
                order by a.id
            )
            select id from accepted where failure is null
            """;

    private static final String HOLD = INPUT.formatted("scheduled") + """
            select m.id
            from input i
            join (select id, device_id, stanza_id from accepted
                  union all
                  select m.id, m.device_id, m.stanza_id
                  from message m join input on m.device_id = input.device_id and m.stanza_id = input.stanza_id) m
                on m.device_id = i.device_id and m.stanza_id = i.stanza_id
            order by i.ord
            """;

    private static final String RELEASE = """
            with released as (
                update message
                set phase = 'queued', steps = steps || step('due', $3)
                where id = any ($1) and phase = 'scheduled'
                returning id, device_id, chat, batch_id
            )
            insert into outbox (message_id, device_id, chat, lane, state, due_at, batch_id)
            select id, device_id, chat, $2, 'ready', clock_timestamp(), batch_id from released order by id
            """;

    private static final String WITHDRAW = """
            update message
            set phase = 'cancelled', failure = $2, steps = steps || step('cancelled', $2)
            where id = any ($1) and phase = 'scheduled'
            """;

    private static final String REWRITE = """
            update message set body = $2, content = $3::jsonb where id = $1 and phase = 'scheduled'
            """;

    private static final String LATE = """
            update message m
            set steps = m.steps || step('late', i.detail)
            from unnest($1::text[], $2::text[], $3::text[]) as i(device_id, stanza_id, detail)
            where m.device_id = i.device_id and m.stanza_id = i.stanza_id
            """;

    private static final String FAIL = """
            with changed as (
                update message
                set phase = 'failed', failure = $3, steps = steps || step('failed', $3)
                where device_id = $1 and id = any ($2::bigint[]) and phase = 'scheduled'
                returning id, stanza_id, chat, phase, ack, failure
            ), happened as (
                select id as ord, 'message.status' as type, jsonb_build_object(
                    'id', id, 'messageId', stanza_id, 'chat', chat, 'status', 'failed', 'state', phase, 'ack', ack,
                    'failure', failure) as data
                from changed
            ), %s
            select id from changed
            """.formatted(APPEND);

    private EntryStore() {}

    static Future<Integer> put(SqlClient transaction, List<Entry> entries) {
        return transaction.preparedQuery(PUT).execute(tuple(entries)).map(rows -> rows.size());
    }

    static Future<List<Long>> hold(SqlClient transaction, List<Entry> entries) {
        return transaction.preparedQuery(HOLD).execute(tuple(entries)).map(rows -> {
            List<Long> ids = new ArrayList<>();
            rows.forEach(row -> ids.add(row.getLong(0)));
            return ids;
        });
    }

    static Future<Integer> release(SqlClient transaction, Collection<Long> messages, Lane lane, String note) {
        return transaction
                .preparedQuery(RELEASE)
                .execute(Tuple.of(messages.toArray(Long[]::new), lane.number(), note))
                .map(rows -> rows.rowCount());
    }

    static Future<Integer> withdraw(SqlClient transaction, Collection<Long> messages, String reason) {
        return transaction
                .preparedQuery(WITHDRAW)
                .execute(Tuple.of(messages.toArray(Long[]::new), reason))
                .map(rows -> rows.rowCount());
    }

    static Future<Void> rewrite(SqlClient transaction, long message, Content content) {
        return transaction
                .preparedQuery(REWRITE)
                .execute(Tuple.tuple()
                        .addLong(message)
                        .addString(content.words())
                        .addJsonObject(Contents.json(content).orElse(null)))
                .mapEmpty();
    }

    static Future<Void> late(SqlClient transaction, List<OutboxWriter.Late> messages) {
        return transaction
                .preparedQuery(LATE)
                .execute(Tuple.of(
                        messages.stream().map(OutboxWriter.Late::deviceId).toArray(String[]::new),
                        messages.stream().map(OutboxWriter.Late::stanzaId).toArray(String[]::new),
                        messages.stream().map(OutboxWriter.Late::by).toArray(String[]::new)))
                .mapEmpty();
    }

    static Future<Integer> fail(SqlClient transaction, String deviceId, Collection<Long> messages, String reason) {
        return transaction
                .preparedQuery(FAIL)
                .execute(Tuple.of(deviceId, messages.toArray(Long[]::new), reason))
                .map(rows -> rows.rowCount());
    }

    private static Tuple tuple(List<Entry> entries) {
        return Tuple.tuple()
                .addArrayOfString(texts(entries, Entry::deviceId))
                .addArrayOfString(texts(entries, Entry::stanzaId))
                .addArrayOfString(texts(entries, entry -> entry.chat().toString()))
                .addArrayOfString(texts(entries, entry -> Contents.type(entry.content())))
                .addArrayOfString(texts(entries, entry -> entry.content().words()))
                .addArrayOfString(
                        maybe(entries, entry -> Contents.json(entry.content()).map(JsonObject::encode)))
                .addArrayOfString(maybe(entries, Entry::media))
                .addArrayOfString(maybe(entries, Entry::quoted))
                .addArrayOfString(texts(
                        entries,
                        entry -> String.join(
                                " ",
                                entry.mentions().stream().map(Jid::toString).toList())))
                .addArrayOfBoolean(entries.stream().map(Entry::typing).toArray(Boolean[]::new))
                .addArrayOfShort(
                        entries.stream().map(entry -> entry.lane().number()).toArray(Short[]::new))
                .addArrayOfInteger(entries.stream()
                        .map(entry -> entry.maxAttempts().orElse(null))
                        .toArray(Integer[]::new))
                .addArrayOfLong(entries.stream()
                        .map(entry -> entry.batch().orElse(null))
                        .toArray(Long[]::new))
                .addArrayOfInteger(entries.stream().map(Entry::item).toArray(Integer[]::new))
                .addArrayOfLong(entries.stream()
                        .map(entry -> entry.schedule().orElse(null))
                        .toArray(Long[]::new))
                .addArrayOfString(texts(entries, Entry::note))
                .addArrayOfString(maybe(entries, Entry::refused));
    }

    private static String[] texts(List<Entry> entries, Function<Entry, String> what) {
        return entries.stream().map(what).toArray(String[]::new);
    }

    private static String[] maybe(List<Entry> entries, Function<Entry, Optional<String>> what) {
        return entries.stream().map(entry -> what.apply(entry).orElse(null)).toArray(String[]::new);
    }
}
