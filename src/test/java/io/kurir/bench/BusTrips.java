package io.kurir.bench;

import io.kurir.session.SessionApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From asking to the answer, one after the other: in this JVM, where nothing is sealed, and in another one. */
final class BusTrips {
    private static final int TRIPS = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private BusTrips() {}

    static void measure(ClusterHouse house, ClusterBench.Scale scale, Report report) throws Exception {
        Process peer = house.parts.java("peer", house.settings(), List.of(), "io.kurir.bench.BusPeer");
        house.parts.poll(
                "the peer", peer, () -> Optional.of(house.parts.log("peer")).filter(log -> log.contains("serves")));
        BusPeer.Joined here = BusPeer.join(house.settings());
        try {
            BusPeer.serve(here, BusPeer.HERE);
            for (Map.Entry<String, String> way : List.of(
                    Map.entry("in one JVM", BusPeer.HERE), Map.entry("between two JVMs, sealed", BusPeer.THERE))) {
                trips(here, way.getValue(), scale.of(TRIPS)); // warm
                List<Sample> samples = new ArrayList<>();
                for (int run = 0; run < scale.runs(); run++) {
                    samples.add(trips(here, way.getValue(), scale.of(TRIPS)));
                }
                String name = "bus round trip " + way.getKey();
                report.row(name + ": p50", Sample.median(samples, sample -> sample.percentile(0.5)), "ms");
                report.row(name + ": p99", Sample.median(samples, sample -> sample.percentile(0.99)), "ms");
            }
        } finally {
            Api.await(here.vertx().close());
        }
    }

    private static Sample trips(BusPeer.Joined here, String name, int count) throws Exception {
        return Load.run(
                1,
                count,
                number -> Api.await(
                        here.bus().ask(BusPeer.address(name), new SessionApi.Look("device-" + number), PATIENCE)));
    }
}
