package io.kurir.schedule;

import io.kurir.Names;
import io.kurir.Settings;
import io.kurir.event.EventLog;
import io.kurir.message.Lane;
import io.kurir.message.Outbox;
import io.kurir.message.OutboxWriter;
import io.kurir.message.StanzaId;
import io.kurir.schedule.Schedule.Missed;
import io.kurir.schedule.Schedule.State;
import io.kurir.schedule.ScheduleStore.Advance;
import io.kurir.schedule.ScheduleStore.Due;
import io.kurir.suppression.Suppression;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the messages of schedules ready when they are due: the portion's messages and what comes next of its schedules are one transaction. A
 * device that cannot send (not connected, or restricted by WhatsApp) keeps its schedules waiting, and what it makes of them then is late.
 */
public final class ScheduleRuns implements Promotion {
    private static final Logger log = LoggerFactory.getLogger(ScheduleRuns.class);
    private static final int AT_ONCE = 500;
    private static final int MOST_REMEMBERED = 10_000;

    private final Vertx vertx;
    private final ScheduleStore store;
    private final Outbox outbox;
    private final EventLog events;
    private final Duration lateAfter;
    /** Many schedules have the same expression, and to look for its next time takes about 0.5 ms. */
    private final Map<Times, Upcoming> upcoming = new ConcurrentHashMap<>();

    public ScheduleRuns(Vertx vertx, Pool pool, Outbox outbox, EventLog events, Settings.Schedule settings) {
        this.vertx = vertx;
        this.store = new ScheduleStore(pool);
        this.outbox = outbox;
        this.events = events;
        this.lateAfter = settings.lateAfter();
    }

    /** What is to be written for one portion. */
    private static final class Portion {
        final int looked;
        final List<Long> notReady = new ArrayList<>();
        final List<Advance> advances = new ArrayList<>();
        final List<Long> released = new ArrayList<>();
        final List<OutboxWriter.Late> late = new ArrayList<>();
        final List<Long> withdrawn = new ArrayList<>();
        final List<OutboxWriter.Entry> made = new ArrayList<>();
        /** By device, in one order on all nodes: each locks the device's event counter. */
        final TreeMap<String, List<Long>> refused = new TreeMap<>();

        final Map<String, Integer> nudges = new HashMap<>();

        Portion(int looked) {
            this.looked = looked;
        }
    }

    private record Times(String cron, String timezone) {}

    /** {@code next} is what follows any instant from {@code since} on until itself. */
    private record Upcoming(Instant since, Optional<Instant> next) {
        boolean holds(Instant now) {
            return !now.isBefore(since) && next.map(now::isBefore).orElse(true);
        }
    }

    @Override
    public String name() {
        return "schedules";
    }

    @Override
    public Future<Boolean> promote() {
        return store.transaction(transaction -> store.due(transaction, AT_ONCE)
                        .compose(due -> due.isEmpty()
                                ? Future.succeededFuture(new Portion(0))
                                : vertx.executeBlocking(() -> decided(due), false)
                                        .compose(portion -> write(transaction, portion))))
                .map(portion -> {
                    portion.nudges.forEach(outbox::nudge);
                    portion.refused.keySet().forEach(events::told);
                    return portion.looked == AT_ONCE;
                });
    }

    /** Deletes up to 1,000 schedules that ended so long ago; answers how many. */
    public Future<Long> forget(Duration age) {
        return store.forget(age);
    }

    private Portion decided(List<Due> due) {
        Portion portion = new Portion(due.size());
        if (upcoming.size() > MOST_REMEMBERED) {
            upcoming.clear();
        }
        for (Due one : due) {
            Schedule schedule = one.schedule();
            if (!one.ready()) {
                portion.notReady.add(schedule.id());
            } else if (schedule.cron().isEmpty()) {
                once(portion, one);
            } else {
                repeated(portion, one, next(new Times(schedule.cron().get(), schedule.timezone()), one.now()));
            }
        }
        return portion;
    }

    private Optional<Instant> next(Times times, Instant now) {
        return upcoming.compute(
                        times,
                        (_, known) -> known != null && known.holds(now) ? known : new Upcoming(now, found(times, now)))
                .next();
    }

