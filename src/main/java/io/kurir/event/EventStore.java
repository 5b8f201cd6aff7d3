package io.kurir.event;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reading the table {@code event}. */
final class EventStore {
    /** What was looked at: the events found, and where to go on; empty when that was all there is. */
    record Piece(List<Event> events, OptionalLong next) {}

    private static final String READ = """
            select position, device_id, owner_id, seq, type, at, data
            from event
            where position > $1
              and position < event_horizon()
              and ($7::bigint is null or position <= $7)
              and ($2::bigint is null or owner_id = $2)
              and ($3::text[] is null or device_id = any ($3))
              and (cardinality($4::text[]) = 0 or device_id = any ($4))
              and (cardinality($5::text[]) = 0 or type = any ($5))
            order by position
            limit $6
            """;

    private static final String READ_BACK = """
            select position, device_id, owner_id, seq, type, at, data
            from event
            where position < $1
              and position < event_horizon()
              and ($7::bigint is null or position >= $7)
              and ($2::bigint is null or owner_id = $2)
              and ($3::text is null or device_id = $3)
              and (cardinality($4::text[]) = 0 or device_id = any ($4))
              and (cardinality($5::text[]) = 0 or type = any ($5))
            order by position desc
            limit $6
            """;

    // Who wants a few among many does not hold a connection while a million others are passed by: 20,000 at a time.
    private static final String BOUND = """
            select position from event where position > $1 and position < event_horizon() order by position offset 20000 limit 1
            """;

    private static final String BOUND_BACK = """
            select position from event where position < $1 and position < event_horizon() order by position desc offset 20000 limit 1
            """;

    private static final String HORIZON = "select event_horizon()";
    private static final String FLOOR = "select position from event_floor";

    private final Pool pool;

    EventStore(Pool pool) {
        this.pool = pool;
    }

    Future<Piece> read(long after, EventFeed.Filter filter, int limit) {
        return filter.wantsAll()
                ? read(READ, after, filter, limit, OptionalLong.empty())
                : bound(BOUND, after).compose(bound -> read(READ, after, filter, limit, bound));
    }

    /** The newest first. */
    Future<Piece> readBack(long before, EventFeed.Filter filter, int limit) {
        return filter.wantsAll()
                ? read(READ_BACK, before, filter, limit, OptionalLong.empty())
                : bound(BOUND_BACK, before).compose(bound -> read(READ_BACK, before, filter, limit, bound));
    }

    private Future<OptionalLong> bound(String sql, long from) {
        return pool.preparedQuery(sql).execute(Tuple.of(from)).map(rows -> {
            OptionalLong bound = OptionalLong.empty();
            for (Row row : rows) {
                bound = OptionalLong.of(row.getLong(0));
            }
            return bound;
        });
    }

    private Future<Piece> read(String sql, long from, EventFeed.Filter filter, int limit, OptionalLong bound) {
        return pool.preparedQuery(sql)
                .execute(Tuple.tuple()
                        .addLong(from)
                        .addLong(filter.reach().owner().orElse(null))
                        .addArrayOfString(filter.reach().deviceArray().orElse(null))
                        .addArrayOfString(filter.devices().toArray(String[]::new))
                        .addArrayOfString(filter.types().toArray(String[]::new))
                        .addInteger(limit)
                        .addValue(bound.isPresent() ? bound.getAsLong() : null))
                .map(rows -> {
                    List<Event> events = new ArrayList<>(rows.size());
                    for (Row row : rows) {
                        events.add(event(row));
                    }
                    boolean full = events.size() == limit;
                    return new Piece(events, full ? events.getLast().position() : bound);
                });
    }

    private static Event event(Row row) {
        return new Event(
                OptionalLong.of(row.getLong(0)),
                row.getString(1),
                row.getLong(2),
                row.getLong(3),
                row.getString(4),
                row.getOffsetDateTime(5).toInstant(),
                Optional.ofNullable(row.getJsonObject(6)).orElseGet(JsonObject::new));
    }

    /** Every position below is readable. */
    Future<Long> horizon() {
        return number(HORIZON);
    }

    /** The highest position that is gone. */
    Future<Long> floor() {
        return number(FLOOR);
    }

    private Future<Long> number(String sql) {
        return pool.preparedQuery(sql)
                .execute()
                .map(rows -> rows.iterator().next().getLong(0));
    }
}
