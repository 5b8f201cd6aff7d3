package io.kurir.schedule;

import io.kurir.access.Reach;
import io.kurir.message.Contents;
import io.kurir.message.Draft;
import io.kurir.message.Lane;
import io.kurir.message.OutboxWriter;
import io.kurir.suppression.Suppression;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The table {@code schedule}. A one-off and its message change in one transaction, the schedule first. Over 300 lines: its statements are. */
final class ScheduleStore {
    private static final String COLUMNS = """
            s.id, s.name, s.device_id, s.state, s.chat, s.body, s.content, s.media, s.mentions, s.typing, s.local_time, s.cron,
            s.timezone, s.missed, s.due_at, s.stanza_id, s.runs, s.skipped, s.last_at, s.late, s.created_at, s.updated_at""";

    private static final String REACHABLE = """
            s.device_id = $1 and exists (
                select from device d
                where d.device_id = s.device_id and ($2::bigint is null or d.owner_id = $2) and ($3::text[] is null or d.device_id = any ($3)))""";

    private static final String CREATE = """
            insert into schedule as s (device_id, name, chat, body, content, media, mentions, typing, local_time, cron, timezone, missed,
                                       due_at, look_at, stanza_id)
            select d.device_id, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14
            from device d
            where d.device_id = $1
            on conflict (name) do nothing
            returning %s
            """.formatted(COLUMNS);

    private static final String BY_NAME = """
            select %s from schedule s where %s and s.name = $4
            """.formatted(COLUMNS, REACHABLE);

    private static final String GET = """
            select %s from schedule s where %s and s.id = $4
            """.formatted(COLUMNS, REACHABLE);

    private static final String LIST = """
            select %s, count(*) over ()
            from schedule s
            where %s and ($4::text is null or s.state = $4)
            order by s.id desc
            limit $5 offset $6
            """.formatted(COLUMNS, REACHABLE);

    private static final String COUNT = """
            select count(*) from schedule s where %s and ($4::text is null or s.state = $4)
            """.formatted(REACHABLE);

    // Only what was read: a promotion or another change in between wins, and the caller looks again.
    private static final String UPDATE = """
            update schedule s
            set body = $4, content = $5::jsonb, local_time = $6, cron = $7, timezone = $8, missed = $9, due_at = $10, look_at = $10,
                updated_at = clock_timestamp()
            where s.id = $1 and s.state = 'active' and s.updated_at = $2 and s.runs + s.skipped = $3
            returning %s
            """.formatted(COLUMNS);

    private static final String CANCEL = """
            update schedule s
            set state = 'cancelled', updated_at = clock_timestamp(), ended_at = clock_timestamp()
            where s.id = $1 and s.state = 'active'
            returning %s
            """.formatted(COLUMNS);

    private static final String MESSAGE = """
            select id from message where device_id = $1 and stanza_id = $2 and phase = 'scheduled'
            """;

    // statement_timestamp(), because a volatile clock_timestamp() could not be looked up in the index: each look would
    // read all that is not due.
    private static final String DUE = """
            select %s, m.id, statement_timestamp(),
                   d.state = 'connected' and coalesce(d.restricted_until < statement_timestamp(), true),
                   %s
            from schedule s
            join device d on d.device_id = s.device_id
            cross join lateral (select s.device_id, s.chat, null::text as quoted) i
            left join message m on s.cron is null and m.device_id = s.device_id and m.stanza_id = s.stanza_id
            where s.state = 'active' and s.look_at <= statement_timestamp()
            order by s.look_at
            limit $1
            for update of s skip locked
            """.formatted(COLUMNS, Suppression.UNWANTED);

    // After a quarter of the time that it waits already, so that a device that was away for seconds is not made late by
    // the wait, and one that is away for days costs one look in 15 s.
    private static final String WAIT = """
            update schedule
            set look_at = clock_timestamp()
                          + least(greatest((clock_timestamp() - due_at) / 4, interval '0.5 seconds'), interval '15 seconds')
            where id = any ($1::bigint[])
            """;

