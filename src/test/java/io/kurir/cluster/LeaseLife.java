package io.kurir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A process in the model: what {@link Leases} and a session do with the real {@link Holdings}, each step of them one at which the process may
 * stand still or end.
 */
final class LeaseLife implements Leases.Holder {
    private static final Duration RENEW_EVERY = Duration.ofSeconds(5);
    private static final Duration MARGIN = Duration.ofSeconds(3);
    private static final Duration KEPT = Duration.ofSeconds(20);
    private static final Duration SWEEP = Duration.ofMillis(500);
    private static final Duration SEEK = Duration.ofMillis(250);
    private static final Duration FOR_EVER = Duration.ofDays(1);
    /** When the pool gives a connection up that does not answer. */
    private static final Duration CONNECTION = Duration.ofSeconds(30);

    /** How often it stands still before a step, and before one where that is dangerous. */
    private static final double SELDOM = 0.0005;

    private static final double OFTEN = 0.01;

    private final LeaseWorld world;
    private final LeaseNode node;
    private final Holdings holdings;
    private Optional<Leases.Held> mine = Optional.empty();
    private Optional<LeasePage> page = Optional.empty();
    private final List<LeasePage> closing = new ArrayList<>();
    private boolean dead;
    private boolean renewing;
    private boolean looking;
    private boolean acquiring;
    private boolean opening;
    private boolean leaving;

    LeaseLife(LeaseWorld world, LeaseNode node) {
        this.world = world;
        this.node = node;
        LeaseMachine machine = node.machine();
        Duration gap = world.flaw == Flaw.AWAY_IGNORED ? FOR_EVER : Leases.longestGap(node.ttl());
        this.holdings = new Holdings(
                node.ttl(),
                world.flaw == Flaw.NO_MARGIN ? Duration.ZERO : MARGIN,
                new Watch(gap),
                new Holdings.Clocks(machine::nanos, machine::millis));
    }

    void begin() {
        every(RENEW_EVERY, this::renew);
        every(Leases.watchEvery(node.ttl()), this::look);
        every(SEEK, this::seek);
        every(SWEEP, this::sweep);
    }

    void die() {
        dead = true;
    }

    /** A step of the process, after so much of its own time; before any the process may stand still. */
    void step(long nanos, Runnable deed) {
        step(nanos, SELDOM, deed);
    }

    private void step(long nanos, double standsStill, Runnable deed) {
        world.after(node.machine().trueNanos(nanos), () -> {
            if (dead) {
                return;
            }
            if (!world.calm && world.chance(standsStill)) {
                standStill();
            }
            if (world.now() < node.stillUntil()) {
                world.after(node.stillUntil() - world.now(), () -> step(0, 0, deed));
            } else {
                deed.run();
            }
        });
    }

    private void step(Runnable deed) {
        step(0, deed);
    }

    /** And soon again, often. */
    private void standStill() {
        long first = world.length();
        node.pause(first);
        if (world.chance(0.5)) {
            world.after(first + world.between(0, 1), () -> node.pause(world.length()));
        }
    }

    private void every(Duration interval, Runnable deed) {
        step(interval.toNanos(), () -> {
            deed.run();
            every(interval, deed);
        });
    }

    /** {@code answered} is called once, with nothing when it failed or {@code patience} was over. */
    private <T> void ask(Supplier<T> statement, Duration patience, Consumer<Optional<T>> answered) {
        boolean[] over = {false};
        Consumer<Optional<T>> once = answer -> step(() -> {
            if (!over[0]) {
                over[0] = true;
                answered.accept(answer);
            }
        });
        step(() -> {
            world.request(node, statement, once);
            step(patience.toNanos(), () -> once.accept(Optional.empty()));
        });
    }

    private void renew() {
        if (renewing || holdings.count() == 0) {
            return;
        }
        renewing = true;
        Holdings.Renewal asked = holdings.renewal();
        ask(() -> world.table.renew(node.name(), node.ttl(), asked.leases()), Leases.patience(node.ttl()), answer -> {
            renewing = false;
            answer.ifPresentOrElse(still -> holdings.settle(trusted(asked), still), this::away);
        });
    }

    private Holdings.Renewal trusted(Holdings.Renewal asked) {
        return world.flaw == Flaw.TRUST_FROM_THE_ANSWER
                ? new Holdings.Renewal(asked.asked(), holdings.trustFromNow())
                : asked;
    }

    private void look() {
        if (looking) {
            return;
        }
        looking = true;
        long asked = node.machine().nanos();
        ask(() -> world.table.others(node.name(), node.ttl()), Leases.patience(node.ttl()), answer -> {
            looking = false;
            answer.ifPresentOrElse(others -> holdings.saw(others, asked), this::away);
        });
    }

