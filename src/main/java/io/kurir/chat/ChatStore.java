package io.kurir.chat;

import io.kurir.message.Message;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The table {@code message}, by chat and by day; read only. */
final class ChatStore {
    private static final String COLUMNS = """
            m.id, m.stanza_id, m.chat, m.author, coalesce(nullif(a.name, ''), nullif(a.push_name, '')) as author_name,
            m.outgoing as ours, m.type, m.body, m.quoted, m.phase, m.ack, coalesce(m.sent_at, m.created_at) as at
            """;

    private static final String READ = """
            select %s
            from message m
            left join contact a on a.device_id = $1 and a.contact_id = coalesce(m.author, m.chat)
            where m.device_id = $1 and m.chat = $2
              and ($3::bigint is null or m.id < $3)
              and ($4::timestamptz is null or coalesce(m.sent_at, m.created_at) <= $4)
            order by m.id desc
            limit $5
            """.formatted(COLUMNS);

    private static final String LAST = """
            select %s
            from unnest($2::text[]) as wanted(chat)
            cross join lateral (
                select * from message
                where device_id = $1 and chat = wanted.chat
                order by id desc
                limit 1
            ) m
            left join contact a on a.device_id = $1 and a.contact_id = coalesce(m.author, m.chat)
            """.formatted(COLUMNS);

    private static final String DAY = """
            with told as (
                select m.chat, max(m.id) as last,
                       count(*) filter (where not m.outgoing) as incoming, count(*) filter (where m.outgoing) as outgoing
                from message m
                where m.device_id = $1 and m.created_at >= $2 and m.created_at < $3
                  and ($4 or m.chat not like '%%@g.us')
                group by m.chat
            ), page as (
                select t.incoming, t.outgoing, coalesce(nullif(c.name, ''), nullif(c.push_name, '')) as chat_name, %s
                from told t
                join message m on m.id = t.last
                left join contact c on c.device_id = $1 and c.contact_id = t.chat
                left join contact a on a.device_id = $1 and a.contact_id = coalesce(m.author, m.chat)
                order by m.id desc
                limit $5 offset $6
            )
            -- the total is there also when the page is empty
            select (select count(*) from told), page.*
            from (select) always
            left join page on true
            order by page.id desc
            """.formatted(COLUMNS);

    private final Pool pool;

    ChatStore(Pool pool) {
        this.pool = pool;
    }

    /** The newest {@code limit} before the message of our number {@code beforeId} and not after {@code until}; newest last. */
    Future<List<HistoryMessage>> read(
            String deviceId, Jid chat, Optional<Long> beforeId, Optional<Instant> until, int limit) {
        return pool.preparedQuery(READ)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addString(chat.toString())
                        .addLong(beforeId.orElse(null))
                        .addOffsetDateTime(
                                until.map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null))
                        .addInteger(limit))
                .map(rows -> {
                    List<HistoryMessage> messages = new ArrayList<>(rows.size());
                    rows.forEach(row -> messages.addFirst(message(row, 0)));
                    return messages;
                });
    }

    /** The newest message of each of these chats that has any. */
    Future<Map<Jid, HistoryMessage>> last(String deviceId, List<Jid> chats) {
        return pool.preparedQuery(LAST)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addArrayOfString(chats.stream().map(Jid::toString).toArray(String[]::new)))
                .map(rows -> rows.stream()
                        .map(row -> message(row, 0))
                        .collect(Collectors.toMap(HistoryMessage::chat, last -> last)));
    }

    /** The chats that had messages in {@code [from, to)}. */
    Future<Chats.Day> between(
            String deviceId, ZonedDateTime from, ZonedDateTime to, boolean groups, int limit, int offset) {
        return pool.preparedQuery(DAY)
                .execute(Tuple.of(deviceId, from.toOffsetDateTime(), to.toOffsetDateTime(), groups, limit, offset))
                .map(rows -> {
                    long total = 0;
                    List<Chats.DayChat> chats = new ArrayList<>(rows.size());
                    for (Row row : rows) {
                        total = row.getLong(0);
                        if (row.getLong(4) != null) {
                            chats.add(dayChat(row));
                        }
                    }
                    return new Chats.Day(from.getZone().getId(), List.copyOf(chats), total);
                });
    }

    private static Chats.DayChat dayChat(Row row) {
        HistoryMessage last = message(row, 4);
        return new Chats.DayChat(
                last.chat(), Optional.ofNullable(row.getString(3)), row.getLong(1), row.getLong(2), last);
    }

    private static HistoryMessage message(Row row, int at) {
        boolean outgoing = row.getBoolean(at + 5);
        OffsetDateTime when = row.getOffsetDateTime(at + 11);
        return new HistoryMessage(
                Optional.of(row.getLong(at)),
                row.getString(at + 1),
                Jid.parse(row.getString(at + 2)),
                Optional.ofNullable(row.getString(at + 3)).map(Jid::parse),
                outgoing ? Optional.empty() : Optional.ofNullable(row.getString(at + 4)),
                outgoing,
                row.getString(at + 6),
                row.getString(at + 7),
                Optional.ofNullable(row.getString(at + 8)),
                Message.Phase.of(row.getString(at + 9)),
                Ack.of(row.getInteger(at + 10)),
                when.toInstant());
    }
}
