package io.kurir.batch;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.access.Reach;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table {@code batch}: the changes of its state, each with its event in the same statement, and the sums of what {@code batch_delta} has. A
 * change that the state does not allow changes nothing.
 *
 * <p>{@code job.paused}: emitted when a batch is paused. {@code job.progress}: emitted when it is resumed, and when messages of it got an
 * outcome, at most once per second and batch. {@code job.completed}: emitted when all have one, also when all failed, and when it is cancelled.
 */
final class BatchStateStore {
    /** A batch of a device. */
    record Of(long id, String deviceId) {}

    /** One that must not send now. */
    record Cold(Of batch, String reason) {}

    private static final String JSON = """
            jsonb_build_object(
                'jobId', job_id, 'kind', kind, 'status', state,
                'progress', jsonb_build_object('total', total, 'completed', completed, 'failed', failed, 'cancelled', cancelled,
                                               'pending', total - completed - failed - cancelled),
                'currentIndex', completed + failed + cancelled, 'successCount', completed, 'errorCount', failed)
            """;

    private static final String CHANGED = """
            returning *
            ), happened as (
                select 1 as ord, 'job.%s' as type, %s%s as data from changed
            ), %s
            select (select count(*) from outbox o join changed c on o.batch_id = c.id where o.device_id = $1) from changed
            """;

    // Of a device d: on its phone or here it was logged out, or wiped. One that has no number yet was never linked, and
    // its jobs wait for that.
    private static final String UNLINKED =
            "(d.state in ('logged_out', 'auth_failed') or (not d.linked and d.phone is not null))";

    // Outcomes that are not added up yet may be the last ones.
    private static final String UNFINISHED = """
              and total > completed + failed + cancelled
                          + (select coalesce(sum(d.completed + d.failed + d.cancelled), 0) from batch_delta d where d.batch_id = $2)
            """;

    private static final String PAUSE = """
            with changed as (
                update batch set state = 'paused', pause_reason = $3
                where id = $2 and device_id = $1 and state in ('queued', 'processing')
            """ + UNFINISHED
            + CHANGED.formatted("paused", JSON, "|| jsonb_build_object('reason', pause_reason)", APPEND);

    private static final String RESUME = """
            with changed as (
                update batch b
                set state = case when promoted = 0 then 'queued' else 'processing' end, pause_reason = null,
                    next_at = case when next_at is not null then greatest(next_at, clock_timestamp()) end
                where id = $2 and device_id = $1 and state = 'paused'
                  and not exists (select from device d where d.device_id = $1 and %s)
            """.formatted(UNLINKED) + CHANGED.formatted("progress", JSON, "", APPEND);

    private static final String CANCEL = """
            with changed as (
                update batch
                set state = 'cancelled', pause_reason = null, next_at = null, ended_at = clock_timestamp(),
                    cancelled = cancelled + total - promoted
                where id = $2 and device_id = $1 and state in ('queued', 'processing', 'paused')
            """ + UNFINISHED + CHANGED.formatted("completed", JSON, "", APPEND);

    // What WhatsApp Web may have taken keeps its row until its outcome is known.
    private static final String WITHDRAW = """
            with chosen as (
                select message_id from outbox
                where device_id = $1 and batch_id = $2 and state in ('ready', 'waiting')
                limit $3
                for update skip locked
            ), gone as (
                delete from outbox o using chosen where o.message_id = chosen.message_id returning o.message_id
            )
            update message m
            set phase = 'cancelled', failure = 'JOB_CANCELLED', steps = m.steps || step('cancelled', 'its job was cancelled')
            from gone
            where m.id = gone.message_id and m.ack = 0
            """;

    private static final String LEFT_OVER = """
            select distinct o.batch_id, o.device_id
            from outbox o
            join batch b on b.id = o.batch_id and b.state = 'cancelled'
            where o.batch_id is not null and o.state in ('ready', 'waiting')
            limit 20
            """;

    private static final String COLD = """
            select b.id, b.device_id, case when %1$s then 'link' else 'restriction' end
            from batch b
            join device d on d.device_id = b.device_id
            where (b.state = 'processing' or (b.state = 'queued' and b.next_at <= statement_timestamp()))
              and (%1$s or d.restricted_until > clock_timestamp())
            limit 20
            """.formatted(UNLINKED);

    private static final String WARM = """
            select b.id, b.device_id
            from batch b
            join device d on d.device_id = b.device_id
            where b.state = 'paused' and b.pause_reason = 'restriction'
              and (d.restricted_until is null or d.restricted_until <= clock_timestamp())
              and not %s
            limit 20
            """.formatted(UNLINKED);

    private static final String UNCOUNTED = """
            select distinct d.batch_id, coalesce(b.device_id, '')
            from batch_delta d
            left join batch b on b.id = d.batch_id
            where b.id is null or b.told_at is null or b.told_at < clock_timestamp() - interval '0.95 seconds'
            limit 50
            """;

    private static final String LOCK = "select id from batch where id = $1 for update skip locked";

