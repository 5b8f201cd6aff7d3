package io.kurir.message;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.access.Reach;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table {@code message}: accepting, acknowledging, receiving and reading. Each statement is one transaction. */
final class MessageStore {

    /** A text that is to be accepted, its recipient and id decided, if the device is connected and within {@code reach}. */
    record Accepting(
            String deviceId,
            Reach reach,
            String stanzaId,
            Jid chat,
            String text,
            Optional<String> quoted,
            List<Jid> mentions,
            boolean typing,
            Lane lane) {}

    /** What {@link #accept} committed. */
    record Accepted(long id, String stanzaId, Instant at) {}

    private static final String ACCEPT = """
            with input as (
                select *
                from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::smallint[],
                            $9::bigint[], $10::text[])
                    with ordinality
                        as t(device_id, stanza_id, chat, body, quoted, mentions, typing, lane, reach_owner, reach_device, ord)
            ), accepted as (
                insert into message (device_id, stanza_id, outgoing, chat, type, body, quoted, mentions, typing, phase, steps)
                select i.device_id, i.stanza_id, true, i.chat, 'chat', i.body, i.quoted,
                       string_to_array(i.mentions, ' '), i.typing, 'queued', step('accepted', '')
                from input i
                join device d on d.device_id = i.device_id
                where d.state = 'connected'
                  and (i.reach_owner is null or d.owner_id = i.reach_owner)
                  and (i.reach_device is null or d.device_id = i.reach_device)
                order by i.ord
                -- accepted before, by a try whose answer was lost
                on conflict (device_id, stanza_id) do nothing
                returning id, device_id, stanza_id, chat, created_at
            ), queued as (
                insert into outbox (message_id, device_id, chat, lane, state, due_at)
                select a.id, a.device_id, a.chat, i.lane, 'ready', a.created_at
                from accepted a
                join input i on i.stanza_id = a.stanza_id
                order by a.id
            )
            select stanza_id, id, created_at from accepted
            """;

    private static final String ACCEPTED = """
            select m.stanza_id, m.id, m.created_at
            from unnest($1::text[], $2::text[]) as i(device_id, stanza_id)
            join message m on m.device_id = i.device_id and m.stanza_id = i.stanza_id
            """;

    private static final String ACK = """
            with input as (
                select i.stanza_id, i.ack, s.word
                from unnest($3::text[], $4::smallint[]) as i(stanza_id, ack)
                join (values (1, 'server', 'sent'), (2, 'delivered', 'delivered'), (3, 'read', 'read'), (4, 'played', 'read'))
                    as s(ack, step, word) on s.ack = i.ack
            ), changed as (
                update message m
                set ack = i.ack,
                    phase = 'sent',
                    failure = null,
                    sent_at = coalesce(m.sent_at, clock_timestamp()),
                    steps = m.steps || step(i.word, '')
                from input i
                where m.device_id = $1 and m.stanza_id = i.stanza_id and m.outgoing and m.ack < i.ack
                  and exists (select from lease where device_id = $1 and epoch = $2)
                returning m.id, m.stanza_id, m.chat, m.phase, m.ack, m.failure, i.word
            ), done as (
                delete from outbox o using changed c where o.message_id = c.id
            ), happened as (
                select id as ord, 'message.status' as type, jsonb_build_object(
                    'id', id, 'messageId', stanza_id, 'chat', chat, 'status', word, 'state', phase, 'ack', ack) as data
                from changed
            ), %s
            select stanza_id, phase, ack, failure from changed
            """.formatted(APPEND);

    // A message is stored once, however often the page reports it.
    private static final String RECEIVE = """
            with input as (
                select *
                from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::timestamptz[], $11::text[])
                    with ordinality as t(stanza_id, chat, author, type, body, quoted, from_me, at, sender_name, ord)
            ), changed as (
                insert into message (device_id, stanza_id, outgoing, chat, author, type, body, quoted, phase, ack, sent_at, steps)
                select $1, i.stanza_id, i.from_me, i.chat, i.author, i.type, i.body, i.quoted,
                       case when i.from_me then 'sent' else 'received' end, case when i.from_me then 1 else 0 end, i.at,
                       step(case when i.from_me then 'mirrored' else 'received' end, '')
                from input i
                where exists (select from lease where device_id = $1 and epoch = $2)
                order by i.ord
                on conflict (device_id, stanza_id) do nothing
                returning id, stanza_id
            ), happened as (
                select c.id as ord, 'message.received' as type, jsonb_build_object(
                    'id', c.id, 'messageId', i.stanza_id, 'chat', i.chat, 'author', i.author, 'fromMe', i.from_me,
                    'messageType', i.type, 'message', i.body, 'senderName', i.sender_name, 'quotedMessageId', i.quoted,
                    'sentAt', i.at) as data
                from changed c
                join input i on i.stanza_id = c.stanza_id
            ), %s
            select count(*) from changed
            """.formatted(APPEND);

    private static final String GET = """
            select id, stanza_id, device_id, outgoing, chat, author, type, body, quoted, phase, ack, attempts, failure,
                   created_at, sent_at, steps
            from message
            where device_id = $1 and (id = $2 or stanza_id = $3)
            """;

    private final Pool pool;

    MessageStore(Pool pool) {
        this.pool = pool;
    }

