package io.kurir.agent;

import io.kurir.access.Reach;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Table {@code chatbot}; what belongs to devices beyond the reach is neither read nor changed. */
final class ChatbotStore {
    private static final String REACHABLE = """
            exists (select from device d
                    where d.device_id = b.device_id and ($1::bigint is null or d.owner_id = $1)
                      and ($2::text[] is null or d.device_id = any ($2)))
            """;

    private static final String LIST = """
            select b.*, count(*) over () as total
            from chatbot b
            where %s and ($3::text is null or b.whatsapp_number = $3)
            order by b.id desc
            limit $4 offset $5
            """.formatted(REACHABLE);

    private static final String CREATE = """
            insert into chatbot (device_id, whatsapp_number, status)
            values ($1, $2, $3)
            on conflict (device_id, whatsapp_number) do nothing
            returning *
            """;

    private static final String STATUS = """
            update chatbot b set status = $4, updated_at = clock_timestamp() where b.id = $3 and %s returning b.*
            """.formatted(REACHABLE);

    private static final String ENDPOINT = """
            update chatbot b set endpoint_url = $4, updated_at = clock_timestamp()
            where b.whatsapp_number = $3 and %s
            returning b.*
            """.formatted(REACHABLE);

    private static final String DELETE = "delete from chatbot b where b.id = $3 and " + REACHABLE;

    private final Pool pool;

    ChatbotStore(Pool pool) {
        this.pool = pool;
    }

    Future<Chatbots.Listing> list(Reach reach, Optional<String> number, int page, int pageSize) {
        return pool.preparedQuery(LIST)
                .execute(reaching(reach)
                        .addString(number.orElse(null))
                        .addInteger(pageSize)
                        .addLong((long) (page - 1) * pageSize))
                .map(rows -> {
                    long total = 0;
                    for (Row row : rows) {
                        total = row.getLong("total");
                    }
                    return new Chatbots.Listing(chatbots(rows), total);
                });
    }

    /** Empty when the number has one on this device already. */
    Future<Optional<Chatbot>> create(String deviceId, String number, String status) {
        return pool.preparedQuery(CREATE)
                .execute(Tuple.of(deviceId, number, status))
                .map(rows -> chatbots(rows).stream().findFirst());
    }

    Future<Optional<Chatbot>> status(Reach reach, long id, String status) {
        return pool.preparedQuery(STATUS)
                .execute(reaching(reach).addLong(id).addString(status))
                .map(rows -> chatbots(rows).stream().findFirst());
    }

    /** Of all chatbots of the number. */
    Future<List<Chatbot>> endpoint(Reach reach, String number, Optional<String> url) {
        return pool.preparedQuery(ENDPOINT)
                .execute(reaching(reach).addString(number).addString(url.orElse(null)))
                .map(ChatbotStore::chatbots);
    }

    Future<Boolean> delete(Reach reach, long id) {
        return pool.preparedQuery(DELETE).execute(reaching(reach).addLong(id)).map(rows -> rows.rowCount() == 1);
    }

    private static Tuple reaching(Reach reach) {
        return Tuple.tuple()
                .addLong(reach.owner().orElse(null))
                .addArrayOfString(reach.deviceArray().orElse(null));
    }

    private static List<Chatbot> chatbots(RowSet<Row> rows) {
        List<Chatbot> chatbots = new ArrayList<>(rows.size());
        for (Row row : rows) {
            chatbots.add(new Chatbot(
                    row.getLong("id"),
                    row.getString("device_id"),
                    row.getString("whatsapp_number"),
                    row.getString("status"),
                    Optional.ofNullable(row.getString("endpoint_url")),
                    row.getOffsetDateTime("created_at").toInstant(),
                    row.getOffsetDateTime("updated_at").toInstant()));
        }
        return chatbots;
    }
}
