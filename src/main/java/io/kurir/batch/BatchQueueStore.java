package io.kurir.batch;

import io.kurir.message.Contents;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The table {@code batch}: taking what is due, and moving its cursor on, in one transaction with what becomes of it. */
final class BatchQueueStore {
    /**
     * A batch that is due.
     *
     * @param room how many of its messages the outbox takes now
     */
    record Due(
            long id,
            String deviceId,
            Buffer seed,
            Optional<Template> template,
            Optional<JsonObject> content,
            Optional<String> media,
            boolean typing,
            Pace pace,
            Instant dueAt,
            int cursor,
            int room,
            Instant now) {}

    /** {@code count} items of a batch, and when the next one is due. */
    record Turn(Due batch, int count, Instant next) {}

    /** An item, complete. */
    record Item(
            long batch,
            int index,
            Jid chat,
            Content content,
            Optional<String> media,
            Optional<String> quoted,
            List<Jid> mentions,
            boolean typing) {}

    // A batch whose messages are not fetched gets no more; one that is slow on purpose has two at most, so that they do
    // not go out together
    // when their device comes back.
    private static final String TAKE = """
            select b.id, b.device_id, b.seed, b.template, b.content, b.media, b.typing, b.delay_ms, b.opens, b.closes, b.timezone, b.share,
                   b.next_at, b.cursor, least($2 - waiting.of_device, speed.most - waiting.mine)::integer, clock_timestamp()
            from batch b
            join device d on d.device_id = b.device_id
            cross join lateral (select case when b.delay_ms between 0 and 199 and b.share = 100 then $2 else 2 end as most) speed
            cross join lateral (
                select count(*) filter (where o.batch_id = b.id) as mine, count(*) as of_device
                from outbox o
                join batch other on other.id = o.batch_id and other.state = 'processing'
                where o.device_id = b.device_id and o.batch_id is not null) waiting
            where b.state in ('queued', 'processing') and b.next_at <= statement_timestamp()
              and d.state = 'connected'
              and (d.restricted_until is null or d.restricted_until <= clock_timestamp())
              and waiting.of_device < $2 and waiting.mine < speed.most
            order by b.next_at
            limit $1
            for update of b skip locked
            """;

    private static final String ITEMS = """
            select t.id, i.n, i.chat, i.body, i.vars, i.content, i.media, i.quoted, i.mentions, i.typing
            from unnest($1::bigint[], $2::integer[], $3::integer[]) as t(id, after, count)
            cross join lateral (
                select * from batch_item where batch_id = t.id and n > t.after order by n limit t.count) i
            order by t.id, i.n
            """;

    private static final String ADVANCE = """
            update batch b
            set state = case when t.count > 0 then 'processing' else b.state end,
                cursor = greatest(b.cursor, t.cursor),
                promoted = b.promoted + t.count,
                next_at = case when b.promoted + t.count < b.total then t.next_at end
            from unnest($1::bigint[], $2::integer[], $3::integer[], $4::timestamptz[]) as t(id, cursor, count, next_at)
            where b.id = t.id
            """;

    private final Pool pool;

    BatchQueueStore(Pool pool) {
        this.pool = pool;
    }

    <T> Future<T> inTransaction(Function<SqlClient, Future<T>> work) {
        return pool.withTransaction(connection -> work.apply(connection));
    }

    /** At most {@code limit} batches, the one that waits longest first; at most {@code most} rows of a device are in the outbox. */
    static Future<List<Due>> take(SqlClient transaction, int limit, int most) {
        return transaction.preparedQuery(TAKE).execute(Tuple.of(limit, most)).map(rows -> {
            List<Due> due = new ArrayList<>();
            rows.forEach(row -> due.add(due(row)));
            return due;
        });
    }

    private static Due due(Row row) {
        return new Due(
                row.getLong(0),
                row.getString(1),
                row.getBuffer(2),
                Optional.ofNullable(row.getString(3)).map(Template::new),
                Optional.ofNullable(row.getJsonObject(4)),
                Optional.ofNullable(row.getString(5)),
                row.getBoolean(6),
                BatchStore.pace(
                        row.getLong(7), row.getLocalTime(8), row.getLocalTime(9), row.getString(10), row.getShort(11)),
                row.getOffsetDateTime(12).toInstant(),
                row.getInteger(13),
                row.getInteger(14),
                row.getOffsetDateTime(15).toInstant());
    }

    static Future<List<Item>> items(SqlClient transaction, List<Turn> turns) {
        return transaction
                .preparedQuery(ITEMS)
                .execute(Tuple.tuple()
                        .addArrayOfLong(ids(turns))
                        .addArrayOfInteger(turns.stream()
                                .map(turn -> turn.batch().cursor())
                                .toArray(Integer[]::new))
                        .addArrayOfInteger(turns.stream().map(Turn::count).toArray(Integer[]::new)))
                .map(rows -> {
                    List<Item> items = new ArrayList<>();
                    for (Row row : rows) {
                        long id = row.getLong(0);
                        turns.stream()
                                .filter(turn -> turn.batch().id() == id)
                                .findFirst()
                                .ifPresent(turn -> items.add(item(turn.batch(), row)));
                    }
                    return items;
                });
    }

    private static Long[] ids(List<Turn> turns) {
        return turns.stream().map(turn -> turn.batch().id()).toArray(Long[]::new);
    }

    private static Item item(Due batch, Row row) {
        JsonObject variables = Optional.ofNullable(row.getJsonObject(4)).orElseGet(JsonObject::new);
        String words = Optional.ofNullable(row.getString(3))
                .orElseGet(() -> batch.template()
                        .map(template -> template.fill(variables))
                        .orElse(""));
        Optional<JsonObject> content = Optional.ofNullable(row.getJsonObject(5)).or(batch::content);
        List<Jid> mentions = new ArrayList<>();
        for (String mention : Optional.ofNullable(row.getArrayOfStrings(8)).orElse(new String[0])) {
            mentions.add(Jid.parse(mention));
        }
        return new Item(
                batch.id(),
                row.getInteger(1),
                Jid.parse(row.getString(2)),
                Contents.read(content, words, Contents.TEXT),
                Optional.ofNullable(row.getString(6)).or(batch::media),
                Optional.ofNullable(row.getString(7)),
                List.copyOf(mentions),
                batch.typing() || row.getBoolean(9));
    }

    /** {@code items}: what became of the turns; all of one batch are in order. */
    static Future<Void> advance(SqlClient transaction, List<Turn> turns, List<Item> items) {
        List<Integer> cursors = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        for (Turn turn : turns) {
            List<Item> mine = items.stream()
                    .filter(item -> item.batch() == turn.batch().id())
                    .toList();
            cursors.add(mine.isEmpty() ? turn.batch().cursor() : mine.getLast().index());
            counts.add(mine.size());
        }
        return transaction
                .preparedQuery(ADVANCE)
                .execute(Tuple.tuple()
                        .addArrayOfLong(ids(turns))
                        .addArrayOfInteger(cursors.toArray(Integer[]::new))
                        .addArrayOfInteger(counts.toArray(Integer[]::new))
                        .addArrayOfOffsetDateTime(turns.stream()
                                .map(turn -> turn.next().atOffset(ZoneOffset.UTC))
                                .toArray(OffsetDateTime[]::new)))
                .mapEmpty();
    }
}
