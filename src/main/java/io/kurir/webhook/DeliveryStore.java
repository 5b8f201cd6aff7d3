package io.kurir.webhook;

import io.vertx.core.Future;
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

/** Table {@code webhook_delivery} for people: what there is, once more, and away with it. */
final class DeliveryStore {
    private static final int PORTION = 5_000;

    private static final String LIST = """
            select *
            from webhook_delivery
            where webhook_id = $1 and position >= 0
              and ($2::bigint is null or (position, id) < ($2, $3))
              and ($4::text is null or state = $4)
              and ($5::text is null or type = $5)
              and ($6::text is null or device_id = $6)
            order by position desc, id desc
            limit $7
            """;

    /** Ends a {@code with} list that has the webhook as {@code hook}: the events that it may be told of. */
    private static final String OWN = """
            (e.owner_id = w.owner_id or (w.all_owners and w.admin))
              and (w.device_id is null or w.device_id = e.device_id)
              and not (e.type like 'webhook.%' and e.data ->> 'webhookId' = w.id)
              and (cardinality($3::text[]) > 0 or cardinality(w.events) = 0 or e.type = any (w.events))
              and (cardinality($3::text[]) = 0 or e.type = any ($3))
              and ($2::bigint[] is null or e.position = any ($2))
            """;

    private static final String POSITIONS = """
            with hook as (
                select w.*, u.role = 'admin' as admin
                from webhook w
                join app_user u on u.id = w.owner_id
                where w.id = $1
            )
            select e.position
            from hook w
            join event e on e.position <= w.position
            where %s
            """.formatted(OWN);

    // From the log, so that what came before the webhook can be had too. The lock keeps the ids in the order of
    // commits,
    // which is what the order per chat goes by.
    private static final String REPLAY = """
            with hook as (
                select w.*, u.role = 'admin' as admin
                from webhook w
                join app_user u on u.id = w.owner_id
                where w.id = $1
                for update of w
            ), chosen as (
                select e.*, earlier.prev_seq
                from hook w
                join event e on e.position <= w.position
                left join lateral (
                    select d.prev_seq
                    from webhook_delivery d
                    where d.webhook_id = w.id and d.position = e.position and d.position >= 0
                    order by d.id
                    limit 1) earlier on true
                where %s
                  and ($4::bigint is null or e.position > $4)
                  and ($5::timestamptz is null or e.at >= $5)
                  and ($6::timestamptz is null or e.at < $6)
                  and ($7::text is null or exists (
                      select from webhook_delivery d
                      where d.webhook_id = w.id and d.position = e.position and d.position >= 0 and d.state = $7))
                order by e.position
                limit $8
            ), added as (
                insert into webhook_delivery (webhook_id, position, event_at, device_id, seq, prev_seq, chat, type, replay)
                select $1, position, at, device_id, seq, prev_seq,
                       coalesce(data ->> 'chat', data ->> 'groupId', ''), type, true
                from chosen
                order by device_id, seq
                returning position
            )
            select position from added order by position
            """.formatted(OWN);

    // What an endpoint that is away has not got in time; the oldest go, the later ones wait for it.
    private static final String EXPIRE = """
            with old as (
                select d.id
                from webhook_delivery d
                join webhook w on w.id = d.webhook_id and (w.down_since is not null or not w.enabled)
                where d.state = 'pending'
                  and d.created_at < clock_timestamp() - make_interval(secs => $1)
                  and (d.claimed_until is null or d.claimed_until <= clock_timestamp())
                order by d.created_at
                limit $2
            )
            update webhook_delivery d
            set state = 'expired', error = coalesce(error, 'its time was over'), settled_at = clock_timestamp()
            from old
            where d.id = old.id and d.state = 'pending'
            """;

    private static final String FORGET = """
            delete from webhook_delivery
            where id in (
                select id
                from webhook_delivery
                where state <> 'pending'
                  and settled_at < clock_timestamp() - make_interval(secs => case state when 'delivered' then $1::float8 else $2::float8 end)
                  and settled_at < clock_timestamp() - make_interval(secs => least($1::float8, $2::float8))
                order by settled_at
                limit $3)
            """;

    private static final String ERASE = """
            delete from webhook_delivery
            where device_id = $1 and ($2::text is null or chat = $2)
            """;

    private static final String STATE = """
            select (select count(*) from webhook where down_since is not null and enabled) as open,
                   (select extract(epoch from clock_timestamp() - d.created_at)
                    from webhook_delivery d
                    join webhook w on w.id = d.webhook_id and w.enabled
                    where d.state = 'pending'
                    order by d.created_at
                    limit 1) as age
            """;

