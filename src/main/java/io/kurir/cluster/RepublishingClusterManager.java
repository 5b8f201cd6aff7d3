package io.kurir.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.vertx.core.Vertx;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.List;

/**
 * Says again what this node hears on the bus, some time after a node has come (back).
 *
 * <p>When nodes lose sight of each other, each takes the addresses of the others out of the shared map, one by one. On a busy machine that can last longer
 * than the cut, and then takes out what they have just said again: a device had an owner, and no request from the other nodes reached it until that one was
 * restarted ({@code NodesIT}, seed 12801794, load 12).
 */
final class RepublishingClusterManager extends HazelcastClusterManager {
    private static final List<Duration> AGAIN =
            List.of(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(30));

    private volatile Runnable later = () -> {};

    RepublishingClusterManager(Config config) {
        super(config);
    }

    @Override
    public void init(Vertx vertx) {
        super.init(vertx);
        later = () -> AGAIN.forEach(wait -> vertx.setTimer(
                wait.toMillis(),
                _ -> vertx.executeBlocking(
                        () -> {
                            republish();
                            return true;
                        },
                        false)));
    }

    @Override
    public synchronized void memberAdded(MembershipEvent event) {
        super.memberAdded(event);
        later.run();
    }

    @Override
    public synchronized void stateChanged(LifecycleEvent event) {
        super.stateChanged(event);
        if (event.getState() == LifecycleState.MERGED) {
            later.run();
        }
    }

    /** After a merge the addresses are said again; doing so twice changes nothing. */
    private void republish() {
        super.stateChanged(new LifecycleEvent(LifecycleState.MERGED));
    }
}
