package io.kurir.cluster;

import io.kurir.Settings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's ownership of devices.
 *
 * <pre>
 *   free, kept for us, of our ──acquire (epoch + 1)──► held ──renewed every few seconds──► held
 *   earlier life, or abandoned                           │
 *                      not renewed until ttl − margin    ├──► doubtful   nothing may be sent; the page closes its own socket
 *                      after the last success            │       ├─ renewed ────────► held
 *                                                        │       └─ a higher epoch ─► lost
 *                      a renewal finds a higher epoch    ├──► lost       somebody else has it; the page is closed
 *                      given up, its page is closed      ├──► free       anybody may acquire it
 *                      given up for another node         └──► kept       that node may, for KEPT; then, or when given up again: free
 *
 *   As every other node sees a lease that is held:
 *
 *                ──a look──► seen ──the same row for its whole ttl──► abandoned ──acquire, if it is still the same row──► held by us
 *                             ▲└─ another row: anew ─┘                    │
 *                             ├──────────── another row ──────────────────┤
 *   not seen ◄────────────────┴─ no answer, or looks too far apart ───────┘
 * </pre>
 *
 * The owner trusts its own clocks only, from before the request that renewed ({@link Trust}). A node's name is kept in its data folder, which one
 * process at a time has locked: an earlier life of the same node is certainly dead, and its browsers are ended before its leases are taken, which
 * may be at once. A stranger's lease is taken when its row was seen unchanged for a whole ttl while PostgreSQL answered ({@link Watch}), so that
 * a database that was away, or whose clock jumped, moves nothing. Every node watches all the time: a dead node's devices are free about one
 * ttl after its last renewal.
 *
 * <p>What is decided is in {@link Holdings}, which {@code LeaseModelTest} checks; here are the timers and the requests. All may be called from
 * any context; renewals are settled on the context that made this object.
 */
public final class Leases {
    private static final Logger log = LoggerFactory.getLogger(Leases.class);
    /** For a node that is to have a device: its browser may have to be started first. */
    private static final Duration KEPT = Duration.ofSeconds(20);

    /** Hears what becomes of a lease; called on the context that made this object. */
    public interface Holder {
        /** It is ours for some more time: {@link Held#remaining}. */
        void renewed();

        /** Somebody has a higher epoch. */
        void lost();
    }

    /** A lease that this node holds. */
    public static final class Held {
        private final Lease lease;
        private final Holder holder;
        private final Optional<Duration> abandoned;
        private final Holdings.Clocks clocks;
        private volatile Trust trust;

        Held(LeaseStore.Taken taken, Holder holder, Trust trust, Holdings.Clocks clocks) {
            this.lease = taken.lease();
            this.abandoned = taken.abandoned();
            this.holder = holder;
            this.trust = trust;
            this.clocks = clocks;
        }

        public Lease lease() {
            return lease;
        }

        public long epoch() {
            return lease.epoch();
        }

        /** How long after its former owner's last renewal it was taken; empty where it had been given up, or never been owned. */
        public Optional<Duration> abandoned() {
            return abandoned;
        }

        /** How long the owner may still act; zero when the lease is in doubt. */
        public Duration remaining() {
            return trust.remaining(clocks.nanos().getAsLong(), clocks.millis().getAsLong());
        }

        Holder holder() {
            return holder;
        }

        Trust trust() {
            return trust;
        }

        void trust(Trust now) {
            trust = now;
        }
    }

    private final String node;
    private final Settings.Lease settings;
    private final LeaseStore store;
    private final Vertx vertx;
    private final Context context;
    private final Holdings holdings;
    private final List<Long> timers;
    private boolean renewing;
    private boolean looking;

    /** @param pool best of its own: a renewal must not wait behind a slow query */
    public Leases(Vertx vertx, Pool pool, String node, Settings.Lease settings) {
        this.vertx = vertx;
        this.node = node;
        this.settings = settings;
        this.store = new LeaseStore(pool);
        this.context = vertx.getOrCreateContext();
        Duration every = watchEvery(settings.ttl());
        Watch watch = new Watch(longestGap(settings.ttl()));
        this.holdings = new Holdings(settings.ttl(), settings.margin(), watch, Holdings.Clocks.SYSTEM);
        this.timers = List.of(
                vertx.setPeriodic(settings.renewEvery().toMillis(), _ -> renew()),
                vertx.setPeriodic(1, every.toMillis(), _ -> context.runOnContext(_ -> look())));
    }

    /** A look may take as long as a slow machine needs, but not so long that a database that is away goes unnoticed. */
    static Duration longestGap(Duration ttl) {
        return ttl.dividedBy(2);
    }

    /** For an answer of PostgreSQL. */
    static Duration patience(Duration ttl) {
        return ttl.dividedBy(4);
    }

    static Duration watchEvery(Duration ttl) {
        return Duration.ofMillis(Math.clamp(ttl.toMillis() / 20, 50, 1_000));
    }

    public String node() {
        return node;
    }

    /** Empty while somebody else owns the device. */
    public Future<Optional<Held>> acquire(String deviceId, String worker, Holder holder) {
        Trust trust = holdings.trustFromNow();
        return store.acquire(deviceId, node, worker, settings.ttl(), holdings.abandoned(deviceId))
                .map(taken -> taken.map(mine -> holdings.took(mine, holder, trust)));
    }

    /** Devices whose owner is gone: they may be acquired now. */
    public Set<String> abandoned() {
        return holdings.abandoned();
    }

    private void look() {
        if (looking) {
            return;
        }
        looking = true;
        long asked = System.nanoTime();
        store.others(node, settings.ttl())
                .timeout(patience(settings.ttl()).toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(done -> context.runOnContext(_ -> {
                    looking = false;
                    if (done.failed()) {
                        holdings.away();
                    } else {
                        holdings.saw(done.result(), asked);
                    }
                }));
    }

    /** Gives a device up, so that anybody may take it at once. */
    public Future<Boolean> release(Held mine) {
        return release(mine, Optional.empty());
    }

    /** Gives a device up; {@code next} has some seconds to take it before anybody may. */
    public Future<Boolean> release(Held mine, Optional<String> next) {
        holdings.gaveUp(mine);
        return store.release(mine.lease(), next, KEPT);
    }

    /** The node that owns the device now. */
    public Future<Optional<String>> owner(String deviceId) {
        return store.owner(deviceId);
    }

    public int count() {
        return holdings.count();
    }

    /** How long ago, in ms, the lease that was renewed the longest ago was; 0 without leases. */
    public long oldestAgeMillis() {
        return holdings.oldestAgeMillis();
    }

    private void renew() {
        if (renewing || holdings.count() == 0) {
            return;
        }
        renewing = true;
        Holdings.Renewal renewal = holdings.renewal();
        store.renew(node, settings.ttl(), renewal.leases())
                .timeout(patience(settings.ttl()).toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(done -> context.runOnContext(_ -> {
                    renewing = false;
                    if (done.failed()) {
                        log.warn("leases not renewed: {}", done.cause().getMessage());
                        holdings.away();
                    } else {
                        holdings.settle(renewal, done.result());
                    }
                }));
    }

    public void close() {
        timers.forEach(vertx::cancelTimer);
    }
}