    /** A row for inspection. */
    record Entry(
            long id,
            long position,
            String deviceId,
            long seq,
            Optional<Long> prevSeq,
            String chat,
            String type,
            boolean replay,
            String state,
            int attempts,
            Optional<Integer> status,
            Optional<Integer> latencyMs,
            Optional<String> reply,
            Optional<String> error,
            Instant createdAt,
            Instant dueAt,
            Optional<Instant> settledAt) {}

    /** Open circuits, and seconds since the oldest event that waits. */
    record State(long open, double age) {}

    private final Pool pool;

    DeliveryStore(Pool pool) {
        this.pool = pool;
    }

    /** Newest event first; the place to go on from is a position and an id. */
    Future<List<Entry>> list(String webhookId, Webhooks.DeliveryQuery query) {
        Tuple arguments = Tuple.tuple()
                .addString(webhookId)
                .addLong(query.before().map(Webhooks.Place::position).orElse(null))
                .addLong(query.before().map(Webhooks.Place::id).orElse(null))
                .addString(query.state().orElse(null))
                .addString(query.type().orElse(null))
                .addString(query.deviceId().orElse(null))
                .addInteger(query.limit());
        return pool.preparedQuery(LIST).execute(arguments).map(rows -> {
            List<Entry> entries = new ArrayList<>();
            rows.forEach(row -> entries.add(entry(row)));
            return entries;
        });
    }

    private static Entry entry(Row row) {
        return new Entry(
                row.getLong("id"),
                row.getLong("position"),
                row.getString("device_id"),
                row.getLong("seq"),
                Optional.ofNullable(row.getLong("prev_seq")),
                row.getString("chat"),
                row.getString("type"),
                row.getBoolean("replay"),
                row.getString("state"),
                row.getInteger("attempts"),
                Optional.ofNullable(row.getInteger("status")),
                Optional.ofNullable(row.getInteger("latency_ms")),
                Optional.ofNullable(row.getString("reply")),
                Optional.ofNullable(row.getString("error")),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("due_at").toInstant(),
                Optional.ofNullable(row.getOffsetDateTime("settled_at")).map(OffsetDateTime::toInstant));
    }

    /** Which of these events the webhook may be told of; of any type that it subscribed to. */
    Future<List<Long>> positions(String webhookId, List<Long> positions) {
        return pool.preparedQuery(POSITIONS)
                .execute(Tuple.of(webhookId, positions.toArray(Long[]::new), new String[0]))
                .map(DeliveryStore::numbers);
    }

    private static List<Long> numbers(Iterable<Row> rows) {
        List<Long> numbers = new ArrayList<>();
        rows.forEach(row -> numbers.add(row.getLong(0)));
        return numbers;
    }

    /** The positions that will be delivered once more, ascending, at most {@code limit}. */
    Future<List<Long>> replay(String webhookId, Webhooks.Replay replay, int limit) {
        Tuple arguments = Tuple.tuple()
                .addString(webhookId)
                .addArrayOfLong(
                        replay.positions().map(all -> all.toArray(Long[]::new)).orElse(null))
                .addArrayOfString(replay.types().toArray(String[]::new))
                .addLong(replay.after().orElse(null))
                .addOffsetDateTime(
                        replay.from().map(from -> from.atOffset(ZoneOffset.UTC)).orElse(null))
                .addOffsetDateTime(
                        replay.to().map(to -> to.atOffset(ZoneOffset.UTC)).orElse(null))
                .addString(replay.state().orElse(null))
                .addInteger(limit);
        return pool.preparedQuery(REPLAY).execute(arguments).map(DeliveryStore::numbers);
    }

    /** A portion; how many there were. */
    Future<Long> expire(Duration after) {
        return portion(EXPIRE, Tuple.of((double) after.toSeconds(), PORTION));
    }

    /** A portion; how many there were. */
    Future<Long> forget(Duration delivered, Duration others) {
        return portion(FORGET, Tuple.of((double) delivered.toSeconds(), (double) others.toSeconds(), PORTION));
    }

    private Future<Long> portion(String sql, Tuple arguments) {
        return pool.preparedQuery(sql).execute(arguments).map(rows -> (long) rows.rowCount());
    }

    /** How many there were. */
    Future<Long> erase(String deviceId, Optional<String> chat) {
        return pool.preparedQuery(ERASE)
                .execute(Tuple.of(deviceId, chat.orElse(null)))
                .map(rows -> (long) rows.rowCount());
    }

    Future<State> state() {
        return pool.query(STATE).execute().map(rows -> {
            Row row = rows.iterator().next();
            return new State(
                    row.getLong("open"),
                    Optional.ofNullable(row.getBigDecimal("age"))
                            .map(Number::doubleValue)
                            .orElse(0.0));
        });
    }
}
