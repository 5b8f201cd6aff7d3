package io.kurir.bench;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** 1,000 clients that follow the event stream: how long after a message was sent each of them hears that the server has it. */
final class Streams {
    private static final int CLIENTS = 1_000;
    private static final int MESSAGES = 100;
    private static final long PATIENCE_SECONDS = 30;

    private final QueueHouse house;
    private final HttpClient http;
    /** By the message's id: when each client has heard of it, which some do before its sender has the answer. */
    private final Map<String, Heard> heard = new ConcurrentHashMap<>();

    private record Heard(CountDownLatch missing, ConcurrentLinkedQueue<Long> at) {}

    private final int clients;

    private Streams(QueueHouse house, int clients) {
        this.house = house;
        this.clients = clients;
        this.http =
                house.parts.vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(clients));
    }

    static void measure(QueueHouse house, QueueBench.Scale scale, Report report) throws Exception {
        Streams streams = new Streams(house, scale.of(CLIENTS));
        List<String> devices = house.create("told", 1);
        house.connect(devices);
        long begin = System.nanoTime();
        streams.open();
        double opening = (System.nanoTime() - begin) / 1e9;
        streams.send(devices.getFirst(), 5); // warm
        List<Sample> samples = new ArrayList<>();
        for (int run = 0; run < scale.runs(); run++) {
            samples.add(streams.send(devices.getFirst(), scale.of(MESSAGES)));
        }
        Api.await(streams.http.close());
        String name = "%d event streams".formatted(streams.clients);
        report.row(name + ": opened at", streams.clients / opening, "streams/s");
        report.row(name + ", events that arrive", Sample.median(samples, Sample::perSecond), "events/s");
        report.row(
                name + ", from the request to each client: p50", Sample.median(samples, s -> s.percentile(0.5)), "ms");
        report.row(
                name + ", from the request to each client: p99", Sample.median(samples, s -> s.percentile(0.99)), "ms");
    }

    private void open() {
        List<Future<?>> opened = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            opened.add(http.request(HttpMethod.GET, house.port, "127.0.0.1", "/api/events")
                    .compose(
                            request -> request.putHeader("x-api-key", House.KEY).send())
                    .map(response -> response.handler(RecordParser.newDelimited("\n", line -> told(line.toString())))));
            if (client % 50 == 49) { // as many as a listener's queue takes
                Api.await(Future.all(opened));
            }
        }
        Api.await(Future.all(opened));
    }

    private void told(String line) {
        if (!line.startsWith("data: ") || !line.contains("message.status")) {
            return;
        }
        long now = System.nanoTime();
        JsonObject event = new JsonObject(line.substring(6));
        if ("sent".equals(event.getString("state"))) {
            Heard message = heard(event.getString("messageId"));
            message.at().add(now);
            message.missing().countDown();
        }
    }

    private Heard heard(String messageId) {
        return heard.computeIfAbsent(
                messageId, _ -> new Heard(new CountDownLatch(clients), new ConcurrentLinkedQueue<>()));
    }

    /** One message after the other, each when all have heard of the one before. */
    private Sample send(String device, int messages) throws Exception {
        List<Double> millis = new ArrayList<>();
        long begin = System.nanoTime();
        for (int number = 0; number < messages; number++) {
            long sent = System.nanoTime();
            JsonObject body = new JsonObject()
                    .put("to", QueueHouse.person(number).user())
                    .put("message", QueueHouse.TEXT + " " + number);
            String id = house.api
                    .post(QueueHouse.DEVICES + "/" + device + "/send-message", body)
                    .ok("send")
                    .json()
                    .getJsonObject("data")
                    .getString("messageId");
            Heard message = heard(id);
            if (!message.missing().await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(message.missing().getCount() + " of the clients have not heard of it");
            }
            message.at().forEach(at -> millis.add((at - sent) / 1e6));
            heard.remove(id);
        }
        double[] all = millis.stream().mapToDouble(Double::doubleValue).toArray();
        return Sample.of(all, (System.nanoTime() - begin) / 1e9);
    }
}
