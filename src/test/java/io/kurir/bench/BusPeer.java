package io.kurir.bench;

import io.kurir.Settings;
import io.kurir.SettingsFile;
import io.kurir.bus.Address;
import io.kurir.bus.Bus;
import io.kurir.cluster.Members;
import io.kurir.http.Metrics;
import io.kurir.session.SessionApi;
import io.kurir.trace.Traces;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A member of the cluster that serves one address and asks for it: both ends of a trip over the bus. */
final class BusPeer {
    static final String THERE = "bench.there";
    static final String HERE = "bench.here";

    private BusPeer() {}

    /** A JVM of its own that answers at {@link #THERE}. */
    public static void main(String[] arguments) {
        serve(join(System.getenv()), THERE);
        System.out.println("serves");
    }

    /** {@code bus} and what ends it. */
    record Joined(Vertx vertx, Bus bus) {}

    static Joined join(Map<String, String> environment) {
        Settings settings = SettingsFile.load(new SettingsFile.Sources(
                        Path.of(System.getProperty("kurir.home", "")), Optional.empty(), environment, Map.of()))
                .settings();
        Metrics metrics = new Metrics();
        Vertx vertx = Api.await(Members.join(
                settings.cluster(),
                new VertxOptions().setMetricsOptions(Metrics.options()).setPreferNativeTransport(true),
                metrics.factory()));
        return new Joined(vertx, new Bus(vertx, settings.access().secret(), metrics.registry(), Traces.OFF));
    }

    static void serve(Joined joined, String name) {
        joined.bus().serve(address(name), look -> Future.succeededFuture(new SessionApi.Seen(look.deviceId())));
    }

    static Address<SessionApi.Look, SessionApi.Seen> address(String name) {
        return new Address<>(name, SessionApi.Look.class, SessionApi.Seen.class);
    }
}
