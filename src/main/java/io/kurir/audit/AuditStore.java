package io.kurir.audit;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The table {@code audit}. */
final class AuditStore {
    private static final String BEGIN = """
            insert into audit (user_id, api_key_id, action, device_id, subject, detail, request_id, address)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            returning id
            """;

    private static final String END = """
            update audit
            set status = $2, device_id = coalesce(device_id, $3), subject = coalesce(subject, $4), detail = detail || $5
            where id = $1
            """;

    private static final String MATCHING = """
            from audit
            where ($1::bigint is null or user_id = $1)
              and ($2::text is null or action = $2)
              and ($3::text is null or device_id = $3)
              and ($4::timestamptz is null or at >= $4)
              and ($5::timestamptz is null or at < $5)
            """;

    private static final String COUNT = "select count(*) " + MATCHING;

    private static final String LIST = """
            select id, at, user_id, api_key_id, action, device_id, subject, detail, status, request_id, address
            %s
            order by id desc
            limit $6 offset $7
            """.formatted(MATCHING);

    private static final String FORGET = """
            delete from audit
            where id in (select id from audit where at < clock_timestamp() - make_interval(secs => $1) limit 1000)
            """;

    private final Pool pool;

    AuditStore(Pool pool) {
        this.pool = pool;
    }

    Future<Long> begin(Audit.Deed deed) {
        return pool.preparedQuery(BEGIN)
                .execute(Tuple.tuple()
                        .addLong(deed.userId().orElse(null))
                        .addLong(deed.apiKeyId().orElse(null))
                        .addString(deed.action())
                        .addString(deed.deviceId().orElse(null))
                        .addString(deed.subject().orElse(null))
                        .addJsonObject(deed.detail())
                        .addString(deed.requestId())
                        .addString(deed.address()))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<Void> end(long id, Audit.End end) {
        return pool.preparedQuery(END)
                .execute(Tuple.tuple()
                        .addLong(id)
                        .addInteger(end.status())
                        .addString(end.deviceId().orElse(null))
                        .addString(end.subject().orElse(null))
                        .addJsonObject(end.detail()))
                .mapEmpty();
    }

    Future<Long> count(Audit.Filter filter) {
        return pool.preparedQuery(COUNT)
                .execute(tuple(filter))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<List<Audit.Entry>> list(Audit.Filter filter, int page, int pageSize) {
        return pool.preparedQuery(LIST)
                .execute(tuple(filter).addInteger(pageSize).addLong((page - 1L) * pageSize))
                .map(rows -> {
                    List<Audit.Entry> entries = new ArrayList<>(rows.size());
                    for (Row row : rows) {
                        entries.add(entry(row));
                    }
                    return entries;
                });
    }

    private static Tuple tuple(Audit.Filter filter) {
        return Tuple.tuple()
                .addLong(filter.userId().orElse(null))
                .addString(filter.action().orElse(null))
                .addString(filter.deviceId().orElse(null))
                .addOffsetDateTime(filter.from().map(AuditStore::time).orElse(null))
                .addOffsetDateTime(filter.until().map(AuditStore::time).orElse(null));
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Audit.Entry entry(Row row) {
        Audit.Deed deed = new Audit.Deed(
                Optional.ofNullable(row.getLong(2)),
                Optional.ofNullable(row.getLong(3)),
                row.getString(4),
                Optional.ofNullable(row.getString(5)),
                Optional.ofNullable(row.getString(6)),
                Optional.ofNullable(row.getJsonObject(7)).orElseGet(JsonObject::new),
                row.getString(9),
                row.getString(10));
        Integer status = row.getInteger(8);
        return new Audit.Entry(
                row.getLong(0),
                row.getOffsetDateTime(1).toInstant(),
                deed,
                status == null ? OptionalInt.empty() : OptionalInt.of(status));
    }

    Future<Long> forget(Duration age) {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of((double) age.toSeconds()))
                .map(rows -> (long) rows.rowCount());
    }
}
