package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.message.FakeSession;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Base64 in memory: as much as there is room for, and the rest is told to come again. */
class LargeBodiesIT {
    private static final String PATH = "/api/whatsapp-multi-device/devices/main/send-media";
    private static final int SIZE = 11 << 20;

    private static HttpFixture fixture;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        fixture = new HttpFixture();
        FakeSession _ = new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, "main", 1);
        admin = fixture.stranger.withKey(HttpFixture.KEY);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static byte[] text(int size) {
        byte[] bytes = new byte[size];
        java.util.Arrays.fill(bytes, (byte) 'a');
        return bytes;
    }

    private static ContractClient.Reply base64(int size) {
        return admin.post(
                PATH,
                new JsonObject()
                        .put("to", "6281234567890")
                        .put("mediaType", "document")
                        .put("base64", Base64.getEncoder().encodeToString(text(size))));
    }

    /** A request of {@code length} bytes of which nothing but the head was sent, once the server wants the rest. */
    private static Socket begun(String key, String length) throws IOException {
        Socket socket = new Socket(fixture.base.getHost(), fixture.base.getPort());
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nx-api-key: "
                                + key + "\r\nExpect: 100-continue\r\n" + length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 100".length());
        assertThat(new String(status, StandardCharsets.US_ASCII))
                .isEqualTo(key.equals(HttpFixture.KEY) ? "HTTP/1.1 100" : "HTTP/1.1 401");
        return socket;
    }

    @Test
    void aSecondLargeOneIsRefusedUnreadWhileTheFirstIsInMemoryAndOthersPass() throws IOException {
        for (String length : new String[] {"Content-Length: 30000000", "Transfer-Encoding: chunked"}) {
            try (Socket _ = begun(HttpFixture.KEY, length)) {
                ContractClient.Reply refused = base64(SIZE);
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.code()).isEqualTo("NOT_AVAILABLE");
                assertThat(refused.header("Retry-After")).contains("2");
                assertThat(base64(1_000).status()).isEqualTo(200);
                Map<String, String> fields = Map.of("to", "6281234567890", "mediaType", "document");
                assertThat(admin.form(PATH, fields, "a.txt", "text/plain", text(SIZE))
                                .status())
                        .isEqualTo(200);
            }
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(base64(SIZE).status()).isEqualTo(200));
            assertThat(base64(SIZE).status()).as("what was answered is over").isEqualTo(200);
        }
    }

    @Test
    void whoIsNotKnownTakesNoRoom() throws IOException {
        try (Socket _ = begun("nobody's key", "Content-Length: 30000000")) {
            assertThat(base64(SIZE).status()).isEqualTo(200);
        }
    }
}
