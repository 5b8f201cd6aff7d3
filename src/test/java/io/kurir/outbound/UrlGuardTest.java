package io.kurir.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlGuardTest {
    private static final Vertx vertx = Vertx.vertx();

    @AfterAll
    static void close() {
        vertx.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.9.9.9",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "192.168.0.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.1.1.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:10.0.0.1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd12:3456::1",
                "ff02::1",
                "2001:db8::1",
                "2001::1",
                "2002:7f00:1::",
                "2002:0a00:1::",
                "64:ff9b::10.0.0.1",
                "64:ff9b:1::1",
                "3fff::1",
                "4000::1"
            })
    void isNotPublic(String address) throws Exception {
        assertThat(PublicAddresses.contain(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.0.1",
                "192.169.0.1",
                "198.17.0.1",
                "198.20.0.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2001:4860::8888",
                "2002:0101:0101::",
                "64:ff9b::8.8.8.8"
            })
    void isPublic(String address) throws Exception {
        assertThat(PublicAddresses.contain(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'', http://127.0.0.1/, false",
        "'', http://2130706433/, false",
        "'', http://0x7f.1/, false",
        "'', http://localhost/, false",
        "'', http://127.0.0.1.:80/, false",
        "'', ftp://1.1.1.1/, false",
        "'', http:/1.1.1.1, false",
        "'', 'http://1.1.1.1 /', false",
        "'', http://1.1.1.1@127.0.0.1/, false",
        "'', http://1.1.1.1:99999/, false",
        "'', http://1.1.1.1:80/x, true",
        "'', 'HTTPS://1.1.1.1 ', true",
        "127.0.0.1, http://127.0.0.1:8080/, true",
        "127.0.0.1:8080, http://127.0.0.1:8080/, true",
        "127.0.0.1:8080, http://127.0.0.1:8081/, false",
        "127.0.0.1, http://127.0.0.2/, false",
        "localhost, http://LOCALHOST/, true",
        "*:8080, http://127.0.0.1:8080/, true",
        "local*, http://localhost/, true",
        "ocalhos, http://localhost/, false",
        "[::1]:80, http://[::1]/, true"
    })
    void checks(String allowed, String url, boolean passes) throws Exception {
        UrlGuard guard = new UrlGuard(vertx, allowed.isEmpty() ? List.of() : List.of(allowed));
        try {
            guard.check(url).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(passes).isTrue();
        } catch (ExecutionException refused) {
            assertThat(refused.getCause()).isInstanceOf(UrlGuard.Blocked.class);
            assertThat(passes).isFalse();
        }
    }

    @Test
    void theConnectionGoesToTheAddressThatWasChecked() throws Exception {
        var server = vertx.createHttpServer()
                .requestHandler(request -> request.response().end(String.valueOf(request.authority())))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        UrlGuard guard = new UrlGuard(vertx, List.of("localhost"));
        Outbound outbound = new Outbound(vertx, guard);
        var reply = outbound.call(Outbound.Call.get(
                        "http://localhost:" + server.actualPort() + "/", java.time.Duration.ofSeconds(5), 100))
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        assertThat(reply.body().toString()).startsWith("localhost:");
        var small = outbound.call(Outbound.Call.get(
                        "http://localhost:" + server.actualPort() + "/", java.time.Duration.ofSeconds(5), 3))
                .toCompletionStage()
                .toCompletableFuture();
        assertThat(small)
                .failsWithin(java.time.Duration.ofSeconds(5))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(Outbound.TooLarge.class);
    }
}
