package io.kurir.message;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.access.Reach;
import io.kurir.suppression.Suppression;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table {@code message}: outgoing messages, and reading all; what comes in is {@link IncomingStore}'s. Each statement is one transaction.
 * Over 300 lines: its statements are.
 */
final class MessageStore {

    /**
     * A message that is to be accepted, its recipient and id decided, if the device is connected and within {@code reach}, and the recipient did
     * not say stop.
     *
     * @param media the hash of its file, which the media store has
     * @param whenever also if the device is not connected
     */
    record Accepting(
            String deviceId,
            Reach reach,
            String stanzaId,
            Jid chat,
            Content content,
            Optional<String> media,
            Optional<String> quoted,
            List<Jid> mentions,
            boolean typing,
            Lane lane,
            Optional<Integer> maxAttempts,
            boolean whenever,
            Optional<String> traceparent) {

        Accepting(
                String deviceId,
                Reach reach,
                String stanzaId,
                Jid chat,
                Content content,
                Optional<String> media,
                Optional<String> quoted,
                List<Jid> mentions,
                boolean typing,
                Lane lane) {
            this(
                    deviceId,
                    reach,
                    stanzaId,
                    chat,
                    content,
                    media,
                    quoted,
                    mentions,
                    typing,
                    lane,
                    Optional.empty(),
                    false,
                    Optional.empty());
        }

        /** The same, as a part of that trace. */
        Accepting traced(Optional<String> trace) {
            return new Accepting(
                    deviceId,
                    reach,
                    stanzaId,
                    chat,
                    content,
                    media,
                    quoted,
                    mentions,
                    typing,
                    lane,
                    maxAttempts,
                    whenever,
                    trace);
        }

        /** What the row says after its commit, likewise. */
        Message asQueued(Accepted accepted) {
            return new Message(
                    accepted.id(),
                    stanzaId,
                    deviceId,
                    true,
                    chat,
                    Optional.empty(),
                    content,
                    quoted,
                    Message.Phase.QUEUED,
                    Ack.NONE,
                    0,
                    Optional.empty(),
                    accepted.at(),
                    Optional.empty(),
                    List.of(),
                    new Message.File(media, "stored"),
                    Message.Changes.NONE);
        }

        /** What the row says after its outcome, put together without reading it again: this is the hot path. Its steps are left out. */
        Message asSent(Accepted accepted, Settled.Change change) {
            return new Message(
                    accepted.id(),
                    stanzaId,
                    deviceId,
                    true,
                    chat,
                    Optional.empty(),
                    content,
                    quoted,
                    change.phase(),
                    change.ack(),
                    1,
                    Optional.empty(),
                    accepted.at(),
                    Optional.of(Instant.now()),
                    List.of(),
                    new Message.File(media, "stored"),
                    Message.Changes.NONE);
        }
    }

    /** What {@link #accept} committed. */
    record Accepted(long id, String stanzaId, Instant at) {}

