package io.kurir.bench;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** From the acceptance of a message to its hand-over to the page, by the database's clock, when the request came to the owner's node and when to another. */
final class DispatchLag {
    private static final int MESSAGES = 1_000;
    private static final int DEVICES = 10;

    private DispatchLag() {}

    private record Way(String name, ClusterHouse.Member member) {}

    static void measure(ClusterHouse house, ClusterBench.Scale scale, Report report) throws Exception {
        ClusterHouse.Member owner = house.join();
        List<String> devices =
                IntStream.range(0, DEVICES).mapToObj("lag-%02d"::formatted).toList();
        house.connect(owner, devices);
        List<Way> ways = List.of(new Way("to the owner's node", owner), new Way("to another node", house.join()));
        for (Way way : ways) {
            send(way, devices, scale.of(2_000)); // warm
        }
        List<List<Sample>> samples = List.of(new ArrayList<>(), new ArrayList<>());
        house.execute("delete from message");
        for (int run = 0; run < scale.runs(); run++) {
            for (int way = 0; way < ways.size(); way++) {
                samples.get(way).add(send(ways.get(way), devices, scale.of(MESSAGES)));
            }
        }
        for (int way = 0; way < ways.size(); way++) {
            String name = "request " + ways.get(way).name();
            report.row(name + ", accepted to dispatched: p50", lag(house, ways.get(way), 0.5), "ms");
            report.row(name + ", accepted to dispatched: p99", lag(house, ways.get(way), 0.99), "ms");
            report.row(
                    name + ", HTTP to outcome: p50",
                    Sample.median(samples.get(way), sample -> sample.percentile(0.5)),
                    "ms");
        }
    }

    /** One in flight. */
    private static Sample send(Way way, List<String> devices, int count) throws Exception {
        return Load.run(
                1,
                count,
                number -> way.member()
                        .api()
                        .post(
                                QueueHouse.DEVICES + "/" + devices.get(number % devices.size()) + "/send-message",
                                new JsonObject()
                                        .put(
                                                "to",
                                                QueueHouse.person(number % Load.PEOPLE)
                                                        .user())
                                        .put("message", way.name()))
                        .ok("send"));
    }

    private static double lag(ClusterHouse house, Way way, double share) throws Exception {
        return house.number("""
                select percentile_disc(%s) within group (order by 1000 * extract(epoch from
                         (jsonb_path_query_first(steps, '$[*] ? (@.what == "dispatched").at') #>> '{}')::timestamptz
                       - (jsonb_path_query_first(steps, '$[*] ? (@.what == "accepted").at') #>> '{}')::timestamptz))
                from message
                where body = '%s'
                """.formatted(share, way.name().replace("'", "''")));
    }
}
