package io.kurir.message;

import static io.kurir.agent.Runs.ASKED;
import static io.kurir.event.EventLog.APPEND;
import static io.kurir.suppression.Suppression.STOPPED;

import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The table {@code message}, as far as it is written by what a page reports: incoming messages, and in {@code message_change} what is done to
 * messages later. Each statement is one transaction and is guarded by the session's epoch.
 */
final class IncomingStore {

    // A message is stored once, however often the page reports it; what could not be decrypted is stored again, and
    // told again, when it is
    // readable. What is known is left out before the insert, which would lock its row. What was done to a message may
    // have been told before it.
    // Where no history is kept, a message is told under a number that nothing stands under, and only that it was told
    // is noted.
    private static final String RECEIVE =
            """
            with keeps as materialized (
                select keeps_history($1) as history
            ), input as (
                select distinct on (stanza_id) *
                from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[],
                            $10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::text[])
                    with ordinality as t(stanza_id, chat, author, type, body, quoted, from_me, at, sender_name, content,
                                         mentions, media_state, ord)
                where not exists (
                    select from message m
                    where m.device_id = $1 and m.stanza_id = t.stanza_id
                      and (m.type <> 'ciphertext' or t.type = 'ciphertext'))
                  and not exists (select from told_only o where o.device_id = $1 and o.digest = t.stanza_id)
                order by stanza_id, type = 'ciphertext', ord
            ), stored as (
                insert into message as m (device_id, stanza_id, outgoing, chat, author, type, body, content, media_state, quoted,
                                     mentions, phase, ack, sent_at, edited_at, revoked_at, steps)
                select $1, i.stanza_id, i.from_me, i.chat, i.author, i.type, coalesce(e.value ->> 'message', i.body),
                       i.content::jsonb, i.media_state, i.quoted, string_to_array(i.mentions, ' '),
                       case when i.from_me then 'sent' else 'received' end, case when i.from_me then 1 else 0 end, i.at,
                       e.at, r.at, step(case when i.from_me then 'mirrored' else 'received' end, '')
                from input i
                join keeps k on k.history
                left join message_change e on e.device_id = $1 and e.stanza_id = i.stanza_id and e.kind = 'edit'
                left join message_change r on r.device_id = $1 and r.stanza_id = i.stanza_id and r.kind = 'revoke'
                where exists (select from lease where device_id = $1 and epoch = $2)
                order by i.ord
                on conflict (device_id, stanza_id) do update
                    set type = excluded.type, body = excluded.body, content = excluded.content,
                        media_state = excluded.media_state, quoted = excluded.quoted, mentions = excluded.mentions,
                        steps = m.steps || step('decrypted', '')
                    where m.type = 'ciphertext' and excluded.type <> 'ciphertext'
                returning id, stanza_id, body, media_state
            ), passed as (
                insert into told_only (device_id, digest)
                select $1, case i.type when 'ciphertext' then 'ciphertext ' else '' end || i.stanza_id
                from input i
                join keeps k on not k.history
                where exists (select from lease where device_id = $1 and epoch = $2)
                order by 2
                on conflict do nothing
                returning digest
            ), changed as (
                select id, stanza_id, body, media_state from stored
                union all
                select nextval(pg_get_serial_sequence('message', 'id')), i.stanza_id, i.body, null
                from passed p
                join input i on p.digest = case i.type when 'ciphertext' then 'ciphertext ' else '' end || i.stanza_id
            ), wanted as (
                insert into download (message_id, device_id)
                select id, $1 from changed where media_state = 'wanted'
                returning message_id
            ), %s, %s, happened as (
                select c.id as ord, 'message.received' as type, jsonb_build_object(
                    'id', c.id, 'messageId', i.stanza_id, 'chat', i.chat, 'author', i.author, 'fromMe', i.from_me,
                    'messageType', i.type, 'message', c.body, 'senderName', i.sender_name, 'quotedMessageId', i.quoted,
                    'mentions', to_jsonb(string_to_array(i.mentions, ' ')), 'sentAt', i.at)
                    || coalesce(i.content::jsonb, '{}') as data
                from changed c
                join input i on i.stanza_id = c.stanza_id
                union all
                select ord, type, data from suppressed
            ), %s
            select (select count(*) from changed), (select count(*) from wanted), (select count(*) from asked),
                   (select count(*) from changed c join input i on i.stanza_id = c.stanza_id where not i.from_me)
            """.formatted(STOPPED.formatted("$15::text[]"), ASKED.formatted("$15::text[]"), APPEND);

