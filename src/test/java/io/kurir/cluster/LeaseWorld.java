package io.kurir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Time, the database, the ways between and what goes wrong, all drawn from one seed: a run is the same whenever it is made. Three nodes want one
 * device. Times are ns of true time, which nobody in the model can read.
 *
 * <p>Not drawn: a wall clock that is set back while its machine is suspended or a page is loading, since then neither of the page's clocks tells.
 */
final class LeaseWorld {
    static final String DEVICE = "device-1";
    private static final Duration LENGTH = Duration.ofMinutes(4);
    private static final long TICK = 100_000_000L;
    private static final long SECOND = 1_000_000_000L;
    /** How long after a page has looked at its clock what it sends may still arrive. The margin of 3 s is for this and for the clocks' speeds. */
    private static final long UNDER_WAY = 2 * SECOND;

    private static final long SHORTEST_AWAY = 2 * SECOND;

    /** By how much a clock is too fast or too slow at most. */
    private static final double DRIFT = 0.015;

    /** What has gone wrong in the protocol. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String what) {
            super(what);
        }
    }

    private record Step(long at, long number, Runnable deed) implements Comparable<Step> {
        @Override
        public int compareTo(Step other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /** The last time at which it could send. */
    private static final class Watched {
        final LeasePage page;
        long lastAble = Long.MIN_VALUE / 2;

        Watched(LeasePage page) {
            this.page = page;
        }
    }

    private enum Trouble {
        PAUSE,
        SUSPENSION,
        WALL_CLOCK,
        DATABASE_CLOCK,
        AWAY,
        CUT,
        KILL,
        LEAVE
    }

    final Flaw flaw;
    /** The processes live and the ways are short; only the database goes away and clocks jump. */
    final boolean calm;

    final Random random;
    private final PriorityQueue<Step> steps = new PriorityQueue<>();
    private final List<LeaseNode> nodes = new ArrayList<>();
    private final List<Watched> pages = new ArrayList<>();
    private final Map<LeaseTable.Way, Integer> taken = new EnumMap<>(LeaseTable.Way.class);
    private final List<Trouble> troubles;
    private final Optional<List<String>> notes;
    final LeaseTable table;
    private long now;
    private long number;
    private long databaseOffset;
    private long awayUntil;

    LeaseWorld(long seed, Flaw flaw, boolean calm, Optional<List<String>> notes) {
        this.random = new Random(seed);
        this.flaw = flaw;
        this.calm = calm;
        this.notes = notes;
        this.table = new LeaseTable(DEVICE, () -> now + databaseOffset, flaw);
        boolean suspends = !calm && random.nextBoolean();
        this.troubles = Stream.of(Trouble.values())
                .filter(one -> switch (one) {
                    case SUSPENSION -> suspends;
                    case WALL_CLOCK -> !suspends;
                    case DATABASE_CLOCK, AWAY -> true;
                    case PAUSE, CUT, KILL, LEAVE -> !calm;
                })
                .toList();
        for (int each = 0; each < 3; each++) {
            LeaseMachine machine = new LeaseMachine(this, 1 - DRIFT + 2 * DRIFT * random.nextDouble());
            // settings change from node to node while they are rolled out
            Duration ttl = Duration.ofSeconds(each == 2 ? 30 : 20);
            nodes.add(new LeaseNode(this, "node-" + each, machine, ttl));
        }
    }

    long now() {
        return now;
    }

    boolean chance(double share) {
        return random.nextDouble() < share;
    }

    long between(double fromSeconds, double toSeconds) {
        return (long) ((fromSeconds + random.nextDouble() * (toSeconds - fromSeconds)) * SECOND);
    }

    /** Mostly around the times that the protocol counts with. */
    long length() {
        double kind = random.nextDouble();
        return kind < 0.3 ? between(0, 2) : kind < 0.7 ? between(2, 16) : between(16, 60);
    }

    void after(long nanos, Runnable deed) {
        steps.add(new Step(now + Math.max(0, nanos), number++, deed));
    }