    private static Optional<Instant> found(Times times, Instant after) {
        try {
            return Cron.parse("cron", times.cron(), ZoneId.of(times.timezone())).next(after);
        } catch (RuntimeException unreadable) { // it was readable when it was stored; one must not stop all
            log.error(
                    "{} in {} cannot be read any more, its schedules end", times.cron(), times.timezone(), unreadable);
            return Optional.empty();
        }
    }

    private void once(Portion portion, Due due) {
        Schedule schedule = due.schedule();
        boolean late = late(due);
        boolean skips = late && schedule.missed() == Missed.SKIP;
        due.message().ifPresent(message -> {
            if (skips) {
                portion.withdrawn.add(message);
            } else if (due.suppressed()) {
                portion.refused
                        .computeIfAbsent(schedule.deviceId(), _ -> new ArrayList<>())
                        .add(message);
            } else {
                portion.released.add(message);
                portion.nudges.merge(schedule.deviceId(), 1, Integer::sum);
            }
        });
        if (late && !skips) {
            schedule.stanzaId().ifPresent(id -> portion.late.add(lateBy(due, id)));
        }
        portion.advances.add(new Advance(
                schedule.id(),
                skips ? State.SKIPPED : State.DONE,
                schedule.dueAt(),
                schedule.stanzaId(),
                skips ? 0 : 1,
                skips ? 1 : 0,
                late));
    }

    /** However many runs were missed, one is made up for. */
    private void repeated(Portion portion, Due due, Optional<Instant> next) {
        Schedule schedule = due.schedule();
        boolean late = late(due);
        boolean skips = late && schedule.missed() == Missed.SKIP;
        Optional<String> stanzaId = schedule.stanzaId();
        if (!skips) {
            String minted = stanzaId(schedule);
            stanzaId = Optional.of(minted);
            portion.made.add(ScheduleStore.entry(
                    schedule,
                    minted,
                    due.suppressed() ? Optional.of(Suppression.REFUSED) : Optional.empty(),
                    "scheduled for " + schedule.dueAt()));
            if (late) {
                portion.late.add(lateBy(due, minted));
            }
            if (!due.suppressed()) {
                portion.nudges.merge(schedule.deviceId(), 1, Integer::sum);
            }
        }
        portion.advances.add(new Advance(
                schedule.id(),
                next.isPresent() ? State.ACTIVE : State.DONE,
                next.orElse(schedule.dueAt()),
                stanzaId,
                skips ? 0 : 1,
                skips ? 1 : 0,
                late));
    }

    /** The same for the same run of the same schedule, whoever makes it. */
    private static String stanzaId(Schedule schedule) {
        String run = schedule.name() + " " + schedule.dueAt().toEpochMilli();
        return StanzaId.mint(Names.of(run.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean late(Due due) {
        return Duration.between(due.schedule().dueAt(), due.now()).compareTo(lateAfter) > 0;
    }

    private static OutboxWriter.Late lateBy(Due due, String stanzaId) {
        Duration by = Duration.between(due.schedule().dueAt(), due.now());
        return new OutboxWriter.Late(due.schedule().deviceId(), stanzaId, by.toSeconds() + " s");
    }

    private Future<Portion> write(SqlConnection transaction, Portion portion) {
        return store.waitFor(transaction, portion.notReady)
                .compose(_ -> store.advance(transaction, portion.advances))
                .compose(_ -> portion.released.isEmpty()
                        ? Future.succeededFuture(0)
                        : OutboxWriter.release(transaction, portion.released, Lane.SCHEDULED, ""))
                .compose(_ -> portion.made.isEmpty()
                        ? Future.succeededFuture(0)
                        : OutboxWriter.put(transaction, portion.made))
                .compose(_ -> portion.withdrawn.isEmpty()
                        ? Future.succeededFuture(0)
                        : OutboxWriter.withdraw(transaction, portion.withdrawn, "missed, and to be skipped then"))
                .compose(_ -> OutboxWriter.late(transaction, portion.late))
                .compose(_ -> refuse(transaction, portion))
                .map(portion);
    }

    private static Future<Integer> refuse(SqlConnection transaction, Portion portion) {
        Future<Integer> done = Future.succeededFuture(0);
        for (var device : portion.refused.entrySet()) {
            done = done.compose(
                    _ -> OutboxWriter.fail(transaction, device.getKey(), device.getValue(), Suppression.REFUSED));
        }
        return done;
    }
}
