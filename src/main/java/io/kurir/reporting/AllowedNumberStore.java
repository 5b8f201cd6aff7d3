package io.kurir.reporting;

import io.kurir.access.Reach;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tables {@code allowed_number}, {@code history_rule} and {@code told_only}. */
final class AllowedNumberStore {
    private static final String COLUMNS = "a.id, a.device_id, a.whatsapp_number, a.status, a.created_at, a.updated_at";

    private static final String REACHED = """
            ($1::bigint is null or d.owner_id = $1) and ($2::text[] is null or d.device_id = any ($2))
            """;

    private static final String MATCHING = """
            from allowed_number a
            join device d on d.device_id = a.device_id
            where %s and ($3::text is null or a.whatsapp_number = $3)
            """.formatted(REACHED);

    private static final String LIST = "select " + COLUMNS + " " + MATCHING + " order by a.id desc limit $4 offset $5";
    private static final String COUNT = "select count(*) " + MATCHING;

    private static final String ADD = """
            insert into allowed_number as a (device_id, whatsapp_number, status)
            values ($1, $2, $3)
            on conflict (device_id, whatsapp_number) do nothing
            returning %s
            """.formatted(COLUMNS);

    private static final String CHANGE = """
            update allowed_number a
            set status = $4, updated_at = clock_timestamp()
            from device d
            where d.device_id = a.device_id and %s and a.id = $3
            returning %s
            """.formatted(REACHED, COLUMNS);

    private static final String REMOVE = """
            delete from allowed_number a
            using device d
            where d.device_id = a.device_id and %s and a.id = $3
            """.formatted(REACHED);

    private static final String SET = "insert into history_rule default values on conflict do nothing";
    private static final String UNSET = "delete from history_rule";

    private static final String FORGET = """
            delete from told_only
            where (device_id, digest) in (
                select device_id, digest from told_only where told_at < clock_timestamp() - interval '30 days' limit 1000)
            """;

    private final Pool pool;

    AllowedNumberStore(Pool pool) {
        this.pool = pool;
    }

    Future<AllowedNumbers.Listing> list(Reach reach, Optional<String> digits, int page, int pageSize) {
        Object[] matching = {reach.owner().orElse(null), reach.deviceArray().orElse(null), digits.orElse(null)};
        Tuple paged = Tuple.from(matching).addInteger(pageSize).addLong((page - 1L) * pageSize);
        return pool.preparedQuery(LIST).execute(paged).compose(rows -> {
            List<AllowedNumber> numbers = new ArrayList<>(rows.size());
            rows.forEach(row -> numbers.add(number(row)));
            return pool.preparedQuery(COUNT)
                    .execute(Tuple.from(matching))
                    .map(count -> new AllowedNumbers.Listing(
                            List.copyOf(numbers), count.iterator().next().getLong(0)));
        });
    }

    /** Empty where it is there already. */
    Future<Optional<AllowedNumber>> add(String deviceId, String digits, AllowedNumber.Status status) {
        return pool.preparedQuery(ADD)
                .execute(Tuple.of(deviceId, digits, status.word()))
                .map(AllowedNumberStore::first);
    }

    /** Empty where there is none in reach. */
    Future<Optional<AllowedNumber>> change(Reach reach, long id, AllowedNumber.Status status) {
        return pool.preparedQuery(CHANGE)
                .execute(
                        Tuple.of(reach.owner().orElse(null), reach.deviceArray().orElse(null), id, status.word()))
                .map(AllowedNumberStore::first);
    }

    Future<Boolean> remove(Reach reach, long id) {
        return pool.preparedQuery(REMOVE)
                .execute(
                        Tuple.of(reach.owner().orElse(null), reach.deviceArray().orElse(null), id))
                .map(rows -> rows.rowCount() == 1);
    }

    Future<Void> rule(boolean onlyAllowed) {
        return pool.query(onlyAllowed ? SET : UNSET).execute().mapEmpty();
    }

    Future<Long> forget() {
        return pool.query(FORGET).execute().map(rows -> (long) rows.rowCount());
    }

    private static Optional<AllowedNumber> first(RowSet<Row> rows) {
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(number(rows.iterator().next()));
    }

    private static AllowedNumber number(Row row) {
        return new AllowedNumber(
                row.getLong(0),
                row.getString(1),
                row.getString(2),
                AllowedNumber.Status.of(row.getString(3)),
                row.getOffsetDateTime(4).toInstant(),
                row.getOffsetDateTime(5).toInstant());
    }
}
