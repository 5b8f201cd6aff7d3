package io.kurir.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Messages/s through the HTTP API, each from the request to the answer that says that the server's ack is committed. */
final class Throughput {
    private static final List<Integer> DEVICES = List.of(1, 10, 100);
    private static final int MESSAGES = 10_000;

    private Throughput() {}

    static void measure(QueueHouse house, QueueBench.Scale scale, Report report) throws Exception {
        List<String> devices = house.create("through", scale.quick() ? 10 : DEVICES.getLast());
        house.connect(devices);
        try (Costs costs = house.costs()) {
            System.out.println("PostgreSQL " + costs.setting("server_version") + ", fsync=" + costs.setting("fsync")
                    + ", synchronous_commit=" + costs.setting("synchronous_commit"));
            Load.send(house, devices, scale.inFlight(), scale.of(10_000)); // warm
            for (int count : DEVICES) {
                if (count <= devices.size()) {
                    measure(house, costs, devices.subList(0, count), scale, report);
                }
            }
        }
    }

    private static void measure(
            QueueHouse house, Costs costs, List<String> devices, QueueBench.Scale scale, Report report)
            throws Exception {
        int messages = scale.of(MESSAGES);
        List<Sample> samples = new ArrayList<>();
        Map<String, Double> used = new LinkedHashMap<>();
        Load.send(house, devices, scale.inFlight(), scale.of(1_000)); // warm
        for (int run = 0; run < scale.runs(); run++) {
            Map<String, Double> before = costs.read();
            samples.add(Load.send(house, devices, scale.inFlight(), messages));
            Costs.add(used, before, costs.read());
        }
        String name = "throughput, %d %s, %d in flight"
                .formatted(devices.size(), devices.size() == 1 ? "device" : "devices", scale.inFlight());
        report.row(name, Sample.median(samples, Sample::perSecond), "messages/s");
        report.row(name + ": p50", Sample.median(samples, sample -> sample.percentile(0.5)), "ms");
        report.row(name + ": p99", Sample.median(samples, sample -> sample.percentile(0.99)), "ms");
        Costs.perMessage(report, name, used, (double) messages * scale.runs());
    }
}
