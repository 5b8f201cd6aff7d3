package io.kurir.suppression;

import io.kurir.access.Reach;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The table {@code suppression}. */
final class SuppressionStore {
    private static final String COLUMNS = "s.id, s.owner_id, s.device_id, s.phone, s.reason, s.created_at";

    private static final String MATCHING = """
            from suppression s
            where ($1::bigint is null or s.owner_id = $1)
              and ($2::text[] is null or s.device_id = any ($2))
              and ($3::text is null or s.device_id = $3)
              and ($4::text is null or strpos(s.phone, $4) > 0 or strpos(lower(s.reason), lower($4)) > 0)
            """;

    private static final String LIST = "select " + COLUMNS + " " + MATCHING + " order by s.id desc limit $5 offset $6";
    private static final String COUNT = "select count(*) " + MATCHING;

    // Said again, it holds against what was written in between.
    private static final String ADD = """
            insert into suppression as s (owner_id, device_id, phone, reason)
            values ($1, $2, $3, $4)
            on conflict (owner_id, phone, coalesce(device_id, '')) do update set created_at = clock_timestamp()
            returning %s
            """.formatted(COLUMNS);

    private static final String REMOVE = """
            delete from suppression s
            where s.id = $3 and ($1::bigint is null or s.owner_id = $1) and ($2::text[] is null or s.device_id = any ($2))
            """;

    private static final String AMONG = """
            select i.device_id, i.chat, i.quoted
            from unnest($1::text[], $2::text[], $3::text[]) as i(device_id, chat, quoted)
            join device d on d.device_id = i.device_id
            where %s
            """;

    private static final String PLANNED = AMONG.formatted(Suppression.UNWANTED);
    private static final String NOW = AMONG.formatted(Suppression.UNASKED);

    private final Pool pool;

    SuppressionStore(Pool pool) {
        this.pool = pool;
    }

    Future<Suppressions.Listing> list(
            Reach reach, Optional<String> deviceId, Optional<String> search, int page, int pageSize) {
        Tuple matching = Tuple.of(
                reach.owner().orElse(null),
                reach.deviceArray().orElse(null),
                deviceId.orElse(null),
                search.orElse(null));
        Tuple paged = Tuple.tuple();
        for (int i = 0; i < matching.size(); i++) {
            paged.addValue(matching.getValue(i));
        }
        paged.addInteger(pageSize).addLong((long) (page - 1) * pageSize);
        return pool.preparedQuery(LIST).execute(paged).compose(rows -> {
            List<Suppression> found = new ArrayList<>();
            rows.forEach(row -> found.add(suppression(row)));
            return pool.preparedQuery(COUNT)
                    .execute(matching)
                    .map(count -> new Suppressions.Listing(
                            found, count.iterator().next().getLong(0)));
        });
    }

    Future<Suppression> add(long ownerId, Optional<String> deviceId, String phone, String reason) {
        return pool.preparedQuery(ADD)
                .execute(Tuple.of(ownerId, deviceId.orElse(null), phone, reason))
                .map(rows -> suppression(rows.iterator().next()));
    }

    Future<Boolean> remove(Reach reach, long id) {
        return pool.preparedQuery(REMOVE)
                .execute(
                        Tuple.of(reach.owner().orElse(null), reach.deviceArray().orElse(null), id))
                .map(rows -> rows.rowCount() == 1);
    }

    static Future<Set<Suppressions.Letter>> planned(SqlClient transaction, List<Suppressions.Letter> letters) {
        return among(transaction, PLANNED, letters);
    }

    static Future<Set<Suppressions.Letter>> now(SqlClient client, List<Suppressions.Letter> letters) {
        return among(client, NOW, letters);
    }

    private static Future<Set<Suppressions.Letter>> among(
            SqlClient client, String which, List<Suppressions.Letter> letters) {
        return client.preparedQuery(which)
                .execute(Tuple.tuple()
                        .addArrayOfString(letters.stream()
                                .map(Suppressions.Letter::deviceId)
                                .toArray(String[]::new))
                        .addArrayOfString(letters.stream()
                                .map(letter -> letter.to().toString())
                                .toArray(String[]::new))
                        .addArrayOfString(letters.stream()
                                .map(letter -> letter.quoted().orElse(null))
                                .toArray(String[]::new)))
                .map(rows -> {
                    Set<Suppressions.Letter> unwanted = new HashSet<>();
                    rows.forEach(row -> unwanted.add(new Suppressions.Letter(
                            row.getString(0), Jid.parse(row.getString(1)), Optional.ofNullable(row.getString(2)))));
                    return unwanted;
                });
    }

    private static Suppression suppression(Row row) {
        return new Suppression(
                row.getLong(0),
                row.getLong(1),
                Optional.ofNullable(row.getString(2)),
                row.getString(3),
                row.getString(4),
                row.getOffsetDateTime(5).toInstant());
    }
}
