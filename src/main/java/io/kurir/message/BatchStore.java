package io.kurir.message;

import io.kurir.access.Reach;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The table {@code batch}, and the messages that its items are. */
final class BatchStore {

    /** One statement, so one transaction: the batch and all its items, or nothing. */
    private static final String ACCEPT = """
            with made as (
                insert into batch (job_id, device_id, kind, total, delay_ms)
                select $2, d.device_id, $3, cardinality($6::text[]), $4
                from device d
                where d.device_id = $1 and d.state = 'connected' and ($5::bigint is null or d.owner_id = $5)
                returning id
            ), input as (
                select *
                from unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                            $14::boolean[], $15::bigint[])
                    with ordinality
                        as t(stanza_id, chat, type, body, content, media, quoted, mentions, typing, wait_ms, ord)
            ), accepted as (
                insert into message (device_id, stanza_id, outgoing, chat, type, body, content, media, quoted, mentions, typing,
                                     phase, steps, batch_id, batch_item)
                select $1, i.stanza_id, true, i.chat, i.type, i.body, i.content::jsonb, i.media, i.quoted,
                       string_to_array(i.mentions, ' '), i.typing, 'queued', step('accepted', ''), made.id, i.ord - 1
                from input i cross join made
                order by i.ord
                returning id, stanza_id, chat
            ), queued as (
                insert into outbox (message_id, device_id, chat, lane, state, due_at)
                select a.id, $1, a.chat, $16, 'waiting', clock_timestamp() + i.wait_ms * interval '1 millisecond'
                from accepted a
                join input i on i.stanza_id = a.stanza_id
                order by a.id
            )
            select stanza_id from accepted
            """;

    private static final String GET = """
            select b.job_id, b.device_id, b.kind, b.total, b.created_at,
                   count(*) filter (where m.ack > 0),
                   count(*) filter (where m.ack = 0 and m.phase in ('failed', 'cancelled')),
                   count(*) filter (where m.attempts > 0)
            from batch b
            join device d on d.device_id = b.device_id
            join message m on m.batch_id = b.id
            where b.job_id = $1
              and ($2::bigint is null or d.owner_id = $2)
              and ($3::text is null or b.device_id = $3)
            group by b.id
            """;

    private static final String ITEMS = """
            select m.batch_item, m.id, m.stanza_id, m.chat, m.phase, m.ack, m.failure, m.created_at, m.sent_at
            from batch b
            join message m on m.batch_id = b.id
            where b.job_id = $1
            order by m.batch_item
            limit $2 offset $3
            """;

    private final Pool pool;

    BatchStore(Pool pool) {
        this.pool = pool;
    }

    /** The stanza ids that were accepted: all, or none when the device is gone, not connected or out of reach. */
    Future<Set<String>> accept(
            String deviceId, Reach reach, String jobId, String kind, long delayMs, List<Bulk.Due> items) {
        List<MessageStore.Accepting> messages =
                items.stream().map(Bulk.Due::message).toList();
        return pool.preparedQuery(ACCEPT)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addString(jobId)
                        .addString(kind)
                        .addLong(delayMs)
                        .addLong(reach.owner().orElse(null))
                        .addArrayOfString(texts(messages, m -> Optional.of(m.stanzaId())))
                        .addArrayOfString(
                                texts(messages, m -> Optional.of(m.chat().toString())))
                        .addArrayOfString(texts(messages, m -> Optional.of(Contents.type(m.content()))))
                        .addArrayOfString(
                                texts(messages, m -> Optional.of(m.content().words())))
                        .addArrayOfString(
                                texts(messages, m -> Contents.json(m.content()).map(JsonObject::encode)))
                        .addArrayOfString(texts(messages, MessageStore.Accepting::media))
                        .addArrayOfString(texts(messages, MessageStore.Accepting::quoted))
                        .addArrayOfString(texts(
                                messages,
                                m -> Optional.of(String.join(
                                        " ",
                                        m.mentions().stream().map(Jid::toString).toList()))))
                        .addArrayOfBoolean(messages.stream()
                                .map(MessageStore.Accepting::typing)
                                .toArray(Boolean[]::new))
                        .addArrayOfLong(
                                items.stream().map(one -> one.in().toMillis()).toArray(Long[]::new))
                        .addShort(Lane.BROADCAST.number()))
                .map(rows -> {
                    Set<String> accepted = new HashSet<>();
                    rows.forEach(row -> accepted.add(row.getString(0)));
                    return accepted;
                });
    }

    private static String[] texts(
            List<MessageStore.Accepting> messages,
            java.util.function.Function<MessageStore.Accepting, Optional<String>> what) {
        return messages.stream()
                .map(message -> what.apply(message).orElse(null))
                .toArray(String[]::new);
    }

    Future<Optional<Batch>> get(Reach reach, String jobId) {
        return pool.preparedQuery(GET)
                .execute(Tuple.of(
                        jobId, reach.owner().orElse(null), reach.device().orElse(null)))
                .map(rows -> {
                    Optional<Batch> batch = Optional.empty();
                    for (Row row : rows) {
                        batch = Optional.of(new Batch(
                                row.getString(0),
                                row.getString(1),
                                row.getString(2),
                                row.getInteger(3),
                                row.getInteger(5),
                                row.getInteger(6),
                                row.getInteger(7),
                                row.getOffsetDateTime(4).toInstant()));
                    }
                    return batch;
                });
    }

    /** In the order of the request. */
    Future<List<Batch.Item>> items(String jobId, int limit, long offset) {
        return pool.preparedQuery(ITEMS).execute(Tuple.of(jobId, limit, offset)).map(rows -> {
            List<Batch.Item> items = new ArrayList<>();
            for (Row row : rows) {
                items.add(new Batch.Item(
                        row.getInteger(0),
                        row.getLong(1),
                        row.getString(2),
                        Jid.parse(row.getString(3)),
                        Message.Phase.of(row.getString(4)),
                        Ack.of(row.getInteger(5)),
                        Optional.ofNullable(row.getString(6)),
                        row.getOffsetDateTime(7).toInstant(),
                        Optional.ofNullable(row.getOffsetDateTime(8)).map(OffsetDateTime::toInstant)));
            }
            return items;
        });
    }
}
