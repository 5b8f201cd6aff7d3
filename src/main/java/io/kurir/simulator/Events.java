package io.kurir.simulator;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/** What happens on the network, as server-sent events for people who watch. Owned by the simulator's context. */
final class Events {
    private final Set<HttpServerResponse> watchers = new LinkedHashSet<>();

    void watch(HttpServerResponse response) {
        response.setChunked(true).putHeader("content-type", "text/event-stream");
        watchers.add(response);
        response.closeHandler(closed -> watchers.remove(response));
        response.exceptionHandler(failure -> watchers.remove(response));
        response.write("retry: 1000\n\nevent: hello\ndata: {}\n\n");
    }

    /** Costs nothing while nobody watches; a watcher that cannot keep up misses events rather than holding the network up. */
    void publish(String type, Supplier<JsonObject> data) {
        if (watchers.isEmpty()) {
            return;
        }
        String event = "event: " + type + "\ndata: " + data.get().encode() + "\n\n";
        for (HttpServerResponse watcher : watchers) {
            if (!watcher.writeQueueFull()) {
                watcher.write(event);
            }
        }
    }
}
