package io.kurir.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes in over HTTP, and what does not. */
class DoorTest {
    private static final World WORLD = new World();
    private static final int PORT = WORLD.simulator.port();

    @AfterAll
    static void close() {
        WORLD.close();
    }

    /** The status line of the answer to a request with these headers; a browser's client would not let us lie. */
    private static String status(String path, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), PORT)) {
            String request = "GET " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).substring(9);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:{port}, 200",
        "localhost:{port}, 200",
        "[::1]:{port}, 200",
        "evil.example:{port}, 421",
        "127.0.0.1, 421",
        "127.0.0.1:1, 421",
        "127.0.0.1.evil.example:{port}, 421"
    })
    void onlyThisMachineMayBeMeant(String host, String expected) throws IOException {
        String named = host.replace("{port}", String.valueOf(PORT));
        assertThat(status("/api/state", "Host: " + named)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"/api/state", "/", "/ws"})
    void aPageOfAForeignSiteIsRefused(String path) throws IOException {
        String[] upgrade = {
            "Host: 127.0.0.1:" + PORT,
            "Origin: http://evil.example",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
        };
        assertThat(status(path, upgrade)).isEqualTo("403");
        upgrade[1] = "Origin: http://127.0.0.1:" + PORT;
        upgrade[0] = "Host: rebound.example:" + PORT;
        assertThat(status(path, upgrade)).isEqualTo("421");
    }

    @Test
    void theSocketOpensForItsOwnPage() throws IOException {
        assertThat(status(
                        "/ws",
                        "Host: localhost:" + PORT,
                        "Origin: http://localhost:" + PORT,
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
                .isEqualTo("101");
    }

    @Test
    void filesAreServedStrictlyAndOnlyTheirOwn() throws Exception {
        HttpResponse<String> page = ask("GET", "phones/", "");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("cache-control")).contains("no-store");
        assertThat(ask("GET", "bridge/wa-js.js", "").statusCode()).isEqualTo(404);
        assertThat(status("/../io/kurir/Main.class", "Host: localhost:" + PORT)).isEqualTo("404");
        assertThat(status("/phones/%2e%2e/logback.xml", "Host: localhost:" + PORT))
                .isEqualTo("404");
    }

    @Test
    void theControlPlaneListsItselfAndExplainsItsRefusals() throws Exception {
        assertThat(new JsonObject(ask("GET", "api/", "").body()).getJsonArray("operations"))
                .hasSizeGreaterThan(15);
        assertThat(ask("POST", "api/phones", "{\"phone\":\"628550001\",\"name\":\"Budi\"}")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused = ask("POST", "api/phones", "{\"phone\":\"abc\"}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(new JsonObject(refused.body()).getString("error")).contains("abc");
        assertThat(ask("POST", "api/phones", "[1]").statusCode()).isEqualTo(400);
        assertThat(ask("POST", "api/phones", "{\"phone\":5}").statusCode()).isEqualTo(400);
        assertThat(ask("GET", "api/submissions?after=x", "").statusCode()).isEqualTo(400);
        assertThat(ask("POST", "api/phones/628550001/scan", "{\"qr\":\"2@nobody\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(ask("GET", "api/nothing", "").statusCode()).isEqualTo(404);
    }

    @Test
    void aMalformedFrameIsRefusedAndHarmless() {
        try (Page page = WORLD.linked("628550002")) {
            assertThat(page.refused("noSuchOperation", new JsonObject()).getInteger("status"))
                    .isEqualTo(501);
            assertThat(page.refused("send", new JsonObject().put("chat", 5)).getInteger("status"))
                    .isEqualTo(400);
            assertThat(page.refused("exists", new JsonObject()).getInteger("status"))
                    .isEqualTo(400);
            page.send("628550003@c.us", "ID1", "still here");
        }
    }

    @Test
    void eventsAreStreamed() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(WORLD.simulator.url() + "api/events"))
                .build();
        HttpResponse<java.util.stream.Stream<String>> stream =
                Page.HTTP.send(request, HttpResponse.BodyHandlers.ofLines());
        WORLD.post(
                "/api/phones/628550004/messages",
                new JsonObject().put("to", "628550005").put("text", "live"));
        try (var lines = stream.body()) {
            assertThat(lines.filter(line -> line.contains("\"live\"")).findFirst())
                    .isPresent();
        }
    }

    private static HttpResponse<String> ask(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(WORLD.simulator.url() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return Page.HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
