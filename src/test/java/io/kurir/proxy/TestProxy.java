package io.kurir.proxy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small real proxy that speaks HTTP CONNECT, asks for a login, and remembers where it was asked to go. */
public final class TestProxy implements AutoCloseable {
    public final List<String> asked = new CopyOnWriteArrayList<>();
    public final List<String> refused = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final NetClient client;
    private final String expected;

    public TestProxy(Vertx vertx, String username, String password) {
        this.client = vertx.createNetClient();
        this.expected = "Basic "
                + Base64.getEncoder().encodeToString((username + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.server = vertx.createHttpServer().requestHandler(this::connect);
        get(server.listen(0, "127.0.0.1"));
    }

    private void connect(HttpServerRequest request) {
        if (!expected.equals(request.getHeader("Proxy-Authorization"))) {
            refused.add(request.uri());
            request.response()
                    .setStatusCode(407)
                    .putHeader("Proxy-Authenticate", "Basic realm=\"test\"")
                    .end();
            return;
        }
        if (!request.method().equals(HttpMethod.CONNECT)) {
            request.response().setStatusCode(405).end();
            return;
        }
        asked.add(request.uri());
        int colon = request.uri().lastIndexOf(':');
        int port = Integer.parseInt(request.uri().substring(colon + 1));
        client.connect(port, request.uri().substring(0, colon))
                .onFailure(_ -> request.response().setStatusCode(502).end())
                .onSuccess(far -> {
                    far.pause();
                    request.toNetSocket().onSuccess(near -> {
                        far.pipeTo(near);
                        near.pipeTo(far);
                    });
                });
    }

    public Proxy with(Optional<String> username, Optional<String> password) {
        return Proxy.of("http://127.0.0.1:" + server.actualPort(), username, password);
    }

    static <T> T get(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }

    /** What a server that greets and echoes would say. */
    static NetSocket echo(NetSocket socket) {
        socket.handler(bytes -> socket.write(Buffer.buffer("echo ").appendBuffer(bytes)));
        return socket;
    }

    @Override
    public void close() {
        get(server.close());
        get(client.close());
    }
}