    private static final String ADVANCE = """
            update schedule s
            set state = i.state, due_at = i.due_at, look_at = i.due_at, stanza_id = i.stanza_id, runs = s.runs + i.runs,
                skipped = s.skipped + i.skipped, last_at = s.due_at, late = i.late,
                ended_at = case when i.state <> 'active' then clock_timestamp() end
            from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::integer[], $6::integer[], $7::boolean[])
                as i(id, state, due_at, stanza_id, runs, skipped, late)
            where s.id = i.id
            """;

    // Their messages stay in the history.
    private static final String FORGET = """
            delete from schedule
            where id in (select id from schedule
                         where ended_at < clock_timestamp() - make_interval(secs => $1)
                         limit 1000
                         for update skip locked)
            """;

    /** A schedule to be, with all that was decided. */
    record New(
            String deviceId,
            String name,
            Draft draft,
            Optional<String> localTime,
            Optional<String> cron,
            String timezone,
            Schedule.Missed missed,
            Instant dueAt,
            Optional<String> stanzaId) {}

    /**
     * One that is to be looked at.
     *
     * @param message of a one-off
     * @param now by the database's clock
     * @param ready whether its device may send
     * @param suppressed whether its recipient does not want to be written to
     */
    record Due(Schedule schedule, Optional<Long> message, Instant now, boolean ready, boolean suppressed) {}

    /** What became of one that was due. {@code dueAt} is that of the next run, or stays. */
    record Advance(
            long id,
            Schedule.State state,
            Instant dueAt,
            Optional<String> stanzaId,
            int runs,
            int skipped,
            boolean late) {}

    record Listing(List<Schedule> schedules, long total) {}

    private final Pool pool;

    ScheduleStore(Pool pool) {
        this.pool = pool;
    }

    <T> Future<T> transaction(Function<SqlConnection, Future<T>> work) {
        return pool.withTransaction(work);
    }

    /** Empty when the device is gone. One of this name that is there already is answered as it is. */
    Future<Optional<Schedule>> create(New schedule, Reach reach) {
        return transaction(transaction -> transaction
                .preparedQuery(CREATE)
                .execute(tuple(schedule))
                .map(ScheduleStore::one)
                .compose(made -> made.isPresent() && schedule.stanzaId().isPresent()
                        ? OutboxWriter.hold(
                                        transaction,
                                        List.of(entry(
                                                made.get(),
                                                schedule.stanzaId().get(),
                                                Optional.empty(),
                                                "scheduled for " + schedule.dueAt())))
                                .map(made)
                        : Future.succeededFuture(made))
                .compose(made -> made.isPresent()
                        ? Future.succeededFuture(made)
                        : transaction
                                .preparedQuery(BY_NAME)
                                .execute(reachable(reach, schedule.deviceId()).addString(schedule.name()))
                                .map(ScheduleStore::one)));
    }

    private static Tuple tuple(New schedule) {
        Draft draft = schedule.draft();
        return Tuple.tuple()
                .addString(schedule.deviceId())
                .addString(schedule.name())
                .addString(draft.chat().toString())
                .addString(draft.content().words())
                .addJsonObject(Contents.json(draft.content()).orElse(null))
                .addString(draft.media().orElse(null))
                .addArrayOfString(draft.mentions().stream().map(Jid::toString).toArray(String[]::new))
                .addBoolean(draft.typing())
                .addString(schedule.localTime().orElse(null))
                .addString(schedule.cron().orElse(null))
                .addString(schedule.timezone())
                .addString(schedule.missed().word())
                .addOffsetDateTime(utc(schedule.dueAt()))
                .addString(schedule.stanzaId().orElse(null));
    }

