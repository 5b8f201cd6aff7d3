package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.Settings;
import io.kurir.db.embedded.Ports;
import io.kurir.http.ContractClient.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What a client may ask how often and from where, behind a proxy that is this test. Each test has an address of its own; the last ones take Redis and
 * the server away.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LimitsIT {
    private static final int LIMIT = 6;
    private static final String SITE = "https://shop.example";
    private static final String REFUSED = "Terlalu banyak permintaan, coba lagi nanti";

    private static final int MANAGEMENT = Ports.free();

    private static HttpFixture fixture;

    @BeforeAll
    static void open() {
        Settings.Rate rate = new Settings.Rate(
                LIMIT, Duration.ofMinutes(10), List.of("203.0.113.0/24", "2001:db8::/32"), REFUSED, 503);
        fixture = new HttpFixture(
                new Settings.Http(
                        "127.0.0.1",
                        0,
                        URI.create("https://kurir.example"),
                        List.of(SITE),
                        List.of("127.0.0.1", "10.0.0.0/8"),
                        rate,
                        Optional.of(new Settings.Management("127.0.0.1", MANAGEMENT))),
                false);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static ContractClient from(String forwarded) {
        return fixture.stranger.with("X-Forwarded-For", forwarded);
    }

    private static Reply profile(ContractClient client) {
        return client.get("/api/auth/profile");
    }

    @Test
    void saysWhereACallerStandsAndRefusesBeyondTheLimitInTheOperatorsWords() {
        ContractClient caller = from("198.51.100.1").withKey(HttpFixture.KEY);
        for (int left = LIMIT - 1; left >= 0; left--) {
            Reply reply = profile(caller);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("RateLimit-Limit")).contains(String.valueOf(LIMIT));
            assertThat(reply.header("RateLimit-Remaining")).contains(String.valueOf(left));
            assertThat(Integer.parseInt(reply.header("RateLimit-Reset").orElseThrow()))
                    .isBetween(590, 600);
        }
        Reply refused = profile(caller.with("X-Forwarded-For", "198.51.100.2")); // a caller is one from wherever
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.code()).isEqualTo("RATE_LIMITED");
        assertThat(refused.json().getString("message")).isEqualTo(REFUSED);
        assertThat(refused.header("Retry-After")).isEqualTo(refused.header("RateLimit-Reset"));
        assertThat(profile(from("198.51.100.1")).status())
                .as("a stranger at the same address")
                .isEqualTo(401);

        Reply health = caller.get("/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.header("RateLimit-Limit")).isEmpty();
        Reply exempt = profile(caller.with("X-Forwarded-For", "203.0.113.9"));
        assertThat(exempt.status()).isEqualTo(200);
        assertThat(exempt.header("RateLimit-Limit")).isEmpty();
        assertThat(profile(caller.with("X-Forwarded-For", "2001:db8::7")).status())
                .isEqualTo(200);
    }

    @Test
    void metricsAnswerAtThePortOfManagementAlone() throws Exception {
        assertThat(fixture.stranger.get("/health").status()).isEqualTo(200);
        assertThat(fixture.stranger.get("/metrics").status()).isEqualTo(404);
        assertThat(managed("/metrics")).isEqualTo(200);
        assertThat(managed("/health/live")).isEqualTo(200);
        assertThat(managed("/api/auth/profile")).isEqualTo(404);
        assertThat(managed("/docs")).isEqualTo(404);
    }

    private static int managed(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + MANAGEMENT + path))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void refusesInTheWordsOfADialect() {
        ContractClient caller = from("198.51.100.50");
        for (int tries = 0; tries < LIMIT; tries++) {
            assertThat(caller.get("/accounts").status()).isEqualTo(401);
        }
        assertThat(caller.get("/accounts").json().getString("error")).isEqualTo(REFUSED);
        JsonObject paths = caller.get("/openapi.json").json().getJsonObject("paths");
        assertThat(tooMany(paths, "/accounts", "get")).endsWith("/AccountsRefusal");
        assertThat(tooMany(paths, "/sessions", "post")).endsWith("/SessionsRefusal");
        assertThat(tooMany(paths, "/sessions/{sessionId}", "get")).endsWith("/AgentsRefusal");
        assertThat(tooMany(paths, "/api/auth/profile", "get")).endsWith("/TooManyRequests");
    }

    private static String tooMany(JsonObject paths, String path, String method) {
        return paths.getJsonObject(path)
                .getJsonObject(method)
                .getJsonObject("responses")
                .getJsonObject("429")
                .getString("$ref");
    }

    @Test
    void countsStrangersByWhatOurProxiesSayAndNobodyElse() {
        for (int tries = 0; tries < LIMIT; tries++) {
            // the first is what the client itself wrote, the last one of our own proxies
            ContractClient guesser = from("203.0.113." + tries + ", 198.51.100.20, 10.1.2.3");
            assertThat(profile(guesser.withKey("guess-" + tries)).status()).isEqualTo(401);
        }
        assertThat(profile(from("198.51.100.20:4711")).status()).isEqualTo(503);
        assertThat(profile(from("198.51.100.20, no address")).status())
                .as("what no proxy of ours writes ends the search at the proxy")
                .isEqualTo(401);
    }

    @Test
    void whoComeAtOnceAreCountedTogetherAndEachGetsANumber() throws Exception {
        ContractClient crowd = from("198.51.100.60");
        List<Reply> replies = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<java.util.concurrent.Future<Reply>> asking = new ArrayList<>();
            for (int each = 0; each < 5 * LIMIT; each++) {
                asking.add(threads.submit(() -> profile(crowd)));
            }
            for (java.util.concurrent.Future<Reply> one : asking) {
                replies.add(one.get());
            }
        }
        assertThat(replies.stream()
                        .filter(reply -> reply.status() == 401)
                        .map(reply -> reply.header("RateLimit-Remaining").orElseThrow()))
                .containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5");
        assertThat(replies.stream().filter(reply -> reply.status() == 503)).hasSize(4 * LIMIT);
    }

    @Test
    void countsTheAddressesOfOneIpv6NetworkAsOne() {
        for (int tries = 0; tries < LIMIT; tries++) {
            assertThat(profile(from("[2001:db9:0:7::" + tries + "]:4711")).status())
                    .isEqualTo(401);
        }
        assertThat(profile(from("2001:db9:0:7:ffff::1")).status()).isEqualTo(503);
        assertThat(profile(from("2001:db9:0:8::1")).status()).isEqualTo(401);
    }

    @Test
    void neverExemptsWhoGuessesPasswords() {
        ContractClient guesser = from("203.0.113.77");
        int tries = 0;
        Reply last;
        do {
            last = guesser.post(
                    "/api/auth/login",
                    new JsonObject().put("email", "victim@example.com").put("password", "guess " + tries++));
        } while (last.status() == 401 && tries <= HttpFixture.LOGINS);
        assertThat(last.status()).isEqualTo(429);
        assertThat(tries).isEqualTo(HttpFixture.LOGINS + 1);
    }

    @Test
    void answersPreflightsOfTheSitesThatMayAndMakesBrowsersStayWithHttps() throws IOException {
        String preflight = """
                OPTIONS /api/auth/profile HTTP/1.0
                Origin: %s
                Access-Control-Request-Method: PUT
                Access-Control-Request-Headers: authorization

                """;
        String allowed = exchange(preflight.formatted(SITE));
        assertThat(allowed)
                .startsWith("HTTP/1.0 204")
                .containsIgnoringCase("access-control-allow-origin: " + SITE)
                .containsIgnoringCase("Authorization")
                .contains("PUT");
        assertThat(exchange(preflight.formatted("https://evil.example")))
                .startsWith("HTTP/1.0 405")
                .doesNotContainIgnoringCase("access-control-");

        Reply refused = profile(from("198.51.100.30").with("Origin", SITE));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("Access-Control-Allow-Origin")).contains(SITE);
        assertThat(refused.header("Access-Control-Expose-Headers").orElseThrow())
                .contains("RateLimit-Remaining");
        assertThat(refused.header("Strict-Transport-Security")).contains("max-age=31536000");
        assertThat(profile(from("198.51.100.30").with("Origin", "https://evil.example"))
                        .header("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    private static String exchange(String request) throws IOException {
        try (Socket socket = socket()) {
            write(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.base.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void countsByItselfWithoutRedis() throws IOException {
        fixture.redis.stop();
        ContractClient stranger = from("198.51.100.40");
        for (int tries = 0; tries < LIMIT; tries++) {
            assertThat(profile(stranger).status()).isEqualTo(401);
        }
        assertThat(profile(stranger).status()).isEqualTo(503);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void finishesWhatRunsAndEndsStreamsBeforeItStops() throws Exception {
        JsonObject login = new JsonObject().put("email", HttpFixture.EMAIL).put("password", HttpFixture.PASSWORD);
        try (Socket runs = socket();
                Socket follows = socket()) {
            BufferedReader stream = lines(follows);
            write(follows, """
                    GET /api/events?token=%s HTTP/1.1
                    Host: k
                    X-Forwarded-For: 203.0.113.1

                    """.formatted(HttpFixture.KEY));
            assertThat(stream.lines().anyMatch(line -> line.contains("\"connected\"")))
                    .isTrue();
            BufferedReader answer = lines(runs);
            write(runs, """
                    POST /api/auth/login HTTP/1.1
                    Host: k
                    Content-Type: application/json
                    X-Forwarded-For: 203.0.113.1
                    Expect: 100-continue
                    Content-Length: %s

                    """.formatted(login.toBuffer().length()));
            assertThat(answer.readLine()).startsWith("HTTP/1.1 100");

            Future<Void> stopped = fixture.vertx.undeploy(fixture.server);
            assertThat(stream.lines().reduce((_, last) -> last))
                    .as("the last chunk")
                    .contains("");
            write(runs, login.encode());
            assertThat(answer.lines().anyMatch(line -> line.startsWith("HTTP/1.1 200")))
                    .isTrue();
            assertThat(answer.lines().anyMatch(line -> line.contains("refreshToken")))
                    .isTrue();
            stopped.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static BufferedReader lines(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
