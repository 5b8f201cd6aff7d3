package io.kurir.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GuideTest {
    private static final String KEY = "it's a $key";

    /** Pasted into a real shell, in front of a server that answers as the contract says: the message is read at the second look. */
    @Test
    void everyCommandWorksWhenItIsPasted() throws Exception {
        var asked = new CopyOnWriteArrayList<String>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("x-api-key") + " " + body);
            var status = asked.size() < 3 ? "sent" : "read";
            var answer = ("{\"success\":true,\"data\":{\"id\":42,\"messageId\":\"3EB0F00D\",\"status\":\"" + status
                            + "\"}}")
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try {
            var kurir = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            var guide = new Guide(kurir, URI.create("http://127.0.0.1:1/"), "a@example.com", "secret", KEY).text();

            assertThat(guide).contains("http://127.0.0.1:1/phones/", "a@example.com", KEY);
            var commands = guide.lines()
                    .map(String::strip)
                    .filter(line -> line.matches("(ID=|until|curl).*"))
                    .toList();
            assertThat(commands).hasSize(3);
            assertThat(paste(commands)).isZero();
        } finally {
            server.stop(0);
        }
        var device = "/api/whatsapp-multi-device/devices/demo-1";
        assertThat(asked)
                .containsExactly(
                        "POST " + device + "/send-message " + KEY
                                + " {\"to\":\"6281234567890\",\"message\":\"Hello from Kurir\"}",
                        "GET " + device + "/messages/3EB0F00D " + KEY + " ",
                        "GET " + device + "/messages/3EB0F00D " + KEY + " ",
                        "GET /api/events " + KEY + " ");
    }

    private static int paste(List<String> commands) throws IOException, InterruptedException {
        var shell = new ProcessBuilder("bash", "-c", String.join("\n", commands))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return shell.exitValue();
        } finally {
            shell.destroyForcibly();
        }
    }
}
