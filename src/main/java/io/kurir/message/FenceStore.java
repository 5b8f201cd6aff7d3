package io.kurir.message;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.OffsetDateTime;
import java.util.Optional;

/** The table {@code fence}, and what its end does to what was held back. */
final class FenceStore {
    private static final String STATE = """
            select backup_at, restored_at,
                   (select count(*) from outbox),
                   (select count(*) from schedule s where s.state = 'active' and s.due_at < clock_timestamp()),
                   (select coalesce(sum(b.total - b.promoted), 0) from batch b where b.state in ('queued', 'processing', 'paused'))
            from fence
            """;

    private static final String UP = "select exists (select from fence)";

    private static final String LIFT = "delete from fence";

    // Lock order: batch, schedule, outbox, message. What may be at WhatsApp keeps its row until its outcome is known.
    private static final String CANCEL = """
            with f as (
                select restored_at from fence
            ), jobs as (
                update batch b
                set state = 'cancelled', pause_reason = null, next_at = null, ended_at = clock_timestamp(),
                    cancelled = cancelled + total - promoted
                from f
                where b.state in ('queued', 'processing', 'paused') and b.created_at < f.restored_at
                returning b.id
            ), late as (
                update schedule s
                set state = 'skipped', skipped = s.skipped + 1, last_at = s.due_at, late = true, updated_at = clock_timestamp()
                from f
                where s.state = 'active' and s.cron is null and s.due_at < clock_timestamp() and s.created_at < f.restored_at
                returning s.device_id, s.stanza_id
            ), held as (
                delete from outbox o
                using message m, f
                where m.id = o.message_id and o.state in ('ready', 'waiting') and m.created_at < f.restored_at
                returning o.message_id as id
            ), never as (
                select m.id from message m join late on m.device_id = late.device_id and m.stanza_id = late.stanza_id
                where m.phase = 'scheduled'
                union
                select id from held
            ), cancelled as (
                update message m
                set phase = 'cancelled', failure = 'RESTORED', steps = m.steps || step('cancelled', 'restored from a backup')
                from never
                where m.id = never.id and m.ack = 0
                returning m.id
            )
            select count(*) from cancelled
            """;

    private final Pool pool;

    FenceStore(Pool pool) {
        this.pool = pool;
    }

    Future<Boolean> up() {
        return pool.preparedQuery(UP)
                .execute()
                .map(rows -> rows.iterator().next().getBoolean(0));
    }

    Future<Optional<Fence.State>> state() {
        return pool.preparedQuery(STATE).execute().map(FenceStore::state);
    }

    private static Optional<Fence.State> state(RowSet<Row> rows) {
        if (rows.size() == 0) {
            return Optional.empty();
        }
        Row row = rows.iterator().next();
        return Optional.of(
                new Fence.State(instant(row, 0), instant(row, 1), row.getLong(2), row.getLong(3), row.getLong(4)));
    }

    private static java.time.Instant instant(Row row, int column) {
        return row.get(OffsetDateTime.class, column).toInstant();
    }

    /** How many messages it cancelled. One transaction with {@link #lift}: nothing may go out in between. */
    Future<Long> lift(boolean cancel) {
        return pool.withTransaction(transaction -> (cancel
                        ? transaction
                                .preparedQuery(CANCEL)
                                .execute()
                                .map(rows -> rows.iterator().next().getLong(0))
                        : Future.succeededFuture(0L))
                .compose(cancelled -> transaction.query(LIFT).execute().map(cancelled)));
    }
}
