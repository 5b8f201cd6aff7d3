package io.kurir.batch;

import io.kurir.access.Reach;
import io.kurir.message.Message;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tables {@code batch} and {@code batch_item}: reading them, but for what {@link StagingStore} is still writing. Who changes them are
 * {@link BatchQueueStore} and {@link BatchStateStore}.
 */
final class BatchStore {
    /** Of a random delay. */
    static final long RANDOM = -1;

    // Outcomes that are not added up yet are told all the same.
    private static final String SELECT = """
            select b.id, b.job_id, b.device_id, b.kind, b.state, b.pause_reason, b.total, b.completed + more.completed,
                   b.failed + more.failed, b.cancelled + more.cancelled, b.delay_ms, b.opens, b.closes, b.timezone, b.share,
                   b.starts_at, b.repeated, b.duplicates, b.created_at, b.ended_at, b.name
            from batch b
            join device d on d.device_id = b.device_id
            cross join lateral (
                select coalesce(sum(completed), 0)::integer as completed, coalesce(sum(failed), 0)::integer as failed,
                       coalesce(sum(cancelled), 0)::integer as cancelled
                from batch_delta where batch_id = b.id) more
            """;

    private static final String REACHED = """
            b.state <> 'staging' and ($1::bigint is null or d.owner_id = $1) and ($2::text[] is null or b.device_id = any ($2))
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

    Future<Optional<Batch>> get(Reach reach, String jobId) {
        return pool.preparedQuery(GET)
                .execute(
                        Tuple.of(reach.owner().orElse(null), reach.deviceArray().orElse(null), jobId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(batch(rows.iterator().next())));
    }

    /** Newest first. */
    Future<Batches.Listing> list(Reach reach, Batches.Filter filter, int page, int pageSize) {
        Object[] matching = {
            reach.owner().orElse(null),
            reach.deviceArray().orElse(null),
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
                instant(row.getOffsetDateTime(19)),
                Optional.ofNullable(row.getString(20)));
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
            long delayMs, @Nullable LocalTime opens, @Nullable LocalTime closes, @Nullable String zone, int share) {
        return new Pace(
                Optional.of(delayMs).filter(ms -> ms != RANDOM).map(Duration::ofMillis),
                opens == null || closes == null || zone == null
                        ? Optional.empty()
                        : Optional.of(new Window(opens, closes, ZoneId.of(zone))),
                share);
    }

    private static Optional<Instant> instant(@Nullable OffsetDateTime at) {
        return Optional.ofNullable(at).map(OffsetDateTime::toInstant);
    }
}