    private static final String ACCEPT = """
            with input as (
                select *
                from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::smallint[],
                            $9::bigint[], $10::text[], $11::text[], $12::text[], $13::text[], $14::integer[],
                            $15::text[], $16::boolean[])
                    with ordinality
                        as t(device_id, stanza_id, chat, body, quoted, mentions, typing, lane, reach_owner, reach_devices,
                             type, content, media, max_attempts, traceparent, whenever, ord)
            ), accepted as (
                insert into message (device_id, stanza_id, outgoing, chat, type, body, content, media, quoted, mentions, typing,
                                     max_attempts, phase, steps)
                select i.device_id, i.stanza_id, true, i.chat, i.type, i.body, i.content::jsonb, i.media, i.quoted,
                       string_to_array(i.mentions, ' '), i.typing, i.max_attempts, 'queued', step('accepted', '')
                from input i
                join device d on d.device_id = i.device_id
                where (d.state = 'connected' or i.whenever)
                  and (i.reach_owner is null or d.owner_id = i.reach_owner)
                  and (i.reach_devices is null or d.device_id = any (string_to_array(i.reach_devices, ' ')))
                  and not %s
                order by i.ord
                -- accepted before, by a try whose answer was lost
                on conflict (device_id, stanza_id) do nothing
                returning id, device_id, stanza_id, chat, created_at
            ), queued as (
                insert into outbox (message_id, device_id, chat, lane, state, due_at, traceparent)
                select a.id, a.device_id, a.chat, i.lane, 'ready', a.created_at, i.traceparent
                from accepted a
                join input i on i.stanza_id = a.stanza_id
                order by a.id
            )
            select stanza_id, id, created_at from accepted
            """.formatted(Suppression.UNASKED);

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
            ), held as (
                -- before the messages, as a claim locks them: an ack may come while its message goes out again
                select o.message_id
                from input i
                join message m on m.device_id = $1 and m.stanza_id = i.stanza_id
                join outbox o on o.message_id = m.id
                order by o.message_id
                for update of o
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
                  and (select count(*) from held) >= 0
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

    private static final String COLUMNS = """
            id, stanza_id, device_id, outgoing, chat, author, type, body, quoted, phase, ack, attempts, failure,
            created_at, sent_at, steps, content, media, media_state, edited_at, revoked_at,
            (select jsonb_agg(jsonb_build_object('kind', c.kind, 'at', c.at) || c.value order by c.at, c.author)
             from message_change c
             where c.device_id = m.device_id and c.stanza_id = m.stanza_id and c.kind in ('reaction', 'vote'))
            """;

    private static final String GET = """
            select %s
            from message m
            where device_id = $1 and (id = $2 or stanza_id = $3)
            """.formatted(COLUMNS);

    private static final String GET_ALL = """
            select %s
            from message m
            where device_id = $1 and id = any($2::bigint[])
            """.formatted(COLUMNS);

    private static final String QUEUED = """
            select %s, max_attempts,
                   (select o.due_at from outbox o where o.message_id = m.id and o.state = 'waiting')
            from message m
            where id = $1 and outgoing
              and exists (
                  select from device d
                  where d.device_id = m.device_id
                    and ($2::bigint is null or d.owner_id = $2)
                    and ($3::text[] is null or d.device_id = any ($3)))
            """.formatted(COLUMNS);

    private final Pool pool;

    MessageStore(Pool pool) {
        this.pool = pool;
    }

    /** By stanza id; a text whose device is gone, not connected or out of reach, or whose recipient said stop, is not in the answer. */
    Future<Map<String, Accepted>> accept(List<Accepting> texts) {
        return pool.preparedQuery(ACCEPT)
                .execute(Tuple.tuple()
                        .addArrayOfString(
                                texts.stream().map(Accepting::deviceId).toArray(String[]::new))
                        .addArrayOfString(
                                texts.stream().map(Accepting::stanzaId).toArray(String[]::new))
                        .addArrayOfString(
                                texts.stream().map(t -> t.chat().toString()).toArray(String[]::new))
                        .addArrayOfString(
                                texts.stream().map(t -> t.content().words()).toArray(String[]::new))
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
                                .map(t -> t.reach()
                                        .devices()
                                        .map(ids -> String.join(" ", ids))
                                        .orElse(null))
                                .toArray(String[]::new))
                        .addArrayOfString(texts.stream()
                                .map(t -> Contents.type(t.content()))
                                .toArray(String[]::new))
                        .addArrayOfString(texts.stream()
                                .map(t -> Contents.json(t.content())
                                        .map(JsonObject::encode)
                                        .orElse(null))
                                .toArray(String[]::new))
                        .addArrayOfString(
                                texts.stream().map(t -> t.media().orElse(null)).toArray(String[]::new))
                        .addArrayOfInteger(texts.stream()
                                .map(t -> t.maxAttempts().orElse(null))
                                .toArray(Integer[]::new))
                        .addArrayOfString(texts.stream()
                                .map(t -> t.traceparent().orElse(null))
                                .toArray(String[]::new))
                        .addArrayOfBoolean(
                                texts.stream().map(Accepting::whenever).toArray(Boolean[]::new)))
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

    Future<Optional<Message>> get(String deviceId, long id, String stanzaId) {
        return pool.preparedQuery(GET)
                .execute(Tuple.of(deviceId, id, stanzaId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(message(rows.iterator().next())));
    }

    /** Those of our numbers that the device has. */
    Future<List<Message>> getAll(String deviceId, List<Long> ids) {
        return pool.preparedQuery(GET_ALL)
                .execute(Tuple.tuple().addString(deviceId).addArrayOfLong(ids.toArray(Long[]::new)))
                .map(rows -> rows.stream().map(MessageStore::message).toList());
    }

    /** An outgoing one of any device within reach. */
    Future<Optional<Messages.Queued>> queued(Reach reach, long id) {
        return pool.preparedQuery(QUEUED)
                .execute(Tuple.of(
                        id, reach.owner().orElse(null), reach.deviceArray().orElse(null)))
                .map(rows -> {
                    if (rows.size() == 0) {
                        return Optional.empty();
                    }
                    Row row = rows.iterator().next();
                    return Optional.of(new Messages.Queued(
                            message(row),
                            Optional.ofNullable(row.getInteger(22)),
                            Optional.ofNullable(row.getOffsetDateTime(23)).map(OffsetDateTime::toInstant)));
                });
    }

    private static Message message(Row row) {
        return new Message(
                row.getLong(0),
                row.getString(1),
                row.getString(2),
                row.getBoolean(3),
                Jid.parse(row.getString(4)),
                Optional.ofNullable(row.getString(5)).map(Jid::parse),
                Contents.read(Optional.ofNullable(row.getJsonObject(16)), row.getString(7), row.getString(6)),
                Optional.ofNullable(row.getString(8)),
                Message.Phase.of(row.getString(9)),
                Ack.of(row.getInteger(10)),
                row.getInteger(11),
                Optional.ofNullable(row.getString(12)),
                row.getOffsetDateTime(13).toInstant(),
                Optional.ofNullable(row.getOffsetDateTime(14)).map(OffsetDateTime::toInstant),
                steps(row.getJsonArray(15)),
                new Message.File(
                        Optional.ofNullable(row.getString(17)),
                        Optional.ofNullable(row.getString(18)).orElse("stored")),
                new Message.Changes(
                        Optional.ofNullable(row.getOffsetDateTime(19)).map(OffsetDateTime::toInstant),
                        Optional.ofNullable(row.getOffsetDateTime(20)).map(OffsetDateTime::toInstant),
                        Optional.ofNullable(row.getJsonArray(21))
                                .map(MessageStore::opinions)
                                .orElse(List.of())));
    }

    private static List<Message.Opinion> opinions(JsonArray stored) {
        List<Message.Opinion> opinions = new ArrayList<>(stored.size());
        for (int i = 0; i < stored.size(); i++) {
            JsonObject opinion = stored.getJsonObject(i);
            opinions.add(new Message.Opinion(
                    opinion.getString("from"),
                    opinion.getBoolean("fromMe", false),
                    Optional.ofNullable(opinion.getString("emoji")),
                    opinion.getJsonArray("options", new JsonArray()).stream()
                            .map(String.class::cast)
                            .toList(),
                    OffsetDateTime.parse(opinion.getString("at")).toInstant()));
        }
        return List.copyOf(opinions);
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
