package io.kurir.reporting;

import io.kurir.access.Reach;
import io.kurir.message.Contents;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The table {@code message} across devices, read only; and {@code device_remark}. */
final class ReportStore {

    /** The messages of one device from one instant until before another: of one chat, or of all of them. */
    record Stretch(String deviceId, Instant from, Instant until, Optional<Jid> chat, Optional<Boolean> outgoing) {}

    /** What a list and its total are about. */
    record Matching(Reach reach, List<Stretch> stretches, Set<Message.Phase> phases) {
        Tuple tuple() {
            return Tuple.tuple()
                    .addLong(reach.owner().orElse(null))
                    .addArrayOfString(reach.deviceArray().orElse(null))
                    .addArrayOfString(stretches.stream().map(Stretch::deviceId).toArray(String[]::new))
                    .addArrayOfOffsetDateTime(
                            stretches.stream().map(each -> time(each.from())).toArray(OffsetDateTime[]::new))
                    .addArrayOfOffsetDateTime(
                            stretches.stream().map(each -> time(each.until())).toArray(OffsetDateTime[]::new))
                    .addArrayOfString(stretches.stream()
                            .map(each -> each.chat().map(Jid::toString).orElse(null))
                            .toArray(String[]::new))
                    .addArrayOfBoolean(stretches.stream()
                            .map(each -> each.outgoing().orElse(null))
                            .toArray(Boolean[]::new))
                    .addArrayOfString(
                            phases.isEmpty()
                                    ? null
                                    : phases.stream().map(Message.Phase::word).toArray(String[]::new));
        }
    }

    private static final String REACHED = """
            ($1::bigint is null or d.owner_id = $1) and ($2::text[] is null or d.device_id = any ($2))
            """;

    private static final String SOURCES = """
            select d.device_id, d.phone, d.timezone
            from device d
            where %s and ($3::text is null or d.device_id = $3)
            """.formatted(REACHED);

    private static final String STRETCHES = """
            with stretch as (
                select r.*, d.phone
                from unnest($3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::boolean[])
                    as r(device_id, since, until, chat, outgoing)
                join device d on d.device_id = r.device_id
                where %s
            )
            """.formatted(REACHED);

    // A stretch is read by the index of the chat, or by that of the day.
    private static final String OF_DAYS = """
            from message m
            where s.chat is null and m.device_id = s.device_id and m.created_at >= s.since and m.created_at < s.until
              and (s.outgoing is null or m.outgoing = s.outgoing) and ($8::text[] is null or m.phase = any ($8))
            """;

    // Fenced off by the offset: a general plan would go through the days of all chats for this one, 1,000,000 rows for
    // a page of 20.
    private static final String OF_CHAT = """
            from (select * from message o where o.device_id = s.device_id and o.chat = s.chat offset 0) m
            where s.chat is not null and m.created_at >= s.since and m.created_at < s.until
              and (s.outgoing is null or m.outgoing = s.outgoing) and ($8::text[] is null or m.phase = any ($8))
            """;

    // Whole days need no more than the index.
    static final String COUNT = STRETCHES + """
            select coalesce(sum(m.found), 0)::bigint
            from stretch s
            cross join lateral (
                select count(*) as found
                from message m
                where s.chat is null and s.outgoing is null and $8::text[] is null
                  and m.device_id = s.device_id and m.created_at >= s.since and m.created_at < s.until
                union all
                select count(*) %s and (s.outgoing is not null or $8::text[] is not null)
                union all
                select count(*) %s) m
            """.formatted(OF_DAYS, OF_CHAT);

    private static final String REMARKS = "select device_id, remark from device_remark where device_id = any ($1)";

    private static final String REMARK = """
            insert into device_remark (device_id, remark)
            values ($1, $2)
            on conflict (device_id) do update set remark = excluded.remark, updated_at = clock_timestamp()
            """;

    private final Pool pool;

