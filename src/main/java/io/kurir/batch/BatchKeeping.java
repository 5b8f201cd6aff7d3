package io.kurir.batch;

import io.kurir.event.EventLog;
import io.kurir.message.Outbox;
import io.kurir.schedule.Promotion;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done for batches about once a second: outcomes are added up and told, what must not send is paused, what may again goes on, and what a
 * node left behind that ended in the middle of something is cleared away.
 */
public final class BatchKeeping implements Promotion {
    private static final Logger log = LoggerFactory.getLogger(BatchKeeping.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration SWEEP = Duration.ofMinutes(5);
    /** A staging takes seconds, but for one whose files come from slow servers. */
    private static final Duration ABANDONED = Duration.ofHours(6);

    static final int WITHDRAWN_AT_ONCE = 500;

    private final BatchStateStore states;
    private final StagingStore stagings;
    private final Outbox outbox;
    private final EventLog events;
    // of System.nanoTime(); only the scheduler's context touches them
    private long next = System.nanoTime();
    private long sweep = System.nanoTime();

    public BatchKeeping(Pool pool, Outbox outbox, EventLog events) {
        this.states = new BatchStateStore(pool);
        this.stagings = new StagingStore(pool);
        this.outbox = outbox;
        this.events = events;
    }

    @Override
    public String name() {
        return "the keeping of batches";
    }

    @Override
    public Future<Boolean> promote() {
        long now = System.nanoTime();
        if (now - next < 0) {
            return Future.succeededFuture(false);
        }
        next = now + EVERY.toNanos();
        return sum().compose(_ -> states.cold())
                .compose(cold -> each(
                        cold,
                        one -> told(
                                states.pause(one.batch(), one.reason()),
                                one.batch().deviceId())))
                .compose(_ -> states.warm())
                .compose(warm -> each(warm, this::resume))
                .compose(_ -> states.leftOver())
                .compose(left -> each(left, one -> states.withdraw(one, WITHDRAWN_AT_ONCE)))
                .compose(_ -> sweep(now))
                .map(false);
    }

    /** Deletes a job that ended so long ago, with its items; answers how many. */
    public Future<Long> forget(Duration age) {
        return states.forgetEnded(age);
    }

    private Future<Void> sum() {
        return states.uncounted().compose(uncounted -> each(uncounted, one -> told(states.sum(one), one.deviceId())));
    }

    private Future<?> told(Future<Boolean> change, String deviceId) {
        return change.onSuccess(changed -> {
            if (changed) {
                events.told(deviceId);
            }
        });
    }

    private Future<?> resume(BatchStateStore.Of batch) {
        return states.resume(batch)
                .onSuccess(waiting -> waiting.ifPresent(count -> {
                    events.told(batch.deviceId());
                    outbox.nudge(batch.deviceId(), count);
                }));
    }

    private Future<?> sweep(long now) {
        if (now - sweep < 0) {
            return Future.succeededFuture();
        }
        sweep = now + SWEEP.toNanos();
        return stagings.dropAbandoned(ABANDONED).onSuccess(count -> {
            if (count > 0) {
                log.info("{} jobs that were never completely written down are cleared away", count);
            }
        });
    }

    /** One after the other. */
    private static <T> Future<Void> each(Collection<T> all, Function<T, Future<?>> deed) {
        Future<Void> done = Future.succeededFuture();
        for (T one : all) {
            done = done.compose(_ -> deed.apply(one)).mapEmpty();
        }
        return done;
    }
}
