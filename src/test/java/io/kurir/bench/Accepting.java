package io.kurir.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Messages that are accepted per second: in the database when the answer comes. In turn with a minimal service in Node that writes the message to
 * SQLite (WAL, synchronous FULL) and puts a job into BullMQ on the same Redis; see {@code src/test/bench/http}.
 */
final class Accepting {
    private static final int MESSAGES = 10_000;
    private static final int DEVICES = 10;
    private static final int WARM = 4;
    private static final String ACCOUNTS = "/messages";

    private Accepting() {}

    static void measure(QueueHouse house, QueueBench.Scale scale, Report report) throws Exception {
        List<String> devices = house.create("accept", DEVICES);
        int count = scale.of(MESSAGES);
        Map<String, Double> used = new LinkedHashMap<>();
        try (NodePeer node = new NodePeer(house.parts);
                Costs costs = house.costs()) {
            Load.Call ours = ours(house, devices);
            Load.Call theirs =
                    number -> node.api.post(ACCOUNTS, body(devices, number)).ok("node");
            // for so long the JVM compiles what it runs, which costs more CPU than running it; Node is warm much
            // earlier
            Load.run(scale.inFlight(), WARM * count, ours);
            Load.run(scale.inFlight(), count, theirs);
            List<Sample> kurir = new ArrayList<>();
            List<Sample> express = new ArrayList<>();
            for (int run = 0; run < scale.runs(); run++) {
                Map<String, Double> before = costs.read();
                kurir.add(Load.run(scale.inFlight(), count, ours));
                Costs.add(used, before, costs.read());
                express.add(Load.run(scale.inFlight(), count, theirs));
                System.out.printf(
                        "run %d: Kurir %.0f, Node %.0f requests/s%n",
                        run + 1, kurir.getLast().perSecond(), express.getLast().perSecond());
            }
            HttpCalls.rows(report, "durably accepted: Kurir", kurir);
            HttpCalls.rows(report, "durably accepted: Express, BullMQ, SQLite", express);
            report.row(
                    "durably accepted, Kurir to Node",
                    Sample.median(kurir, Sample::perSecond) / Sample.median(express, Sample::perSecond),
                    "ratio",
                    ">= 3");
            Costs.perMessage(report, "durably accepted: Kurir", used, (double) count * scale.runs());
        }
    }

    private static JsonObject body(List<String> devices, int number) {
        return new JsonObject()
                .put("clientId", devices.get(number % devices.size()))
                .put("to", QueueHouse.person(number % Load.PEOPLE).user())
                .put("text", QueueHouse.TEXT + " " + number);
    }

    /** The same path where this Kurir has it; else a job of one message, which is accepted in the same way. */
    private static Load.Call ours(QueueHouse house, List<String> devices) {
        Optional<JsonObject> example = Optional.ofNullable(house.api
                        .get("/openapi.json")
                        .ok("contract")
                        .json()
                        .getJsonObject("paths")
                        .getJsonObject(ACCOUNTS))
                .map(path -> path.getJsonObject("post"));
        if (example.isPresent()) {
            System.out.println("Kurir accepts at POST " + ACCOUNTS);
            return number -> house.api.post(ACCOUNTS, body(devices, number)).ok("accept");
        }
        System.out.println("Kurir accepts jobs of one message: it has no POST " + ACCOUNTS);
        return number -> {
            JsonObject item = new JsonObject(Map.of(
                    "to", QueueHouse.person(number % Load.PEOPLE).user(), "message", QueueHouse.TEXT + " " + number));
            String device = devices.get(number % devices.size());
            house.api
                    .post(
                            QueueHouse.DEVICES + "/" + device + "/jobs/send-text",
                            new JsonObject().put("items", new JsonArray().add(item)))
                    .ok("accept");
        };
    }
}
