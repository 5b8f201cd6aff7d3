package io.kurir.cluster;

import io.kurir.Settings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's ownership of devices.
 *
 * <pre>
 *   free ──acquire (epoch + 1)──► held ──renewed every few seconds──► held
 *                                  │ not renewed until ttl − margin after the last success:
 *                                  ├──► doubtful   nothing may be sent; the page closes its own socket
 *                                  │        └─ renewed ─► held
 *                                  ├──► lost       somebody has a higher epoch
 *                                  └──► free       released
 * </pre>
 *
 * The owner trusts its own clocks only, from before the request that renewed ({@link Trust}). A node's name is kept in its data folder, which one
 * process at a time has locked: an earlier life of the same node is certainly dead, so its leases are taken at once. A stranger's
 * lease is taken when its row was seen unchanged for a whole ttl while PostgreSQL answered ({@link Watch}), so that a database that was
 * away, or whose clock jumped, moves nothing. Every node watches all the time: a dead node's devices are free about one ttl after its last
 * renewal.
 *
 * <p>The maps may be touched from any context; renewals are settled on the context that made this object.
 */
public final class Leases {
    private static final Logger log = LoggerFactory.getLogger(Leases.class);
    /** For a node that is to have a device: its browser may have to be started first. */
    private static final Duration KEPT = Duration.ofSeconds(20);

    /** Hears what becomes of a lease; called on the context that made this object. */
    public interface Holder {
        /** It is ours for at least {@code remaining} from now. */
        void renewed(Duration remaining);

        /** Somebody has a higher epoch. */
        void lost();
    }

    /** A lease that this node holds. */
    public static final class Held {
        private final Lease lease;
        private final Holder holder;
        private final Optional<Duration> abandoned;
        private volatile Trust trust;

        private Held(LeaseStore.Taken taken, Holder holder, Trust trust) {
            this.lease = taken.lease();
            this.abandoned = taken.abandoned();
            this.holder = holder;
            this.trust = trust;
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
            return trust.remaining(System.nanoTime(), System.currentTimeMillis());
        }
    }

    private final String node;
    private final Settings.Lease settings;
    private final LeaseStore store;
    private final Vertx vertx;
    private final Context context;
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final Watch watch;
    private volatile Map<String, Watch.Seen> abandoned = Map.of();
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
        // a look may take as long as a slow machine needs, but not so long that a database that is away goes unnoticed
        this.watch = new Watch(settings.ttl().dividedBy(2));
        this.timers = List.of(
                vertx.setPeriodic(settings.renewEvery().toMillis(), _ -> renew()),
                vertx.setPeriodic(1, every.toMillis(), _ -> context.runOnContext(_ -> look())));
    }

    private static Duration watchEvery(Duration ttl) {
        return Duration.ofMillis(Math.clamp(ttl.toMillis() / 20, 50, 1_000));
    }

    public String node() {
        return node;
    }

    /** Empty while somebody else owns the device. */
    public Future<Optional<Held>> acquire(String deviceId, String worker, Holder holder) {
        Trust trust = trustedFromNow();
        return store.acquire(deviceId, node, worker, settings.ttl(), Optional.ofNullable(abandoned.get(deviceId)))
                .map(taken -> taken.map(mine -> {
                    Held now = new Held(mine, holder, trust);
                    held.put(deviceId, now);
                    return now;
                }));
    }

    /** Devices whose owner is gone: they may be acquired now. */
    public Set<String> abandoned() {
        return abandoned.keySet();
    }

    private void look() {
        if (looking) {
            return;
        }
        looking = true;
        long asked = System.nanoTime();
        store.others(node, settings.ttl())
                .timeout(patience(), TimeUnit.MILLISECONDS)
                .onComplete(done -> context.runOnContext(_ -> {
                    looking = false;
                    if (done.failed()) {
                        away();
                    } else {
                        watch.saw(done.result(), asked, System.nanoTime());
                        abandoned = watch.abandoned(System.nanoTime());
                    }
                }));
    }

    /** What was seen before proves nothing any more. */
    private void away() {
        watch.away();
        abandoned = Map.of();
    }

    private long patience() {
        return settings.ttl().dividedBy(4).toMillis();
    }

    /** Gives a device up, so that anybody may take it at once. */
    public Future<Boolean> release(Held mine) {
        return release(mine, Optional.empty());
    }

    /** Gives a device up; {@code next} has some seconds to take it before anybody may. */
    public Future<Boolean> release(Held mine, Optional<String> next) {
        held.remove(mine.lease().deviceId(), mine);
        mine.trust = Trust.NONE;
        return store.release(mine.lease(), next, KEPT);
    }

    /** The node that owns the device now. */
    public Future<Optional<String>> owner(String deviceId) {
        return store.owner(deviceId);
    }

    public int count() {
        return held.size();
    }

    /** How long ago, in ms, the lease that was renewed the longest ago was; 0 without leases. */
    public long oldestAgeMillis() {
        long trusted = settings.ttl().minus(settings.margin()).toNanos();
        long now = System.nanoTime();
        return held.values().stream()
                .mapToLong(mine -> TimeUnit.NANOSECONDS.toMillis(now - (mine.trust.untilNanos() - trusted)))
                .max()
                .orElse(0);
    }

    private void renew() {
        if (renewing || held.isEmpty()) {
            return;
        }
        renewing = true;
        List<Held> asked = List.copyOf(held.values());
        Trust trust = trustedFromNow();
        store.renew(node, settings.ttl(), asked.stream().map(Held::lease).toList())
                .timeout(patience(), TimeUnit.MILLISECONDS)
                .onComplete(done -> context.runOnContext(_ -> {
                    renewing = false;
                    if (done.failed()) {
                        log.warn("leases not renewed: {}", done.cause().getMessage());
                        away();
                        return;
                    }
                    settle(asked, new HashSet<>(done.result()), trust);
                }));
    }

    private void settle(List<Held> asked, Set<Lease> renewed, Trust trust) {
        for (Held mine : asked) {
            if (held.get(mine.lease().deviceId()) != mine) {
                continue; // released meanwhile
            }
            if (renewed.contains(mine.lease())) {
                mine.trust = trust;
                mine.holder.renewed(mine.remaining());
            } else {
                held.remove(mine.lease().deviceId());
                mine.trust = Trust.NONE;
                mine.holder.lost();
            }
        }
    }

    private Trust trustedFromNow() {
        return Trust.from(System.nanoTime(), System.currentTimeMillis(), settings.ttl(), settings.margin());
    }

    public void close() {
        timers.forEach(vertx::cancelTimer);
    }
}