    void note(Supplier<String> what) {
        notes.ifPresent(all -> all.add("%9.3f s  %s".formatted(now / 1e9, what.get())));
    }

    String another(String name) {
        List<String> others = nodes.stream()
                .map(LeaseNode::name)
                .filter(one -> !one.equals(name))
                .toList();
        return others.get(random.nextInt(others.size()));
    }

    void opened(LeasePage page) {
        note(() -> page + " opens");
        pages.add(new Watched(page));
    }

    /** Throws {@link Violation}. Answers how often a lease was taken in which way. */
    Map<LeaseTable.Way, Integer> run() {
        nodes.forEach(node -> after(between(0, 1), node::begin));
        after(between(1, 10), () -> trouble(Optional.empty()));
        tick();
        while (now < LENGTH.toNanos()) {
            Step step = steps.remove();
            now = step.at();
            step.deed().run();
        }
        return taken;
    }

    private void tick() {
        pages.removeIf(one -> one.page.ended());
        for (Watched one : pages) {
            if (one.page.maySend()) {
                one.lastAble = now;
            }
        }
        for (Watched one : pages) {
            for (Watched other : pages) {
                if (one.lastAble == now && other.page.epoch != one.page.epoch && now - other.lastAble < UNDER_WAY) {
                    throw new Violation("two owners can send: " + one.page + " and " + other.page);
                }
            }
        }
        after(TICK, this::tick);
    }

    /** One seldom comes alone: the second soon after the first, at the same node, is what finds the gaps. */
    private void trouble(Optional<LeaseNode> again) {
        LeaseNode node = again.orElseGet(() -> nodes.get(random.nextInt(nodes.size())));
        Trouble kind = troubles.get(random.nextInt(troubles.size()));
        note(() -> kind + " (" + node.name() + ")");
        switch (kind) {
            case PAUSE -> node.pause(length());
            case SUSPENSION -> node.machine().suspend(length());
            case WALL_CLOCK -> {
                long jump = between(-3600, 3600);
                if (jump > 0 || !node.loading()) {
                    node.machine().setWall(jump);
                }
            }
            case DATABASE_CLOCK -> databaseOffset += between(-3600, 3600);
            // a calm world's is noticed by all who look: whose renewals alone are lost may well lose its lease
            case AWAY -> awayUntil = Math.max(awayUntil, now + (calm ? SHORTEST_AWAY : 0) + length());
            case CUT -> node.cut(length());
            case KILL -> node.kill();
            case LEAVE -> node.leave();
        }
        boolean pair = chance(0.4);
        after(
                pair ? between(0, 6) : between(2, 25),
                () -> trouble(Optional.of(node).filter(_ -> pair)));
    }

    /**
     * A statement on its way to PostgreSQL and its answer on the way back; the answer is empty when it failed, and there may be none. A statement may be
     * committed long after its sender has given it up.
     */
    <T> void request(LeaseNode from, Supplier<T> statement, Consumer<Optional<T>> answered) {
        after(way(), () -> arrive(from, statement, answered));
    }

    private <T> void arrive(LeaseNode from, Supplier<T> statement, Consumer<Optional<T>> answered) {
        long blocked = Math.max(awayUntil, from.cutUntil());
        if (now >= blocked) {
            T answer = statement.get();
            if (calm || chance(0.98)) {
                after(way(), () -> answered.accept(Optional.of(answer)));
            }
        } else if (chance(0.4)) {
            after(way(), () -> answered.accept(Optional.empty()));
        } else if (calm || chance(0.7)) {
            after(blocked - now + way(), () -> arrive(from, statement, answered));
        }
    }

    private long way() {
        return calm || chance(0.97) ? between(0, 0.1) : length();
    }

    void taken(LeaseTable.Way way, String by) {
        note(() -> by + " takes the lease: " + way);
        taken.merge(way, 1, Integer::sum);
        if (calm && (way == LeaseTable.Way.WATCHED || way == LeaseTable.Way.EXPIRED)) {
            throw new Violation("a living owner's device was moved to " + by);
        }
    }
}