    /** The message of one run. */
    static OutboxWriter.Entry entry(Schedule schedule, String stanzaId, Optional<String> refused, String note) {
        Draft draft = schedule.draft();
        return new OutboxWriter.Entry(
                schedule.deviceId(),
                stanzaId,
                draft.chat(),
                draft.content(),
                draft.media(),
                draft.quoted(),
                draft.mentions(),
                draft.typing(),
                Lane.SCHEDULED,
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.of(schedule.id()),
                note,
                refused);
    }

    Future<Optional<Schedule>> byName(Reach reach, String deviceId, String name) {
        return pool.preparedQuery(BY_NAME)
                .execute(reachable(reach, deviceId).addString(name))
                .map(ScheduleStore::one);
    }

    Future<Optional<Schedule>> get(Reach reach, String deviceId, long id) {
        return pool.preparedQuery(GET)
                .execute(reachable(reach, deviceId).addLong(id))
                .map(ScheduleStore::one);
    }

    Future<Listing> list(Reach reach, String deviceId, Optional<Schedule.State> state, int limit, long offset) {
        String only = state.map(Schedule.State::word).orElse(null);
        return pool.preparedQuery(LIST)
                .execute(reachable(reach, deviceId)
                        .addString(only)
                        .addInteger(limit)
                        .addLong(offset))
                .compose(rows -> {
                    List<Schedule> schedules = new ArrayList<>();
                    rows.forEach(row -> schedules.add(schedule(row)));
                    return schedules.isEmpty()
                            ? pool.preparedQuery(COUNT)
                                    .execute(reachable(reach, deviceId).addString(only))
                                    .map(count -> new Listing(
                                            schedules, count.iterator().next().getLong(0)))
                            : Future.succeededFuture(new Listing(
                                    schedules, rows.iterator().next().getLong(22)));
                });
    }

    /** Empty when it is no longer what {@code before} says. */
    Future<Optional<Schedule>> update(Schedule before, Schedule after) {
        Content content = after.draft().content();
        return transaction(transaction -> transaction
                .preparedQuery(UPDATE)
                .execute(Tuple.tuple()
                        .addLong(before.id())
                        .addOffsetDateTime(utc(before.updatedAt()))
                        .addInteger(before.runs() + before.skipped())
                        .addString(content.words())
                        .addJsonObject(Contents.json(content).orElse(null))
                        .addString(after.localTime().orElse(null))
                        .addString(after.cron().orElse(null))
                        .addString(after.timezone())
                        .addString(after.missed().word())
                        .addOffsetDateTime(utc(after.dueAt())))
                .map(ScheduleStore::one)
                .compose(updated -> held(transaction, updated)
                        .compose(message -> message.isPresent()
                                ? OutboxWriter.rewrite(transaction, message.get(), content)
                                        .map(updated)
                                : Future.succeededFuture(updated))));
    }

    /** Empty when it was not active. */
    Future<Optional<Schedule>> cancel(long id) {
        return transaction(transaction -> transaction
                .preparedQuery(CANCEL)
                .execute(Tuple.of(id))
                .map(ScheduleStore::one)
                .compose(cancelled -> held(transaction, cancelled)
                        .compose(message -> message.isPresent()
                                ? OutboxWriter.withdraw(
                                                transaction, List.of(message.get()), "the schedule was cancelled")
                                        .map(cancelled)
                                : Future.succeededFuture(cancelled))));
    }

