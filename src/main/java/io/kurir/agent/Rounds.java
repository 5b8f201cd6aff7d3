package io.kurir.agent;

import io.kurir.Settings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes runs that are due and has each carried out on a virtual thread of its own. A run whose outcome cannot be written down is carried out again when its
 * lease has run out.
 *
 * <p>State belongs to the context that made this object: it is touched between waits only.
 */
final class Rounds {
    private static final Logger log = LoggerFactory.getLogger(Rounds.class);
    private static final int MOST = 256; // under way on one node

    private final Context context;
    private final RunStore store;
    private final Runner runner;
    private final Endpoints endpoints;
    private final Settings.Agent settings;
    private final Map<Long, Run> underWay = new HashMap<>();
    private final Promise<Void> idle = Promise.promise();
    private boolean looking;
    private boolean again;
    private boolean stopped;

    Rounds(Context context, RunStore store, Runner runner, Endpoints endpoints, Settings.Agent settings) {
        this.context = context;
        this.store = store;
        this.runner = runner;
        this.endpoints = endpoints;
        this.settings = settings;
    }

    /** Something may be due. */
    void look() {
        again = true;
        if (looking || stopped) {
            return;
        }
        looking = true;
        context.runOnContext(_ -> {
            try {
                while (again && !stopped) {
                    again = false;
                    take();
                }
            } catch (Exception why) { // await throws what the driver failed with, checked or not
                log.warn("what agents are to answer cannot be read: {}", why.getMessage()); // the sweep tries again
            } finally {
                looking = false;
            }
        });
    }

    private void take() {
        int room = MOST - underWay.size();
        if (room > 0) {
            store.claim(settings.parallel(), room, settings.timeout().plus(Runner.AROUND), endpoints)
                    .await()
                    .forEach(run -> {
                        underWay.put(run.id(), run);
                        context.runOnContext(_ -> carryOut(run));
                    });
        }
    }

    private void carryOut(Run run) {
        try {
            runner.carryOut(run);
        } catch (Exception why) {
            log.warn("{} is made again when its lease has run out: {}", run.traceId(), why.getMessage());
        } finally {
            underWay.remove(run.id(), run);
            if (stopped && underWay.isEmpty()) {
                idle.tryComplete();
            }
            look(); // the chat's next one
        }
    }

    /** No new ones; those under way may end, and what does not in time is left to other nodes. */
    Future<Void> stop(Duration patience) {
        stopped = true;
        if (underWay.isEmpty()) {
            idle.tryComplete();
        }
        return idle.future()
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty()
                .compose(_ ->
                        underWay.isEmpty() ? Future.succeededFuture() : store.release(List.copyOf(underWay.values())));
    }
}