    /** By stanza id; a text whose device is gone, not connected or out of reach is not in the answer. */
    Future<Map<String, Accepted>> accept(List<Accepting> texts) {
        return pool.preparedQuery(ACCEPT)
                .execute(Tuple.tuple()
                        .addArrayOfString(
                                texts.stream().map(Accepting::deviceId).toArray(String[]::new))
                        .addArrayOfString(
                                texts.stream().map(Accepting::stanzaId).toArray(String[]::new))
                        .addArrayOfString(
                                texts.stream().map(t -> t.chat().toString()).toArray(String[]::new))
                        .addArrayOfString(texts.stream().map(Accepting::text).toArray(String[]::new))
                        .addArrayOfString(
                                texts.stream().map(t -> t.quoted().orElse(null)).toArray(String[]::new))
                        .addArrayOfString(texts.stream()
                                .map(t -> String.join(
                                        " ",
                                        t.mentions().stream().map(Jid::toString).toList()))
                                .toArray(String[]::new))
                        .addArrayOfBoolean(texts.stream().map(Accepting::typing).toArray(Boolean[]::new))
                        .addArrayOfShort(
                                texts.stream().map(t -> t.lane().number()).toArray(Short[]::new))
                        .addArrayOfLong(texts.stream()
                                .map(t -> t.reach().owner().orElse(null))
                                .toArray(Long[]::new))
                        .addArrayOfString(texts.stream()
                                .map(t -> t.reach().device().orElse(null))
                                .toArray(String[]::new)))
                .map(MessageStore::accepted);
    }

    /** As {@link #accept}, after a try of which nobody knows whether it was committed. */
    Future<Map<String, Accepted>> acceptAgain(List<Accepting> texts) {
        return accept(texts)
                .compose(now -> pool.preparedQuery(ACCEPTED)
                        .execute(Tuple.tuple()
                                .addArrayOfString(
                                        texts.stream().map(Accepting::deviceId).toArray(String[]::new))
                                .addArrayOfString(
                                        texts.stream().map(Accepting::stanzaId).toArray(String[]::new)))
                        .map(MessageStore::accepted));
    }

    private static Map<String, Accepted> accepted(RowSet<Row> rows) {
        Map<String, Accepted> accepted = new HashMap<>();
        for (Row row : rows) {
            accepted.put(
                    row.getString(0),
                    new Accepted(
                            row.getLong(1),
                            row.getString(0),
                            row.getOffsetDateTime(2).toInstant()));
        }
        return accepted;
    }

    /** What an ack changed: it only rises, and ends the outbox row. */
    Future<List<Settled.Change>> ack(String deviceId, long epoch, Map<String, Ack> acks) {
        return pool.preparedQuery(ACK)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addLong(epoch)
                        .addArrayOfString(acks.keySet().toArray(String[]::new))
                        .addArrayOfShort(acks.values().stream()
                                .map(ack -> (short) ack.level())
                                .toArray(Short[]::new)))
                .map(OutboxStore::changes);
    }

    /** How many were new. */
    Future<Long> receive(String deviceId, long epoch, List<IncomingMessage> messages) {
        return pool.preparedQuery(RECEIVE)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addLong(epoch)
                        .addArrayOfString(
                                messages.stream().map(IncomingMessage::stanzaId).toArray(String[]::new))
                        .addArrayOfString(
                                messages.stream().map(m -> m.chat().toString()).toArray(String[]::new))
                        .addArrayOfString(messages.stream()
                                .map(m -> m.author().map(Jid::toString).orElse(null))
                                .toArray(String[]::new))
                        .addArrayOfString(
                                messages.stream().map(IncomingMessage::type).toArray(String[]::new))
                        .addArrayOfString(
                                messages.stream().map(m -> storable(m.text())).toArray(String[]::new))
                        .addArrayOfString(messages.stream()
                                .map(m -> m.quoted().orElse(null))
                                .toArray(String[]::new))
                        .addArrayOfBoolean(
                                messages.stream().map(IncomingMessage::fromMe).toArray(Boolean[]::new))
                        .addArrayOfOffsetDateTime(messages.stream()
                                .map(m -> m.at().atOffset(ZoneOffset.UTC))
                                .toArray(OffsetDateTime[]::new))
                        .addArrayOfString(messages.stream()
                                .map(m -> storable(m.senderName()))
                                .toArray(String[]::new)))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** PostgreSQL's text has no NUL; a stranger's message may. */
    private static String storable(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    }

    Future<Optional<Message>> get(String deviceId, long id, String stanzaId) {
        return pool.preparedQuery(GET)
                .execute(Tuple.of(deviceId, id, stanzaId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(message(rows.iterator().next())));
    }

    private static Message message(Row row) {
        return new Message(
                row.getLong(0),
                row.getString(1),
                row.getString(2),
                row.getBoolean(3),
                Jid.parse(row.getString(4)),
                Optional.ofNullable(row.getString(5)).map(Jid::parse),
                row.getString(6),
                row.getString(7),
                Optional.ofNullable(row.getString(8)),
                Message.Phase.of(row.getString(9)),
                Ack.of(row.getInteger(10)),
                row.getInteger(11),
                Optional.ofNullable(row.getString(12)),
                row.getOffsetDateTime(13).toInstant(),
                Optional.ofNullable(row.getOffsetDateTime(14)).map(OffsetDateTime::toInstant),
                steps(row.getJsonArray(15)));
    }

    private static List<Message.Step> steps(JsonArray stored) {
        List<Message.Step> steps = new ArrayList<>(stored.size());
        for (int i = 0; i < stored.size(); i++) {
            JsonObject step = stored.getJsonObject(i);
            steps.add(new Message.Step(
                    Instant.parse(step.getString("at")), step.getString("what"), step.getString("detail")));
        }
        return List.copyOf(steps);
    }
}
