package io.kurir.batch;

import io.kurir.access.Reach;
import io.kurir.message.Contents;
import io.kurir.message.Message;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The tables {@code batch} and {@code batch_item}: writing them down and reading them. What is still being written is in state
 * {@code staging}, which nothing here reads. Who changes them later are {@link BatchQueueStore} and {@link BatchStateStore}.
 */
final class BatchStore {
    /** Of a random delay. */
    static final long RANDOM = -1;

    private static final String CREATE = """
            insert into batch (job_id, device_id, kind, total, delay_ms, state, seed, template, content, media, typing, opens, closes,
                               timezone, share, starts_at)
            select $1, d.device_id, $3, 0, $4, 'staging', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
            from device d
            where d.device_id = $2
            returning id
            """;

    private static final String STAGE = """
            insert into batch_item (batch_id, n, chat, body, vars, content, media, quoted, mentions, typing)
            select $1, n, chat, body, vars::jsonb, content::jsonb, media, quoted, string_to_array(mentions, ' '), typing
            from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                        $10::boolean[]) as t(n, chat, body, vars, content, media, quoted, mentions, typing)
            """;

    private static final String PUBLISH = """
            update batch
            set state = 'queued', total = $2, repeated = $3, duplicates = $4,
                next_at = greatest(starts_at, clock_timestamp())
            where id = $1 and state = 'staging'
            """;

    private static final String DROP = "delete from batch where job_id = $1 and device_id = $2 and state = 'staging'";

    // Outcomes that are not added up yet are told all the same.
    private static final String SELECT = """
            select b.id, b.job_id, b.device_id, b.kind, b.state, b.pause_reason, b.total, b.completed + more.completed,
                   b.failed + more.failed, b.cancelled + more.cancelled, b.delay_ms, b.opens, b.closes, b.timezone, b.share,
                   b.starts_at, b.repeated, b.duplicates, b.created_at, b.ended_at
            from batch b
            join device d on d.device_id = b.device_id
            cross join lateral (
                select coalesce(sum(completed), 0)::integer as completed, coalesce(sum(failed), 0)::integer as failed,
                       coalesce(sum(cancelled), 0)::integer as cancelled
                from batch_delta where batch_id = b.id) more
            """;

    private static final String REACHED = """
            b.state <> 'staging' and ($1::bigint is null or d.owner_id = $1) and ($2::text is null or b.device_id = $2)
            """;

    private static final String GET = SELECT + "where " + REACHED + " and b.job_id = $3";

    private static final String MATCHING = REACHED + """
            and ($3::text is null or b.device_id = $3) and ($4::text is null or b.state = $4) and ($5::text is null or b.kind = $5)
            """;

    private static final String LIST = SELECT + "where " + MATCHING + " order by b.id desc limit $6 offset $7";
    private static final String COUNT =
            "select count(*) from batch b join device d on d.device_id = b.device_id where " + MATCHING;

    private static final String STATE =
            "coalesce(m.phase, case when b.state = 'cancelled' then 'cancelled' else 'pending' end)";

    private static final String ITEMS_OF = """
            from batch b
            join batch_item i on i.batch_id = b.id
            left join message m on m.batch_id = b.id and m.batch_item = i.n
            where b.id = $1 and ($2::text is null or %s = $2)
            """.formatted(STATE);

    private static final String ITEMS = """
            select i.n, m.id, m.stanza_id, coalesce(m.chat, i.chat), %s, coalesce(m.ack, 0), coalesce(m.attempts, 0), m.failure,
                   coalesce(m.sent_at, m.created_at, b.created_at)
            %s and i.n > $3
            order by i.n
            limit $4 offset $5
            """.formatted(STATE, ITEMS_OF);

    private static final String COUNT_ITEMS = "select count(*) " + ITEMS_OF;

    private final Pool pool;

    BatchStore(Pool pool) {
        this.pool = pool;
    }

