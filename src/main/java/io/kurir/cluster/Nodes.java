package io.kurir.cluster;

import io.kurir.Settings.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of the cluster as they say of themselves: what each runs and has room for. A help to place devices; who owns one is told by its lease
 * only. Safe for all threads.
 */
public final class Nodes {
    private static final Logger log = LoggerFactory.getLogger(Nodes.class);
    private static final Duration BEAT = Duration.ofSeconds(2);
    /** So many beats may be missed. */
    private static final Duration ALIVE = BEAT.multipliedBy(3);

    private final Vertx vertx;
    private final NodeStore store;
    private final String name;
    private final String version;
    private final Set<Role> roles;
    private final long budget;
    private volatile LongSupplier memory = () -> 0;
    private volatile boolean draining;
    private volatile Optional<Long> timer = Optional.empty();

    /** @param budget bytes that the browsers of this node may use */
    public Nodes(Vertx vertx, Pool pool, String name, String version, Set<Role> roles, long budget) {
        this.vertx = vertx;
        this.store = new NodeStore(pool);
        this.name = name;
        this.version = version;
        this.roles = roles;
        this.budget = budget;
    }

    /** This node. */
    public String name() {
        return name;
    }

    /** Bytes that the browsers of this node use; asked on any thread. */
    public void measure(LongSupplier bytes) {
        memory = bytes;
    }

    /** Whether this node is leaving. */
    public boolean draining() {
        return draining;
    }

    public Future<Void> join() {
        timer = Optional.of(vertx.setPeriodic(
                BEAT.toMillis(),
                _ -> beat(false)
                        .onFailure(away -> log.debug("not told that this node is here: {}", away.getMessage()))));
        return store.forget().compose(_ -> beat(true));
    }

    private Future<Void> beat(boolean first) {
        return store.beat(name, version, roles, draining, memory.getAsLong(), budget, first);
    }

    /** From now on no device is placed here. */
    public Future<Void> drain() {
        draining = true;
        return beat(false);
    }

    /** All that were here within the last days, alive or not. */
    public Future<List<Node>> all() {
        return store.all(ALIVE);
    }

    /** Every lease that was not given up, by device. */
    public Future<List<Holding>> held() {
        return store.held();
    }

    /** Those that may take the device, the best one first. */
    public Future<List<Node>> candidates(String deviceId) {
        return store.sameProxy(deviceId).compose(same -> all().map(nodes -> Placement.candidates(nodes, same)));
    }

    public Future<Void> leave() {
        draining = true;
        timer.ifPresent(vertx::cancelTimer);
        return store.leave(name);
    }
}
