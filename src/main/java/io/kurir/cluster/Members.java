package io.kurir.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.XmlConfigBuilder;
import io.kurir.Misconfigured;
import io.kurir.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.VertxMetricsFactory;
import java.io.FileNotFoundException;

/** Joining the other nodes. Hazelcast tells who is there and carries the bus; nothing relies on its locks. */
public final class Members {
    private Members() {}

    public static Future<Vertx> join(Settings.Cluster settings, VertxOptions options, VertxMetricsFactory metrics) {
        options.getEventBusOptions()
                .setHost(settings.host())
                .setClusterPublicHost(settings.host())
                .setPort(settings.busPort());
        return Vertx.builder()
                .with(options)
                .withMetrics(metrics)
                .withClusterManager(new RepublishingClusterManager(config(settings)))
                .buildClustered();
    }

    /** Whether Hazelcast still runs: it ends itself when it finds that it cannot go on. */
    public static boolean joined(Vertx vertx) {
        return vertx instanceof VertxInternal internal
                && internal.clusterManager().isActive();
    }

    private static Config config(Settings.Cluster settings) {
        try {
            return new XmlConfigBuilder(settings.config().toString()).build().setClusterName(settings.name());
        } catch (FileNotFoundException missing) {
            throw new Misconfigured("Cannot read " + settings.config()
                    + ": put Hazelcast's settings there, or say with KURIR_CLUSTER_CONFIG where they are.");
        }
    }
}