    private static final String SUM = """
            with before as (
                select state from batch where id = $2
            ), taken as (
                delete from batch_delta where batch_id = $2 returning completed, failed, cancelled
            ), more as (
                select coalesce(sum(completed), 0) as completed, coalesce(sum(failed), 0) as failed,
                       coalesce(sum(cancelled), 0) as cancelled, count(*) as n
                from taken
            ), summed as (
                select b.id, b.completed + m.completed as completed, b.failed + m.failed as failed, b.cancelled + m.cancelled as cancelled,
                       b.completed + m.completed + b.failed + m.failed + b.cancelled + m.cancelled >= b.total as ended
                from batch b cross join more m
                where b.id = $2 and m.n > 0
            ), changed as (
                update batch b
                set completed = s.completed, failed = s.failed, cancelled = s.cancelled, told_at = clock_timestamp(),
                    state = case when b.state = 'cancelled' or not s.ended then b.state
                                 when s.completed > 0 then 'completed' else 'failed' end,
                    pause_reason = case when not s.ended then b.pause_reason end,
                    next_at = case when not s.ended then b.next_at end,
                    ended_at = case when s.ended then coalesce(b.ended_at, clock_timestamp()) else b.ended_at end
                from summed s
                where b.id = s.id
                returning b.*
            ), happened as (
                select 1 as ord,
                       case when state in ('completed', 'failed') and was not in ('completed', 'failed')
                            then 'job.completed' else 'job.progress' end as type,
                       %s as data
                from changed cross join (select state as was from before) b
            ), %s
            select count(*) from changed
            """.formatted(JSON, APPEND);

    private static final String FORGET = "delete from batch_delta where batch_id = $1";

    // With its items; its messages stay in the history.
    private static final String FORGET_ENDED = """
            delete from batch
            where id in (select id from batch where ended_at < clock_timestamp() - make_interval(secs => $1) limit 1)
            """;

    private final Pool pool;

    BatchStateStore(Pool pool) {
        this.pool = pool;
    }

    /** Deletes one that has ended so long ago: it may have 100,000 items. Answers how many. */
    Future<Long> forgetEnded(Duration age) {
        return pool.preparedQuery(FORGET_ENDED)
                .execute(Tuple.of((double) age.toSeconds()))
                .map(rows -> (long) rows.rowCount());
    }

    /** False when it is in no state to be paused. */
    Future<Boolean> pause(Of batch, String reason) {
        return pool.preparedQuery(PAUSE)
                .execute(Tuple.of(batch.deviceId(), batch.id(), reason))
                .map(rows -> rows.size() == 1);
    }

    /** How many of its messages wait in the outbox; empty when it is not paused, or its device is not linked any more. */
    Future<Optional<Integer>> resume(Of batch) {
        return pool.preparedQuery(RESUME)
                .execute(Tuple.of(batch.deviceId(), batch.id()))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getInteger(0)));
    }

    /** What is not promoted is not going to be; false when it has ended. {@link #withdraw} what is. */
    Future<Boolean> cancel(Of batch) {
        return pool.preparedQuery(CANCEL)
                .execute(Tuple.of(batch.deviceId(), batch.id()))
                .map(rows -> rows.size() == 1);
    }

    /** Takes what is not dispatched out of the outbox, at most {@code limit}; how many. */
    Future<Integer> withdraw(Of batch, int limit) {
        return pool.preparedQuery(WITHDRAW)
                .execute(Tuple.of(batch.deviceId(), batch.id(), limit))
                .map(SqlResult::rowCount);
    }

    /** Cancelled ones that still have something in the outbox. */
    Future<List<Of>> leftOver() {
        return pool.preparedQuery(LEFT_OVER).execute().map(BatchStateStore::batches);
    }

    /** Those of a device that must not send to strangers now. */
    Future<List<Cold>> cold() {
        return pool.preparedQuery(COLD).execute().map(rows -> {
            List<Cold> cold = new ArrayList<>();
            rows.forEach(row -> cold.add(new Cold(new Of(row.getLong(0), row.getString(1)), row.getString(2))));
            return cold;
        });
    }

    /** Those that waited for the end of a restriction that is over. */
    Future<List<Of>> warm() {
        return pool.preparedQuery(WARM).execute().map(BatchStateStore::batches);
    }

    /** Those with outcomes to be added up; without a device: there is no such batch any more. */
    Future<List<Of>> uncounted() {
        return pool.preparedQuery(UNCOUNTED).execute().map(BatchStateStore::batches);
    }

    private static List<Of> batches(RowSet<Row> rows) {
        List<Of> batches = new ArrayList<>();
        rows.forEach(row -> batches.add(new Of(row.getLong(0), row.getString(1))));
        return batches;
    }

    /** False when somebody else has it in hand. The row is locked first: who sums sees all that was summed before. */
    Future<Boolean> sum(Of batch) {
        if (batch.deviceId().isEmpty()) {
            return pool.preparedQuery(FORGET).execute(Tuple.of(batch.id())).map(false);
        }
        return pool.withTransaction(transaction -> transaction
                .preparedQuery(LOCK)
                .execute(Tuple.of(batch.id()))
                .compose(locked -> locked.size() == 0 ? Future.succeededFuture(false) : sum(transaction, batch)));
    }

    private static Future<Boolean> sum(SqlConnection transaction, Of batch) {
        return transaction
                .preparedQuery(SUM)
                .execute(Tuple.of(batch.deviceId(), batch.id()))
                .map(rows -> rows.iterator().next().getLong(0) == 1);
    }

    Future<Optional<Of>> find(Reach reach, String jobId) {
        return pool.preparedQuery("""
                        select b.id, b.device_id
                        from batch b
                        join device d on d.device_id = b.device_id
                        where b.job_id = $3 and b.state <> 'staging' and ($1::bigint is null or d.owner_id = $1)
                          and ($2::text[] is null or b.device_id = any ($2))
                        """)
                .execute(
                        Tuple.of(reach.owner().orElse(null), reach.deviceArray().orElse(null), jobId))
                .map(rows -> batches(rows).stream().findFirst());
    }
}
