package io.kurir.message;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether this database was restored and nobody has confirmed it yet. Until then no message is claimed and nothing is promoted: what the backup
 * has to send may have been sent after it was made. Requests are accepted, and what they send waits. Safe for all threads.
 */
public final class Fence {
    /**
     * What is held back.
     *
     * @param messages that have no outcome
     * @param schedules that became due
     * @param items of jobs, that are no messages yet
     */
    public record State(Instant backupAt, Instant restoredAt, long messages, long schedules, long items) {}

    private final FenceStore store;
    // Nobody can raise it while a node is connected, so once it is down there is nothing more to ask.
    private volatile boolean down;
    private volatile boolean seenUp;

    public Fence(Pool pool) {
        this.store = new FenceStore(pool);
    }

    /** Asks the database each time. */
    public Future<Boolean> ask() {
        return store.up().onSuccess(up -> seenUp = up);
    }

    /** What the last answer was; for a metric. */
    public boolean seenUp() {
        return seenUp;
    }

    /** Likewise, but no more once the answer was no. */
    public Future<Boolean> up() {
        if (down) {
            return Future.succeededFuture(false);
        }
        return ask().onSuccess(up -> down = !up);
    }

    /** Empty where nothing is held back. */
    public Future<Optional<State>> state() {
        return store.state();
    }

    /**
     * Lets everything go out again.
     *
     * @param cancel what was accepted before the restore: messages that wait, jobs that have not ended, one-off schedules that are overdue (a repeated
     *     one makes up for one run, as after any standstill)
     * @return how many messages were cancelled
     */
    public Future<Long> lift(boolean cancel) {
        return store.lift(cancel);
    }
}
