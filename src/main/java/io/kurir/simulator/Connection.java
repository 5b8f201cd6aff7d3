package io.kurir.simulator;

import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** One WebSocket of one page: first without an account, showing QR codes, then logged in. Owned by the simulator's context. */
final class Connection {
    private final ServerWebSocket socket;
    private final Runnable cut;

    Optional<Link> link = Optional.empty();
    boolean synced;
    boolean available;
    /** Whose presence the page wants to know, by phone number id. */
    final Set<String> watching = new HashSet<>();

    Optional<String> ref = Optional.empty();
    Optional<String> code = Optional.empty();
    int refsShown;
    long refTimer = -1;

    /** @param cut closes the connection below the WebSocket, as a lost network does */
    Connection(ServerWebSocket socket, Runnable cut) {
        this.socket = socket;
        this.cut = cut;
    }

    void push(String event, JsonObject data) {
        write(new JsonObject().put("ev", event).put("d", data));
    }

    void answer(Object id, JsonObject result) {
        write(new JsonObject().put("re", id).put("r", result));
    }

    void answerNull(Object id) {
        write(new JsonObject().put("re", id).putNull("r"));
    }

    void refuse(Object id, String why, int status) {
        write(new JsonObject().put("re", id).put("err", why).put("status", status));
    }

    /** Whether the network has turned a deaf ear to this page. */
    boolean deaf() {
        return link.filter(of -> of.account.knobs.deaf()).isPresent();
    }

    private void write(JsonObject frame) {
        if (!socket.isClosed() && !deaf()) {
            socket.writeTextMessage(frame.encode());
        }
    }

    void close() {
        socket.close();
    }

    void drop() {
        cut.run();
    }
}