    private void away() {
        if (world.flaw != Flaw.AWAY_IGNORED) {
            holdings.away();
        }
    }

    private void seek() {
        if (mine.isPresent() || acquiring || leaving) {
            return;
        }
        acquiring = true;
        Trust trust = holdings.trustFromNow();
        Optional<Watch.Seen> watched = holdings.abandoned(LeaseWorld.DEVICE);
        ask(() -> acquire(watched), CONNECTION, answer -> {
            acquiring = false;
            answer.flatMap(taken -> taken).ifPresent(taken -> {
                boolean late = world.flaw == Flaw.TRUST_FROM_THE_ANSWER;
                mine = Optional.of(holdings.took(taken, this, late ? holdings.trustFromNow() : trust));
                open();
            });
        });
    }

    private Optional<LeaseStore.Taken> acquire(Optional<Watch.Seen> watched) {
        return world.table.acquire(node.name(), node.ttl(), watched).map(acquired -> {
            world.taken(acquired.way(), node.name());
            return acquired.taken();
        });
    }

    private void open() {
        Leases.Held held = mine.orElseThrow();
        opening = true;
        remaining(held, (left, now) -> {
            if (left.isZero()) {
                opening = false;
                return;
            }
            node.load(held.epoch(), now + left.toMillis(), loaded -> step(() -> loaded(held, loaded)));
        });
    }

    private void loaded(Leases.Held held, LeasePage loaded) {
        if (leaving) { // no longer wanted
            node.inBrowser(world.between(0, 1), () -> {
                loaded.end();
                step(() -> opening = false);
            });
        } else {
            opening = false;
            page = Optional.of(loaded);
            extend(held, loaded);
        }
    }

    private interface Granted {
        void to(Duration left, long sentAt);
    }

    /** The clock is read first. */
    private void remaining(Leases.Held held, Granted granted) {
        if (world.flaw == Flaw.CLOCK_READ_LATE) {
            Duration left = held.remaining();
            step(0, OFTEN, () -> granted.to(left, node.machine().millis()));
        } else {
            long sentAt = node.machine().millis();
            step(0, OFTEN, () -> granted.to(held.remaining(), sentAt));
        }
    }

    private void extend(Leases.Held held, LeasePage to) {
        remaining(
                held,
                (left, sentAt) -> step(() -> node.inBrowser(
                        world.chance(0.95) ? world.between(0, 0.05) : world.between(0, 8),
                        () -> to.extend(left, sentAt))));
    }

    @Override
    public void renewed() {
        mine.ifPresent(held -> page.ifPresent(shown -> extend(held, shown)));
    }

    /** A session that is ending already ends when its page is closed. */
    @Override
    public void lost() {
        world.note(() -> node.name() + " has lost it");
        if (!leaving) {
            end(Flaw.LOST_BEFORE_CLOSED, Optional.empty());
        }
    }

    /** A page that fenced itself is opened again once the lease is ours again. */
    private void sweep() {
        page.filter(LeasePage::fenced).ifPresent(fenced -> {
            world.note(() -> fenced + " is fenced");
            close();
        });
        if (mine.isPresent() && page.isEmpty() && !opening && !leaving) {
            open();
        }
    }

    private void close() {
        page.ifPresent(shown -> {
            closing.add(shown);
            node.inBrowser(world.between(0, 2), shown::end);
        });
        page = Optional.empty();
    }

    /** Gives the lease up, or hands it over, when its page is closed. */
    void leave() {
        step(() -> {
            if (mine.isPresent() && !leaving) {
                end(
                        Flaw.RELEASED_BEFORE_CLOSED,
                        world.chance(0.5) ? Optional.of(world.another(node.name())) : Optional.empty());
            }
        });
    }

    private void end(Flaw doesNotWait, Optional<String> next) {
        leaving = true;
        Leases.Held ending = mine.orElseThrow();
        close();
        Runnable given = () -> {
            mine = Optional.empty();
            holdings.gaveUp(ending);
            ask(() -> world.table.release(ending.lease(), next, KEPT), CONNECTION, _ -> leaving = false);
        };
        if (world.flaw == doesNotWait) {
            step(given);
        } else {
            whenClosed(given);
        }
    }

    /** When nothing is left of any page, nor of one that was loading. */
    private void whenClosed(Runnable then) {
        step(Duration.ofMillis(20).toNanos(), () -> {
            closing.removeIf(LeasePage::ended);
            if (!opening && closing.isEmpty()) {
                then.run();
            } else {
                whenClosed(then);
            }
        });
    }
}
