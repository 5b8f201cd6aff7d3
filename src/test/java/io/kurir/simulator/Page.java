package io.kurir.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Plays the page: every call waits for its answer; pushes are taken in the order they came. */
final class Page implements WebSocket.Listener, AutoCloseable {
    static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long PATIENCE_MS = 3000;

    private final WebSocket socket;
    private final BlockingQueue<JsonObject> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<JsonObject> pushes = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final StringBuilder partial = new StringBuilder();
    private final AtomicLong ids = new AtomicLong();
    private long ratchet;

    private Page(int port) {
        socket = HTTP.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), this)
                .join();
    }

    static Page open(Simulator simulator) {
        return new Page(simulator.port());
    }

    /** A page that logs in and is ready for pushes. */
    static Page login(Simulator simulator, String token) {
        Page page = open(simulator);
        JsonObject hello = page.call("hello", new JsonObject().put("token", token));
        assertThat(hello.getJsonObject("me")).as("the token is known").isNotNull();
        page.call("sync", new JsonObject());
        return page;
    }

    /** The answer; an empty object for null. */
    JsonObject call(String op, JsonObject arguments) {
        JsonObject answer =
                take(answers, post(op, arguments)).orElseThrow(() -> new AssertionError("no answer to " + op));
        assertThat(answer.getString("err")).as(op).isNull();
        return Objects.requireNonNullElse(answer.getJsonObject("r"), new JsonObject());
    }

    JsonObject refused(String op, JsonObject arguments) {
        JsonObject answer =
                take(answers, post(op, arguments)).orElseThrow(() -> new AssertionError("no answer to " + op));
        assertThat(answer.getString("err")).as(op).isNotNull();
        return answer;
    }

    /** Whether an answer comes within the time. */
    boolean answersWithin(long ms) throws InterruptedException {
        return answers.poll(ms, TimeUnit.MILLISECONDS) != null;
    }

    long post(String op, JsonObject arguments) {
        long id = ids.incrementAndGet();
        socket.sendText(
                        new JsonObject()
                                .put("id", id)
                                .put("op", op)
                                .put("a", arguments)
                                .encode(),
                        true)
                .join();
        return id;
    }

    JsonObject sending(String chat, String id, String text) {
        JsonObject key = new JsonObject().put("id", id).put("fromMe", true).put("remote", chat);
        JsonObject message = new JsonObject().put("id", key).put("type", "chat").put("body", text);
        return new JsonObject().put("chat", chat).put("msg", message).put("ratchet", ++ratchet);
    }

    JsonObject send(String chat, String id, String text) {
        return call("send", sending(chat, id, text));
    }

    void rollBack(long counters) {
        ratchet -= counters;
    }

    void got(JsonArray messages, int receipts) {
        call("got", new JsonObject().put("ids", messages).put("receipts", receipts));
    }

    /** The data of the next push of that name; others before it are skipped. */
    JsonObject push(String event) {
        long deadline = System.currentTimeMillis() + PATIENCE_MS;
        while (System.currentTimeMillis() < deadline) {
            Optional<JsonObject> push = poll(pushes, deadline - System.currentTimeMillis());
            if (push.isPresent() && push.get().getString("ev").equals(event)) {
                return push.get().getJsonObject("d");
            }
        }
        throw new AssertionError("no push `" + event + "`");
    }

    /** Pushes of that name that have come; a round trip makes sure that none is still on its way. */
    long pushed(String event) {
        call("exists", new JsonObject().put("id", "628000"));
        return pushes.stream()
                .filter(push -> push.getString("ev").equals(event))
                .count();
    }

    boolean closed() throws InterruptedException {
        return closed.await(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    void leave() {
        socket.abort();
    }

    @Override
    public void close() {
        leave();
    }

    private static Optional<JsonObject> take(BlockingQueue<JsonObject> queue, long id) {
        long deadline = System.currentTimeMillis() + PATIENCE_MS;
        while (System.currentTimeMillis() < deadline) {
            Optional<JsonObject> answer = poll(queue, deadline - System.currentTimeMillis());
            if (answer.isPresent() && answer.get().getLong("re") == id) {
                return answer;
            }
        }
        return Optional.empty();
    }

    private static Optional<JsonObject> poll(BlockingQueue<JsonObject> queue, long ms) {
        try {
            return Optional.ofNullable(queue.poll(ms, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            JsonObject frame = new JsonObject(partial.toString());
            partial.setLength(0);
            (frame.containsKey("re") ? answers : pushes).add(frame);
        }
        webSocket.request(1);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.countDown();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.countDown();
    }
}