    /** Empty when the device is gone; fails where the job is there already. */
    Future<Optional<Long>> create(String deviceId, NewBatch batch) {
        Optional<Window> window = batch.pace().window();
        return pool.preparedQuery(CREATE)
                .execute(Tuple.tuple()
                        .addString(batch.jobId())
                        .addString(deviceId)
                        .addString(batch.kind())
                        .addLong(batch.pace().delay().map(Duration::toMillis).orElse(RANDOM))
                        .addBuffer(io.vertx.core.buffer.Buffer.buffer(batch.seed()))
                        .addString(batch.template().map(Template::text).orElse(null))
                        .addJsonObject(batch.file()
                                .flatMap(file -> Contents.json(file.content()))
                                .orElse(null))
                        .addString(batch.file().map(NewBatch.File::hash).orElse(null))
                        .addBoolean(batch.typing())
                        .addLocalTime(window.map(Window::from).orElse(null))
                        .addLocalTime(window.map(Window::to).orElse(null))
                        .addString(window.map(daily -> daily.zone().getId()).orElse(null))
                        .addShort((short) batch.pace().share())
                        .addOffsetDateTime(batch.startsAt()
                                .map(at -> at.atOffset(ZoneOffset.UTC))
                                .orElse(null)))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getLong(0)));
    }

    Future<Void> stage(long batch, List<NewBatch.Item> items) {
        return pool.preparedQuery(STAGE)
                .execute(Tuple.tuple()
                        .addLong(batch)
                        .addArrayOfInteger(
                                items.stream().map(NewBatch.Item::index).toArray(Integer[]::new))
                        .addArrayOfString(
                                texts(items, item -> Optional.of(item.chat().toString())))
                        .addArrayOfString(texts(items, NewBatch.Item::body))
                        .addArrayOfString(texts(items, item -> item.variables().map(JsonObject::encode)))
                        .addArrayOfString(texts(items, item -> item.content().map(JsonObject::encode)))
                        .addArrayOfString(texts(items, NewBatch.Item::media))
                        .addArrayOfString(texts(items, NewBatch.Item::quoted))
                        .addArrayOfString(texts(
                                items,
                                item -> Optional.of(String.join(
                                        " ",
                                        item.mentions().stream()
                                                .map(Jid::toString)
                                                .toList()))))
                        .addArrayOfBoolean(
                                items.stream().map(NewBatch.Item::typing).toArray(Boolean[]::new)))
                .mapEmpty();
    }

    private static String[] texts(List<NewBatch.Item> items, Function<NewBatch.Item, Optional<String>> what) {
        return items.stream().map(item -> what.apply(item).orElse(null)).toArray(String[]::new);
    }

    /** Everybody sees it from here on. False when it is not there any more: somebody took it for abandoned, or the device is gone. */
    Future<Boolean> publish(long batch, int total, int repeated, JsonArray duplicates) {
        return pool.preparedQuery(PUBLISH)
                .execute(Tuple.of(batch, total, repeated, duplicates))
                .map(rows -> rows.rowCount() == 1);
    }

    /** Only what is not published. */
    Future<Void> drop(String deviceId, String jobId) {
        return pool.preparedQuery(DROP).execute(Tuple.of(jobId, deviceId)).mapEmpty();
    }

    Future<Optional<Batch>> get(Reach reach, String jobId) {
        return pool.preparedQuery(GET)
                .execute(Tuple.of(reach.owner().orElse(null), reach.device().orElse(null), jobId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(batch(rows.iterator().next())));
    }

    /** Newest first. */
    Future<Batches.Listing> list(Reach reach, Batches.Filter filter, int page, int pageSize) {
        Object[] matching = {
            reach.owner().orElse(null),
            reach.device().orElse(null),
            filter.deviceId().orElse(null),
            filter.state().map(Batch.State::word).orElse(null),
            filter.kind().orElse(null)
        };
        Tuple paged = Tuple.from(matching).addInteger(pageSize).addLong((long) (page - 1) * pageSize);
        return pool.preparedQuery(LIST).execute(paged).compose(rows -> {
            List<Batch> batches = new ArrayList<>();
            rows.forEach(row -> batches.add(batch(row)));
            return pool.preparedQuery(COUNT)
                    .execute(Tuple.from(matching))
                    .map(count -> new Batches.Listing(batches, number(count)));
        });
    }

    private static long number(RowSet<Row> rows) {
        return rows.iterator().next().getLong(0);
    }

    /** In the order of the request, beginning after the item {@code after}. */
    Future<List<Batch.Item>> items(long batch, Optional<String> state, int after, int limit, long offset) {
        return pool.preparedQuery(ITEMS)
                .execute(Tuple.of(batch, state.orElse(null), after, limit, offset))
                .map(rows -> {
                    List<Batch.Item> items = new ArrayList<>();
                    rows.forEach(row -> items.add(item(row)));
                    return items;
                });
    }

    Future<Long> countItems(long batch, Optional<String> state) {
        return pool.preparedQuery(COUNT_ITEMS)
                .execute(Tuple.of(batch, state.orElse(null)))
                .map(BatchStore::number);
    }

    /** Stagings that nobody goes on with; how many. */
    Future<Integer> dropAbandoned(Duration after) {
        return pool.preparedQuery("""
                        delete from batch
                        where state = 'staging' and created_at < clock_timestamp() - make_interval(secs => $1)
                        """)
                .execute(Tuple.of((double) after.toSeconds()))
                .map(SqlResult::rowCount);
    }

    private static Batch.Item item(Row row) {
        String state = row.getString(4);
        Optional<Long> id = Optional.ofNullable(row.getLong(1));
        return new Batch.Item(
                row.getInteger(0),
                id,
                Optional.ofNullable(row.getString(2)),
                Jid.parse(row.getString(3)),
                id.isPresent() ? Message.status(Message.Phase.of(state), Ack.of(row.getInteger(5))) : state,
                state,
                row.getInteger(6),
                Optional.ofNullable(row.getString(7)),
                row.getOffsetDateTime(8).toInstant());
    }

    private static Batch batch(Row row) {
        int total = row.getInteger(6);
        int completed = row.getInteger(7);
        int failed = row.getInteger(8);
        int cancelled = row.getInteger(9);
        return new Batch(
                row.getLong(0),
                row.getString(1),
                row.getString(2),
                row.getString(3),
                shown(Batch.State.of(row.getString(4)), completed, total - completed - failed - cancelled),
                Optional.ofNullable(row.getString(5)),
                total,
                completed,
                failed,
                cancelled,
                pace(row.getLong(10), row.getLocalTime(11), row.getLocalTime(12), row.getString(13), row.getShort(14)),
                instant(row.getOffsetDateTime(15)),
                row.getInteger(16),
                row.getJsonArray(17),
                row.getOffsetDateTime(18).toInstant(),
                instant(row.getOffsetDateTime(19)));
    }

    /** What the row will say when the outcomes are added up. */
    private static Batch.State shown(Batch.State stored, int completed, int pending) {
        return switch (stored) {
            case QUEUED, PROCESSING, PAUSED, COMPLETED, FAILED ->
                pending > 0 ? stored : completed > 0 ? Batch.State.COMPLETED : Batch.State.FAILED;
            case STAGING, CANCELLED -> stored;
        };
    }

    static Pace pace(
            long delayMs,
            @org.jspecify.annotations.Nullable LocalTime opens,
            @org.jspecify.annotations.Nullable LocalTime closes,
            @org.jspecify.annotations.Nullable String zone,
            int share) {
        return new Pace(
                Optional.of(delayMs).filter(ms -> ms != RANDOM).map(Duration::ofMillis),
                opens == null || closes == null || zone == null
                        ? Optional.empty()
                        : Optional.of(new Window(opens, closes, ZoneId.of(zone))),
                share);
    }

    private static Optional<Instant> instant(@org.jspecify.annotations.Nullable OffsetDateTime at) {
        return Optional.ofNullable(at).map(OffsetDateTime::toInstant);
    }
}
