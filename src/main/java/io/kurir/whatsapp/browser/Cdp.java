package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.PageException.Kind;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One DevTools connection to one browser. Calls of all its pages overlap; a page that does not answer delays nobody else. Every call
 * has its own deadline, because a crashed page never answers.
 *
 * <p>Owned by the Vert.x context that connected it: call it there, its futures complete and its events come there.
 */
final class Cdp {
    private static final Logger LOG = LoggerFactory.getLogger(Cdp.class);
    static final ObjectMapper JSON = new ObjectMapper();

    /** The browser itself rather than one of its pages. */
    static final String BROWSER = "";

    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private record Pending(String session, Promise<JsonNode> promise, long timer) {}

    private final Vertx vertx;
    private final WebSocketClient client;
    private final WebSocket socket;
    private final Map<Long, Pending> pending = new HashMap<>();
    private final Map<String, BiConsumer<String, JsonNode>> listeners = new HashMap<>();
    private final Promise<Void> closed = Promise.promise();
    private final Counter calls;
    private long lastId;

    private Cdp(Vertx vertx, WebSocketClient client, WebSocket socket, Counter calls) {
        this.calls = calls;
        this.vertx = vertx;
        this.client = client;
        this.socket = socket;
        socket.textMessageHandler(this::received);
        socket.exceptionHandler(fault -> LOG.debug("DevTools connection", fault));
        socket.closeHandler(end -> lost());
    }

    /** {@code calls} counts what is asked of the browser. */
    static Future<Cdp> connect(Vertx vertx, URI browser, Counter calls) {
        WebSocketClient client = vertx.createWebSocketClient(
                new WebSocketClientOptions().setMaxFrameSize(MAX_MESSAGE_BYTES).setMaxMessageSize(MAX_MESSAGE_BYTES));
        // Chromium refuses a DevTools connection that names an origin it was not started with.
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost(browser.getHost())
                .setPort(browser.getPort())
                .setURI(browser.getPath())
                .setAllowOriginHeader(false);
        return client.connect(options).map(socket -> new Cdp(vertx, client, socket, calls));
    }

    /** Registers who hears the events of a session, {@link #BROWSER} for those of the browser. */
    void listen(String session, BiConsumer<String, JsonNode> listener) {
        listeners.put(session, listener);
    }

    /** Forgets a session; its calls that wait fail with GONE. */
    void forget(String session) {
        listeners.remove(session);
        List<Long> ids = pending.entrySet().stream()
                .filter(one -> one.getValue().session().equals(session))
                .map(Map.Entry::getKey)
                .toList();
        ids.forEach(id ->
                take(id).ifPresent(one -> one.promise().fail(new PageException(Kind.GONE, "the page is gone"))));
    }

    /** Fails with a {@link PageException}: TIMEOUT, GONE, or FAILED with the browser's words. */
    Future<JsonNode> call(String session, String method, ObjectNode parameters, Duration timeout) {
        Promise<JsonNode> promise = Promise.promise();
        if (closed.future().isComplete()) {
            promise.fail(new PageException(Kind.GONE, "the browser is gone"));
            return promise.future();
        }
        calls.increment();
        long id = ++lastId;
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        message.set("params", parameters);
        long timer = vertx.setTimer(Math.max(1, timeout.toMillis()), fired -> timedOut(id, method));
        pending.put(id, new Pending(session, promise, timer));
        socket.writeTextMessage(message.toString());
        return promise.future();
    }

    static ObjectNode parameters() {
        return JSON.createObjectNode();
    }

    Future<Void> closed() {
        return closed.future();
    }

    void close() {
        socket.close();
    }

    private void received(String text) {
        JsonNode message;
        try {
            message = JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            LOG.error("the browser sent what is not JSON", malformed);
            return;
        }
        if (message.has("id")) {
            answered(message);
            return;
        }
        BiConsumer<String, JsonNode> listener =
                listeners.get(message.path("sessionId").asText(BROWSER));
        if (listener != null) {
            listener.accept(message.path("method").asText(), message.path("params"));
        }
    }

    private void answered(JsonNode message) {
        take(message.path("id").asLong()).ifPresent(one -> {
            JsonNode error = message.path("error");
            if (error.isMissingNode()) {
                one.promise().complete(message.path("result"));
            } else {
                one.promise()
                        .fail(new PageException(
                                Kind.FAILED, error.path("message").asText()));
            }
        });
    }

    private void timedOut(long id, String method) {
        take(id).ifPresent(one ->
                one.promise().fail(new PageException(Kind.TIMEOUT, method + " was not answered in time")));
    }

    private Optional<Pending> take(long id) {
        Optional<Pending> one = Optional.ofNullable(pending.remove(id));
        one.ifPresent(found -> vertx.cancelTimer(found.timer()));
        return one;
    }

    private void lost() {
        List.copyOf(pending.keySet())
                .forEach(id -> take(id).ifPresent(
                                one -> one.promise().fail(new PageException(Kind.GONE, "the browser is gone"))));
        listeners.clear();
        closed.tryComplete();
        client.close();
    }
}
