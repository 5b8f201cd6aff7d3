package io.kurir.crash;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kurir.db.embedded.Ports;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;

/**
 * A webhook's endpoint that is no better than those of the world: it refuses some events before it has read them and some after, is slow now and then, and
 * is away altogether when it is told to be. Thread-safe.
 */
final class Receiver implements AutoCloseable {
    private static final int REFUSED_PERCENT = 5;
    private static final int FORGOTTEN_PERCENT = 3;
    private static final int SLOW_PERCENT = 1;
    private static final long SLOW_MS = 1_500;

    /** An event as it came: its place in the device's own order, and its chat, empty where it has none. */
    record Arrival(String id, String device, long seq, String chat) {}

    private final int port = Ports.free();
    private final Random random;
    private final Map<String, Arrival> first = new LinkedHashMap<>();
    private Optional<HttpServer> server = Optional.empty();
    private int repeated;

    Receiver(long seed) throws IOException {
        this.random = new Random(seed);
        open();
    }

    String url() {
        return "http://127.0.0.1:" + port + "/hook";
    }

    void open() throws IOException {
        HttpServer opened = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        opened.createContext("/hook", this::take);
        opened.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        opened.start();
        server = Optional.of(opened);
    }

    @Override
    public void close() {
        server.ifPresent(running -> running.stop(0));
        server = Optional.empty();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            int luck = luck();
            if (luck < SLOW_PERCENT) {
                Facts.pause(SLOW_MS);
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean refuse = luck >= 100 - REFUSED_PERCENT;
            if (!refuse) {
                arrived(new JsonObject(new String(body, StandardCharsets.UTF_8)));
            }
            boolean forget = luck >= 100 - REFUSED_PERCENT - FORGOTTEN_PERCENT;
            exchange.sendResponseHeaders(refuse || forget ? 500 : 204, -1);
        }
    }

    private synchronized int luck() {
        return random.nextInt(100);
    }

    private synchronized void arrived(JsonObject event) {
        String chat = Optional.ofNullable(event.getJsonObject("data"))
                .map(data -> data.getString("chat"))
                .orElse("");
        Arrival arrival = new Arrival(event.getString("id"), event.getString("deviceId"), event.getLong("seq"), chat);
        if (first.putIfAbsent(arrival.id(), arrival) != null) {
            repeated++;
        }
    }

    /** In the order of their first coming. */
    synchronized List<Arrival> arrivals() {
        return List.copyOf(first.values());
    }

    synchronized int repeated() {
        return repeated;
    }

    /** Chats in which an event came first after a later one. */
    List<String> disorder() {
        Map<String, Long> last = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        for (Arrival arrival : arrivals()) {
            if (!arrival.chat().isEmpty()) {
                Long before = last.put(arrival.device() + " " + arrival.chat(), arrival.seq());
                if (before != null && before > arrival.seq()) {
                    wrong.add(arrival + " after " + before);
                }
            }
        }
        return wrong;
    }
}