    ReportStore(Pool pool) {
        this.pool = pool;
    }

    /** Each stretch gives no more than the page needs. */
    static String list(boolean oldestFirst) {
        return STRETCHES + """
                , found as (
                    select s.phone, m.*
                    from stretch s
                    cross join lateral (
                        (select m.* %2$s order by m.created_at %1$s, m.id %1$s limit $9::bigint + $10::bigint)
                        union all
                        (select m.* %3$s order by m.created_at %1$s, m.id %1$s limit $9::bigint + $10::bigint)) m
                    order by m.created_at %1$s, m.id %1$s
                    limit $9 offset $10
                )
                select f.id, f.stanza_id, f.device_id, f.phone, f.outgoing, f.chat, f.author,
                       coalesce(nullif(c.name, ''), nullif(c.push_name, '')), f.type, f.body, f.content, f.phase, f.ack, f.failure,
                       coalesce(f.sent_at, f.created_at), f.created_at
                from found f
                left join contact c on c.device_id = f.device_id and c.contact_id = coalesce(f.author, f.chat)
                order by f.created_at %1$s, f.id %1$s
                """.formatted(oldestFirst ? "" : "desc", OF_DAYS, OF_CHAT);
    }

    Future<List<Reports.Source>> sources(Reach reach, Optional<String> deviceId) {
        return pool.preparedQuery(SOURCES)
                .execute(
                        Tuple.of(reach.owner().orElse(null), reach.deviceArray().orElse(null), deviceId.orElse(null)))
                .map(rows -> {
                    List<Reports.Source> sources = new ArrayList<>(rows.size());
                    rows.forEach(row -> sources.add(new Reports.Source(
                            row.getString(0),
                            Optional.ofNullable(row.getString(1)),
                            Optional.ofNullable(row.getString(2)))));
                    return sources;
                });
    }

    Future<List<Reports.Entry>> messages(Matching matching, boolean oldestFirst, int page, int pageSize) {
        Tuple paged = matching.tuple().addLong((long) pageSize).addLong((page - 1L) * pageSize);
        return pool.preparedQuery(list(oldestFirst)).execute(paged).map(rows -> {
            List<Reports.Entry> entries = new ArrayList<>(rows.size());
            rows.forEach(row -> entries.add(entry(row)));
            return List.copyOf(entries);
        });
    }

    /** A tenth of a second for each million. */
    Future<Long> count(Matching matching) {
        return pool.preparedQuery(COUNT)
                .execute(matching.tuple())
                .map(count -> count.iterator().next().getLong(0));
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Reports.Entry entry(Row row) {
        Optional<String> author = Optional.ofNullable(row.getString(6));
        return new Reports.Entry(
                row.getLong(0),
                row.getString(1),
                row.getString(2),
                Optional.ofNullable(row.getString(3)),
                row.getBoolean(4),
                Jid.parse(row.getString(5)),
                author.map(Jid::parse),
                Optional.ofNullable(row.getString(7)),
                row.getString(8),
                Contents.read(Optional.ofNullable(row.getJsonObject(10)), row.getString(9), row.getString(8)),
                Message.Phase.of(row.getString(11)),
                Ack.of(row.getInteger(12)),
                Optional.ofNullable(row.getString(13)),
                row.getOffsetDateTime(14).toInstant(),
                row.getOffsetDateTime(15).toInstant());
    }

    Future<Map<String, String>> remarks(List<String> devices) {
        return pool.preparedQuery(REMARKS)
                .execute(Tuple.of((Object) devices.toArray(String[]::new)))
                .map(rows -> {
                    Map<String, String> remarks = new HashMap<>();
                    rows.forEach(row -> remarks.put(row.getString(0), row.getString(1)));
                    return remarks;
                });
    }

    Future<Void> remark(String deviceId, String remark) {
        return pool.preparedQuery(REMARK).execute(Tuple.of(deviceId, remark)).mapEmpty();
    }
}