    /** The message that a one-off holds. */
    private static Future<Optional<Long>> held(SqlConnection transaction, Optional<Schedule> schedule) {
        return schedule.filter(one -> one.cron().isEmpty())
                .flatMap(one -> one.stanzaId().map(stanzaId -> Tuple.of(one.deviceId(), stanzaId)))
                .map(tuple -> transaction
                        .preparedQuery(MESSAGE)
                        .execute(tuple)
                        .map(rows -> rows.size() == 0
                                ? Optional.<Long>empty()
                                : Optional.of(rows.iterator().next().getLong(0))))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    /** Locks what is to be looked at, and leaves out what somebody else has locked. */
    Future<List<Due>> due(SqlConnection transaction, int limit) {
        return transaction.preparedQuery(DUE).execute(Tuple.of(limit)).map(rows -> {
            List<Due> due = new ArrayList<>(rows.size());
            for (Row row : rows) {
                due.add(new Due(
                        schedule(row),
                        Optional.ofNullable(row.getLong(22)),
                        row.getOffsetDateTime(23).toInstant(),
                        row.getBoolean(24),
                        row.getBoolean(25)));
            }
            return due;
        });
    }

    Future<Void> waitFor(SqlConnection transaction, List<Long> ids) {
        return ids.isEmpty()
                ? Future.succeededFuture()
                : transaction
                        .preparedQuery(WAIT)
                        .execute(Tuple.of((Object) ids.toArray(Long[]::new)))
                        .mapEmpty();
    }

    /** Deletes up to 1,000 that ended so long ago; answers how many. */
    Future<Long> forget(Duration age) {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of((double) age.toSeconds()))
                .map(rows -> (long) rows.rowCount());
    }

    Future<Void> advance(SqlConnection transaction, List<Advance> advances) {
        if (advances.isEmpty()) {
            return Future.succeededFuture();
        }
        return transaction
                .preparedQuery(ADVANCE)
                .execute(Tuple.tuple()
                        .addArrayOfLong(advances.stream().map(Advance::id).toArray(Long[]::new))
                        .addArrayOfString(
                                advances.stream().map(one -> one.state().word()).toArray(String[]::new))
                        .addArrayOfOffsetDateTime(
                                advances.stream().map(one -> utc(one.dueAt())).toArray(OffsetDateTime[]::new))
                        .addArrayOfString(advances.stream()
                                .map(one -> one.stanzaId().orElse(null))
                                .toArray(String[]::new))
                        .addArrayOfInteger(advances.stream().map(Advance::runs).toArray(Integer[]::new))
                        .addArrayOfInteger(
                                advances.stream().map(Advance::skipped).toArray(Integer[]::new))
                        .addArrayOfBoolean(advances.stream().map(Advance::late).toArray(Boolean[]::new)))
                .mapEmpty();
    }

    private static Tuple reachable(Reach reach, String deviceId) {
        return Tuple.tuple()
                .addString(deviceId)
                .addLong(reach.owner().orElse(null))
                .addArrayOfString(reach.deviceArray().orElse(null));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Optional<Schedule> one(RowSet<Row> rows) {
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(schedule(rows.iterator().next()));
    }

    private static Schedule schedule(Row row) {
        return new Schedule(
                row.getLong(0),
                row.getString(1),
                row.getString(2),
                Schedule.State.of(row.getString(3)),
                draft(row),
                Optional.ofNullable(row.getString(10)),
                Optional.ofNullable(row.getString(11)),
                row.getString(12),
                Schedule.Missed.of(row.getString(13)),
                row.getOffsetDateTime(14).toInstant(),
                Optional.ofNullable(row.getString(15)),
                row.getInteger(16),
                row.getInteger(17),
                Optional.ofNullable(row.getOffsetDateTime(18)).map(OffsetDateTime::toInstant),
                row.getBoolean(19),
                row.getOffsetDateTime(20).toInstant(),
                row.getOffsetDateTime(21).toInstant());
    }

    private static Draft draft(Row row) {
        String words = row.getString(5);
        return new Draft(
                Jid.parse(row.getString(4)),
                Optional.ofNullable(row.getJsonObject(6))
                        .map(json -> Contents.read(Optional.of(json), words, ""))
                        .orElseGet(() -> new Content.Text(words)),
                Optional.ofNullable(row.getString(7)),
                Optional.empty(),
                Arrays.stream(row.getArrayOfStrings(8)).map(Jid::parse).toList(),
                row.getBoolean(9));
    }
}
