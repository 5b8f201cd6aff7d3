package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Half a second of patience where production has a minute. */
class SlowClientsTest {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Vertx VERTX = Vertx.vertx();
    private static HttpServer server;

    @BeforeAll
    static void open() throws Exception {
        SlowClients slowClients = new SlowClients(PATIENCE, PATIENCE, PATIENCE);
        Router router = Router.router(VERTX);
        router.route().handler(slowClients::begun);
        router.route("/whole")
                .handler(ctx -> ctx.request().endHandler(_ -> {
                    slowClients.read(ctx);
                    VERTX.setTimer(3 * PATIENCE.toMillis(), _ -> ctx.end("done"));
                }));
        VERTX.setPeriodic(20, _ -> slowClients.sweep());
        server = VERTX.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(0)
                        .setHttp2ClearTextEnabled(
                                false)) // as in production: else nobody is told before the first head is there
                .connectionHandler(slowClients::opened)
                .requestHandler(router)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterAll
    static void close() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String rest(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException reset) {
            return "";
        }
    }

    @Test
    void cutsOffAHeadThatComesByteForByte() throws IOException {
        try (Socket socket = socket()) {
            Thread.ofVirtual().start(() -> {
                try {
                    for (char letter : "GET /whole HTTP/1.1\r\nHost: a-long-name-of-a-host\r\nX: ".toCharArray()) {
                        write(socket, String.valueOf(letter));
                        Thread.sleep(40);
                    }
                } catch (IOException | InterruptedException cutOff) {
                    // as it should be
                }
            });
            long before = System.nanoTime();
            assertThat(rest(socket)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isBetween(PATIENCE.dividedBy(2), PATIENCE.multipliedBy(4));
        }
    }

    @Test
    void cutsOffABodyThatDoesNotCome() throws IOException {
        try (Socket socket = socket()) {
            write(socket, "POST /whole HTTP/1.1\r\nHost: k\r\nContent-Length: 10\r\n\r\nhalf");
            assertThat(rest(socket)).isEmpty();
        }
    }

    @Test
    void waitsForOurselvesAndKeepsAConnectionForAWhile() throws IOException {
        try (Socket socket = socket()) {
            write(socket, "GET /whole HTTP/1.1\r\nHost: k\r\n\r\n");
            assertThat(rest(socket)).startsWith("HTTP/1.1 200").endsWith("done");
        }
    }
}
