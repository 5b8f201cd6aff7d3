package io.kurir.crash;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A browser, asked past Kurir over DevTools. */
final class DevTools implements AutoCloseable {
    private static final int SECONDS = 10;

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
    private final WebSocket socket;

    private DevTools(HttpClient client, URI browser) {
        this.socket = client.newWebSocketBuilder()
                .buildAsync(browser, new Answers())
                .orTimeout(SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** @param port the file in which a browser says where it listens */
    static DevTools of(HttpClient client, Path port) throws IOException {
        List<String> lines = Files.readAllLines(port);
        return new DevTools(client, URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)));
    }

    private final class Answers implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonObject message = new JsonObject(text.toString());
                text.setLength(0);
                CompletableFuture<JsonObject> waiting = answers.get(message.getInteger("id", 0));
                if (waiting != null) {
                    waiting.complete(message);
                }
            }
            from.request(1);
            return CompletableFuture.completedStage(last);
        }
    }

    private CompletableFuture<JsonObject> send(String session, String method, JsonObject parameters) {
        int id = ids.incrementAndGet();
        JsonObject message = JsonObject.of("id", id, "method", method, "params", parameters);
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText(message.encode(), true).join();
        return answer.orTimeout(SECONDS, TimeUnit.SECONDS);
    }

    private JsonObject ask(String session, String method, JsonObject parameters) {
        return send(session, method, parameters).join().getJsonObject("result", new JsonObject());
    }

    /** Ends the renderer of the page that a script says yes in. Fails when there is none. */
    void crashPage(String script) {
        List<String> pages = ask("", "Target.getTargets", new JsonObject()).getJsonArray("targetInfos").stream()
                .map(JsonObject.class::cast)
                .filter(target -> target.getString("type").equals("page"))
                .map(target -> target.getString("targetId"))
                .toList();
        for (String page : pages) {
            String session = ask("", "Target.attachToTarget", JsonObject.of("targetId", page, "flatten", true))
                    .getString("sessionId");
            JsonObject said = ask(session, "Runtime.evaluate", JsonObject.of("expression", script))
                    .getJsonObject("result", new JsonObject());
            if (Boolean.TRUE.equals(said.getValue("value"))) {
                CompletableFuture<JsonObject> _ = send(session, "Page.crash", new JsonObject()); // which never answers
                return;
            }
            ask("", "Target.detachFromTarget", JsonObject.of("sessionId", session));
        }
        throw new AssertionError("no page of " + pages.size() + " says yes to " + script);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
