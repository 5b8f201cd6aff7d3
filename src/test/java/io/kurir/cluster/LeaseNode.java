package io.kurir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A node in the model: its machine, its browser, and one process after the other ({@link LeaseLife}). */
final class LeaseNode {
    private final LeaseWorld world;
    private final String name;
    private final LeaseMachine machine;
    private final Duration ttl;
    private final List<LeasePage> pages = new ArrayList<>();
    private Optional<LeaseLife> life = Optional.empty();
    private long pausedUntil;
    private long cutUntil;
    /** Pages that load in an earlier browser do not appear any more. */
    private int browser;

    private int loading;

    LeaseNode(LeaseWorld world, String name, LeaseMachine machine, Duration ttl) {
        this.world = world;
        this.name = name;
        this.machine = machine;
        this.ttl = ttl;
    }

    String name() {
        return name;
    }

    LeaseMachine machine() {
        return machine;
    }

    Duration ttl() {
        return ttl;
    }

    boolean loading() {
        return loading > 0;
    }

    /** A process begins; its leases of before are taken only when no browser of before is left. */
    void begin() {
        LeaseLife fresh = new LeaseLife(world, this);
        life = Optional.of(fresh);
        fresh.step(world.between(0, 1), () -> {
            if (world.flaw != Flaw.BROWSER_LEFT) {
                endBrowser();
            }
            fresh.begin();
        });
    }

    private void endBrowser() {
        browser++;
        pages.forEach(LeasePage::end);
        pages.clear();
    }

    /** As with SIGKILL; its browser may go with it, soon or not at all. */
    void kill() {
        if (life.isEmpty()) {
            return;
        }
        life.ifPresent(LeaseLife::die);
        life = Optional.empty();
        pausedUntil = 0;
        int mine = browser;
        if (world.chance(0.5)) {
            world.after(world.between(0, 5), () -> {
                if (browser == mine) {
                    endBrowser();
                }
            });
        }
        world.after(world.length(), this::begin);
    }

    void leave() {
        life.ifPresent(LeaseLife::leave);
    }

    /** As with SIGSTOP: the process stands still, its browser does not. */
    void pause(long nanos) {
        pausedUntil = Math.max(pausedUntil, world.now() + nanos);
    }

    void cut(long nanos) {
        cutUntil = Math.max(cutUntil, world.now() + nanos);
    }

    long cutUntil() {
        return cutUntil;
    }

    /** When the process goes on. */
    long stillUntil() {
        return Math.max(pausedUntil, machine.asleepUntil());
    }

    /** The browser loads a page, whatever becomes of the process meanwhile; {@code then} hears of it. */
    void load(long epoch, long untilMillis, Consumer<LeasePage> then) {
        int mine = browser;
        loading++;
        inBrowser(world.chance(0.5) ? world.between(0, 0.2) : world.between(0, 4), () -> {
            loading--;
            if (mine == browser) {
                LeasePage page = new LeasePage(machine, name, epoch, untilMillis, world.flaw);
                pages.add(page);
                world.opened(page);
                then.accept(page);
            }
        });
    }

    /** On its way through the pipe and the browser, which do not stand still with the process. */
    void inBrowser(long nanos, Runnable deed) {
        world.after(nanos, () -> {
            if (machine.asleep()) {
                inBrowser(machine.asleepUntil() - world.now(), deed);
            } else {
                deed.run();
            }
        });
    }
}
