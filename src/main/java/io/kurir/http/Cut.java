package io.kurir.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** Cutting connections. */
final class Cut {
    private Cut() {}

    /**
     * At once, with whatever is still to be written. Vert.x closes a connection behind that, and so never one whose client does not read: it would hold
     * our buffers until it has been idle for 5 minutes. From its own place in the channel on nobody has such patience.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // whoever has to do with the connection hears of its end
    static void off(HttpConnection connection) {
        if (connection instanceof ConnectionBase vertx) {
            vertx.channelHandlerContext().close();
        } else {
            connection.close();
        }
    }
}