    // Told twice is told once: the same value changes nothing, nor does an older one. Where no history is kept, a
    // digest
    // of what was told is.
    private static final String CHANGE = """
            with keeps as materialized (
                select keeps_history($1) as history
            ), input as (
                select *, md5(concat_ws(' ', stanza_id, kind, author, extract(epoch from at), value)) as digest
                from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])
                    with ordinality as t(stanza_id, chat, kind, author, at, value, ord)
            ), kept as (
                insert into message_change as c (device_id, stanza_id, kind, author, at, value)
                select $1, i.stanza_id, i.kind, i.author, i.at, i.value::jsonb
                from input i
                join keeps k on k.history
                where $2::bigint is null or exists (select from lease where device_id = $1 and epoch = $2)
                order by i.stanza_id, i.kind, i.author
                on conflict (device_id, stanza_id, kind, author) do update set at = excluded.at, value = excluded.value
                    where c.at <= excluded.at and c.value <> excluded.value
                returning stanza_id, kind, author, at, value
            ), passed as (
                insert into told_only (device_id, digest)
                select $1, i.digest
                from input i
                join keeps k on not k.history
                where $2::bigint is null or exists (select from lease where device_id = $1 and epoch = $2)
                order by i.digest
                on conflict do nothing
                returning digest
            ), told as (
                select stanza_id, kind, author, at, value from kept
                union all
                select i.stanza_id, i.kind, i.author, i.at, i.value::jsonb
                from passed p
                join input i on i.digest = p.digest
            ), summed as (
                select stanza_id,
                       max(value ->> 'message') filter (where kind = 'edit') as body,
                       max(at) filter (where kind = 'edit') as edited_at,
                       max(at) filter (where kind = 'revoke') as revoked_at,
                       case when bool_or(kind = 'edit') then step('edited', '') else '[]' end
                       || case when bool_or(kind = 'revoke') then step('revoked', '') else '[]' end as steps
                from kept
                where kind in ('edit', 'revoke')
                group by stanza_id
            ), applied as (
                update message m
                set body = coalesce(s.body, m.body), edited_at = coalesce(s.edited_at, m.edited_at),
                    revoked_at = coalesce(s.revoked_at, m.revoked_at), steps = m.steps || s.steps
                from summed s
                where m.device_id = $1 and m.stanza_id = s.stanza_id
            ), happened as (
                select i.ord,
                       case k.kind when 'edit' then 'message.edited' when 'revoke' then 'message.revoked'
                                   when 'reaction' then 'message.reaction' else 'poll.vote' end as type,
                       jsonb_build_object('id', m.id, 'messageId', k.stanza_id, 'chat', i.chat, 'changedAt', k.at)
                           || k.value as data
                from told k
                join input i on i.stanza_id = k.stanza_id and i.kind = k.kind and i.author = k.author
                left join message m on m.device_id = $1 and m.stanza_id = k.stanza_id
            ), %s
            select count(*) from told
            """.formatted(APPEND);

    /**
     * How many messages were new, how many of them have a file that is still to be brought, how many an agent is to answer, and how many
     * others have written.
     */
    record Received(long messages, long files, long asked, long fromOthers) {}

    private final Pool pool;

    IncomingStore(Pool pool) {
        this.pool = pool;
    }

    /** Files of more than {@code largestFile} bytes are not wanted; who says nothing but one of {@code stopWords} is not written to any more. */
    Future<Received> receive(
            String deviceId, long epoch, List<IncomingMessage> messages, long largestFile, List<String> stopWords) {
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
                        .addArrayOfString(messages.stream()
                                .map(m -> Storable.text(m.text()))
                                .toArray(String[]::new))
                        .addArrayOfString(messages.stream()
                                .map(m -> m.quoted().orElse(null))
                                .toArray(String[]::new))
                        .addArrayOfBoolean(
                                messages.stream().map(IncomingMessage::fromMe).toArray(Boolean[]::new))
                        .addArrayOfOffsetDateTime(messages.stream()
                                .map(m -> m.at().atOffset(ZoneOffset.UTC))
                                .toArray(OffsetDateTime[]::new))
                        .addArrayOfString(messages.stream()
                                .map(m -> Storable.text(m.senderName()))
                                .toArray(String[]::new))
                        .addArrayOfString(messages.stream()
                                .map(m -> Contents.json(m.content())
                                        .map(Storable::json)
                                        .orElse(null))
                                .toArray(String[]::new))
                        .addArrayOfString(messages.stream()
                                .map(m -> String.join(
                                        " ",
                                        m.mentions().stream().map(Jid::toString).toList()))
                                .toArray(String[]::new))
                        .addArrayOfString(messages.stream()
                                .map(m -> mediaState(m.content(), largestFile).orElse(null))
                                .toArray(String[]::new))
                        .addArrayOfString(stopWords.toArray(String[]::new)))
                .map(rows -> {
                    var row = rows.iterator().next();
                    return new Received(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3));
                });
    }

    private static Optional<String> mediaState(Content content, long largestFile) {
        return content instanceof Content.Media media
                ? Optional.of(media.size() <= largestFile ? "wanted" : "gone")
                : Optional.empty();
    }

    /** Answers how many were news; of one key only one may be among {@code changes}. Without an epoch it is our own doing. */
    Future<Long> change(String deviceId, Optional<Long> epoch, Collection<Change> changes) {
        return pool.preparedQuery(CHANGE)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addLong(epoch.orElse(null))
                        .addArrayOfString(changes.stream().map(Change::stanzaId).toArray(String[]::new))
                        .addArrayOfString(
                                changes.stream().map(c -> c.chat().toString()).toArray(String[]::new))
                        .addArrayOfString(
                                changes.stream().map(c -> c.kind().word()).toArray(String[]::new))
                        .addArrayOfString(changes.stream().map(Change::author).toArray(String[]::new))
                        .addArrayOfOffsetDateTime(changes.stream()
                                .map(c -> c.at().atOffset(ZoneOffset.UTC))
                                .toArray(OffsetDateTime[]::new))
                        .addArrayOfString(changes.stream()
                                .map(Change::value)
                                .map(Storable::json)
                                .toArray(String[]::new)))
                .map(rows -> rows.iterator().next().getLong(0));
    }
}
