package io.kurir.statistics;

import io.kurir.access.Reach;
import io.kurir.statistics.Statistics.Counts;
import io.kurir.statistics.Statistics.Partner;
import io.kurir.statistics.Statistics.Partners;
import io.kurir.statistics.Statistics.Section;
import io.kurir.statistics.Statistics.Span;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table {@code chat_quarter}; triggers of {@code message} write it. */
final class StatisticsStore {

    /** By the place of the day. */
    record Counted(Map<Integer, Counts> days, Counts total) {}

    // A message that came in was answered if one went within 24 hours. In its own quarter: if the first to come is not
    // after the last to go. Later: if the next to go is within 24 hours after the last to come, which is in one of
    // the next 96 quarters. So the extremes of a quarter are all that needs to be known of it.
    private static final String DAYS = """
            with slot as (
                select s.device_id, s.chat, s.quarter, s.incoming, s.outgoing, s.failed,
                       coalesce(s.first_in <= s.last_out, false)
                       or coalesce(min(s.first_out) over later <= s.last_in + interval '24 hours', false) as answered
                from chat_quarter s
                where %s and s.quarter >= ($1::integer[])[1] and s.quarter < $2::integer + 96
                window later as (partition by s.device_id, s.chat order by s.quarter range between 1 following and 96 following)
            ), told as (
                select width_bucket(quarter, $1::integer[]) as day, device_id, chat, sum(incoming) as incoming,
                       sum(outgoing) as outgoing, sum(failed) as failed, bool_or(answered) as answered
                from slot
                where quarter < $2
                group by 1, 2, 3
            )
            select day, coalesce(sum(incoming), 0)::bigint, coalesce(sum(outgoing), 0)::bigint, coalesce(sum(failed), 0)::bigint,
                   count(distinct (device_id, chat)) filter (where incoming + outgoing > 0), count(*) filter (where incoming > 0),
                   count(*) filter (where answered)
            from told
            group by grouping sets ((day), ())
            """;

    private static final String REACHED = """
            select d.device_id from device d
            where ($3::bigint is null or d.owner_id = $3) and ($4::text is null or d.device_id = $4)
            """;

    private static final String DAYS_OF_ONE = DAYS.formatted("s.device_id = $3");
    private static final String DAYS_OF_ALL = DAYS.formatted("s.device_id in (" + REACHED + ")");

    private static final String DEVICES = """
            select count(*) from device d
            where ($1::bigint is null or d.owner_id = $1) and ($2::text is null or d.device_id = $2)
            """;

    // Two ways to be a number: the device's own, with all its chats, or one chat of devices with other numbers.
    private static final String PARTNERS = """
            with section as (
                select r.device_id, r.first, r.past, d.phone
                from unnest($4::text[], $5::integer[], $6::integer[]) as r(device_id, first, past)
                join device d on d.device_id = r.device_id
                where ($1::bigint is null or d.owner_id = $1) and ($2::text[] is null or d.device_id = any ($2))
            ), slot as (
                select c.phone, s.*
                from section c
                join chat_quarter s on s.device_id = c.device_id and s.quarter >= c.first and s.quarter < c.past
                where c.phone = $3
                union all
                select c.phone, s.*
                from section c
                join chat_quarter s
                    on s.device_id = c.device_id and s.chat = $3 || '@c.us' and s.quarter >= c.first and s.quarter < c.past
                where c.phone is distinct from $3
            ), partner as (
                select device_id, phone, chat, sum(incoming)::bigint as incoming, sum(outgoing)::bigint as outgoing,
                       min(first_in) as first_in, max(last_in) as last_in, min(first_out) as first_out, max(last_out) as last_out
                from slot
                group by device_id, phone, chat
                having sum(incoming) + sum(outgoing) > 0
            ), page as (
                select p.*, coalesce(nullif(n.name, ''), nullif(n.push_name, '')) as name
                from partner p
                left join contact n on n.device_id = p.device_id and n.contact_id = p.chat
                order by greatest(p.last_in, p.last_out) desc, p.device_id, p.chat
                limit $7 offset $8
            )
            -- the total is there also when the page is empty
            select (select count(*) from partner), page.device_id, page.phone, page.chat, page.name, page.incoming, page.outgoing,
                   page.first_in, page.last_in, page.first_out, page.last_out
            from (select) always
            left join page on true
            order by greatest(page.last_in, page.last_out) desc, page.device_id, page.chat
            """;

    private final Pool pool;

    StatisticsStore(Pool pool) {
        this.pool = pool;
    }

    /** {@code begins}: the quarters that the days begin with, one after the other; {@code past}: the one after the last day. */
    Future<Counted> days(String deviceId, List<Integer> begins, int past) {
        return counted(DAYS_OF_ONE, Tuple.of(begins.toArray(Integer[]::new), past, deviceId));
    }

    /** As those of one device, of all in reach together. */
    Future<Counted> days(Reach reach, List<Integer> begins, int past) {
        return counted(
                DAYS_OF_ALL,
                Tuple.of(
                        begins.toArray(Integer[]::new),
                        past,
                        reach.owner().orElse(null),
                        reach.device().orElse(null)));
    }

    private Future<Counted> counted(String sql, Tuple arguments) {
        return pool.preparedQuery(sql).execute(arguments).map(rows -> {
            Map<Integer, Counts> days = new HashMap<>();
            Counts total = Counts.NONE;
            for (Row row : rows) {
                Integer day = row.getInteger(0);
                if (day == null) {
                    total = counts(row);
                } else {
                    days.put(day - 1, counts(row));
                }
            }
            return new Counted(days, total);
        });
    }

    Future<Long> devices(Reach reach) {
        return pool.preparedQuery(DEVICES)
                .execute(Tuple.of(reach.owner().orElse(null), reach.device().orElse(null)))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    private static Counts counts(Row row) {
        return new Counts(
                row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6));
    }

    Future<Partners> partners(Reach reach, String digits, List<Section> sections, int page, int pageSize) {
        return pool.preparedQuery(PARTNERS)
                .execute(Tuple.tuple()
                        .addLong(reach.owner().orElse(null))
                        .addArrayOfString(reach.deviceArray().orElse(null))
                        .addString(digits)
                        .addArrayOfString(
                                sections.stream().map(Section::deviceId).toArray(String[]::new))
                        .addArrayOfInteger(
                                sections.stream().map(Section::firstQuarter).toArray(Integer[]::new))
                        .addArrayOfInteger(
                                sections.stream().map(Section::pastQuarter).toArray(Integer[]::new))
                        .addInteger(pageSize)
                        .addLong((page - 1L) * pageSize))
                .map(rows -> {
                    long total = 0;
                    List<Partner> partners = new ArrayList<>(rows.size());
                    for (Row row : rows) {
                        total = row.getLong(0);
                        if (row.getString(1) != null) {
                            partners.add(partner(row));
                        }
                    }
                    return new Partners(List.copyOf(partners), total);
                });
    }

    private static Partner partner(Row row) {
        return new Partner(
                row.getString(1),
                Optional.ofNullable(row.getString(2)),
                row.getString(3),
                Optional.ofNullable(row.getString(4)),
                row.getLong(5),
                row.getLong(6),
                span(row, 7),
                span(row, 9));
    }

    private static Optional<Span> span(Row row, int at) {
        var first = row.getOffsetDateTime(at);
        var last = row.getOffsetDateTime(at + 1);
        return first == null || last == null
                ? Optional.empty()
                : Optional.of(new Span(first.toInstant(), last.toInstant()));
    }
}
