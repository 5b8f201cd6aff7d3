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
 * The owner trusts its own monotonic clock only, from before the request that renewed. A node's name is kept in its data folder, which one
 * process at a time has locked: an earlier life of the same node is certainly dead, so its leases are taken at once. A stranger's
 * lease is taken after the same expired row was seen for a whole ttl while PostgreSQL answered, so that a database that was away
 * moves nothing.
 *
 * <p>The maps may be touched from any context; renewals are settled on the context that made this object.
 */
public final class Leases {
    private static final Logger log = LoggerFactory.getLogger(Leases.class);

    /** Hears what becomes of a lease; called on the context that made this object. */
    public interface Holder {
        /** It is ours for at least {@code remaining} from now. */
        void renewed(Duration remaining);

        /** Somebody has a higher epoch. */
        void lost();
    }

    private record Watched(long epoch, long sinceNanos) {}

    /** A lease that this node holds. */
    public static final class Held {
        private final Lease lease;
        private final Holder holder;
        private volatile long trustedUntilNanos;

        private Held(Lease lease, Holder holder, long trustedUntilNanos) {
            this.lease = lease;
            this.holder = holder;
            this.trustedUntilNanos = trustedUntilNanos;
        }

        public Lease lease() {
            return lease;
        }

        public long epoch() {
            return lease.epoch();
        }

        /** How long the owner may still act; zero when the lease is in doubt. */
        public Duration remaining() {
            long nanos = trustedUntilNanos - System.nanoTime();
            return nanos <= 0 ? Duration.ZERO : Duration.ofNanos(nanos);
        }
    }

    private final String node;
    private final Settings.Lease settings;
    private final LeaseStore store;
    private final Vertx vertx;
    private final Context context;
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();
    private final long timer;
    private boolean renewing;

    public Leases(Vertx vertx, Pool pool, String node, Settings.Lease settings) {
        this.vertx = vertx;
        this.node = node;
        this.settings = settings;
        this.store = new LeaseStore(pool);
        this.context = vertx.getOrCreateContext();
        this.timer = vertx.setPeriodic(settings.renewEvery().toMillis(), _ -> renew());
    }

    public String node() {
        return node;
    }

    /** Empty while somebody else owns the device; asking again from time to time is how an abandoned one is taken. */
    public Future<Optional<Held>> acquire(String deviceId, String worker, Holder holder) {
        long before = System.nanoTime();
        return store.acquire(deviceId, node, worker, settings.ttl(), takeable(deviceId))
                .compose(lease -> {
                    if (lease.isEmpty()) {
                        return watch(deviceId).map(_ -> Optional.<Held>empty());
                    }
                    Held mine = new Held(lease.get(), holder, trustedFrom(before));
                    held.put(deviceId, mine);
                    watched.remove(deviceId);
                    return Future.succeededFuture(Optional.of(mine));
                });
    }

    private long takeable(String deviceId) {
        Watched seen = watched.get(deviceId);
        if (seen == null
                || System.nanoTime() - seen.sinceNanos() < settings.ttl().toNanos()) {
            return 0;
        }
        return seen.epoch();
    }

    private Future<Void> watch(String deviceId) {
        return store.expired(deviceId)
                .onFailure(_ -> watched.clear()) // the database was away: what was seen before proves nothing
                .map(expired -> {
                    Watched seen = watched.get(deviceId);
                    if (expired.isEmpty()) {
                        watched.remove(deviceId);
                    } else if (seen == null || seen.epoch() != expired.get().epoch()) {
                        watched.put(deviceId, new Watched(expired.get().epoch(), System.nanoTime()));
                    }
                    return null;
                });
    }

    /** Gives a device up, so that anybody may take it at once. */
    public Future<Boolean> release(Held mine) {
        held.remove(mine.lease().deviceId(), mine);
        mine.trustedUntilNanos = System.nanoTime();
        return store.release(mine.lease());
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
        long trust = settings.ttl().minus(settings.margin()).toNanos();
        long now = System.nanoTime();
        return held.values().stream()
                .mapToLong(mine -> TimeUnit.NANOSECONDS.toMillis(now - (mine.trustedUntilNanos - trust)))
                .max()
                .orElse(0);
    }

    private void renew() {
        if (renewing || held.isEmpty()) {
            return;
        }
        renewing = true;
        List<Held> asked = List.copyOf(held.values());
        long before = System.nanoTime();
        store.renew(node, settings.ttl(), asked.stream().map(Held::lease).toList())
                .onComplete(done -> context.runOnContext(_ -> {
                    renewing = false;
                    if (done.failed()) {
                        log.warn("leases not renewed: {}", done.cause().getMessage());
                        watched.clear();
                        return;
                    }
                    settle(asked, new HashSet<>(done.result()), trustedFrom(before));
                }));
    }

    private void settle(List<Held> asked, Set<Lease> renewed, long trustedUntilNanos) {
        for (Held mine : asked) {
            if (held.get(mine.lease().deviceId()) != mine) {
                continue; // released meanwhile
            }
            if (renewed.contains(mine.lease())) {
                mine.trustedUntilNanos = trustedUntilNanos;
                mine.holder.renewed(mine.remaining());
            } else {
                held.remove(mine.lease().deviceId());
                mine.trustedUntilNanos = System.nanoTime();
                mine.holder.lost();
            }
        }
    }

    private long trustedFrom(long requestNanos) {
        return requestNanos + settings.ttl().minus(settings.margin()).toNanos();
    }

    public void close() {
        vertx.cancelTimer(timer);
    }
}
