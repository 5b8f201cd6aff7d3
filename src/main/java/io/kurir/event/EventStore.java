package io.kurir.event;

import io.kurir.access.Reach;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reading the table {@code event}. */
final class EventStore {
    private static final String READ = """
            select position, device_id, owner_id, seq, type, at, data
            from event
            where position > $1
              and position < event_horizon()
              and ($2::bigint is null or owner_id = $2)
              and ($3::text is null or device_id = $3)
              and (cardinality($4::text[]) = 0 or device_id = any ($4))
              and (cardinality($5::text[]) = 0 or type = any ($5))
            order by position
            limit $6
            """;

    private static final String HORIZON = "select event_horizon()";
    private static final String FLOOR = "select position from event_floor";

    private final Pool pool;

    EventStore(Pool pool) {
        this.pool = pool;
    }

    Future<List<Event>> read(long after, Reach reach, Set<String> devices, Set<String> types, int limit) {
        return pool.preparedQuery(READ)
                .execute(Tuple.tuple()
                        .addLong(after)
                        .addLong(reach.owner().orElse(null))
                        .addString(reach.device().orElse(null))
                        .addArrayOfString(devices.toArray(String[]::new))
                        .addArrayOfString(types.toArray(String[]::new))
                        .addInteger(limit))
                .map(rows -> {
                    List<Event> events = new ArrayList<>(rows.size());
                    for (Row row : rows) {
                        events.add(event(row));
                    }
                    return events;
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
