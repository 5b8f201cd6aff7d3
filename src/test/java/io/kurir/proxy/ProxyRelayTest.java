package io.kurir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.http.Problem;
import io.kurir.outbound.UrlGuard;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyRelayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Vertx vertx = Vertx.vertx();
    private final TestProxy proxy = new TestProxy(vertx, "me", "secret");
    private final NetServer far = vertx.createNetServer().connectHandler(TestProxy::echo);

    @BeforeEach
    void listen() {
        TestProxy.get(far.listen(0, "127.0.0.1"));
    }

    @AfterEach
    void close() {
        proxy.close();
        TestProxy.get(vertx.close());
    }

    private Proxy known() {
        return proxy.with(Optional.of("me"), Optional.of("secret"));
    }

    /** A client that knows SOCKS5 only, as Chromium with {@code --proxy-server=socks5://…}. */
    private NetClient through(ProxyRelay relay) {
        URI address = URI.create(relay.address());
        return vertx.createNetClient(new NetClientOptions()
                .setProxyOptions(new ProxyOptions()
                        .setType(ProxyType.SOCKS5)
                        .setHost(address.getHost())
                        .setPort(address.getPort())));
    }

    private static String say(NetSocket socket, String words) {
        Promise<String> answer = Promise.promise();
        socket.handler(bytes -> answer.tryComplete(bytes.toString()));
        socket.write(words);
        return TestProxy.get(answer.future());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    void bytesGoThroughTheFarProxyWithItsLogin(String host) {
        ProxyRelay relay = TestProxy.get(ProxyRelay.open(vertx, known()));
        NetSocket socket = TestProxy.get(through(relay).connect(far.actualPort(), host));
        assertThat(say(socket, "hello")).isEqualTo("echo hello");
        assertThat(proxy.asked).containsExactly(host + ":" + far.actualPort());
    }

    @Test
    void aSocksProxyIsReachedToo() {
        ProxyRelay upstream = TestProxy.get(ProxyRelay.open(vertx, known()));
        ProxyRelay relay =
                TestProxy.get(ProxyRelay.open(vertx, Proxy.of(upstream.address(), Optional.empty(), Optional.empty())));
        NetSocket socket = TestProxy.get(through(relay).connect(far.actualPort(), "localhost"));
        assertThat(say(socket, "hello")).isEqualTo("echo hello");
    }

    @Test
    void aWrongPasswordEndsTheConnectionAndNothingGoesPastTheProxy() {
        ProxyRelay relay = TestProxy.get(ProxyRelay.open(vertx, proxy.with(Optional.of("me"), Optional.of("wrong"))));
        assertThatThrownBy(() -> TestProxy.get(through(relay).connect(far.actualPort(), "localhost")))
                .hasRootCauseInstanceOf(Exception.class);
        assertThat(proxy.asked).isEmpty();
        assertThat(proxy.refused).isNotEmpty();
    }

    @Test
    void whatIsNoSocksIsClosed() {
        ProxyRelay relay = TestProxy.get(ProxyRelay.open(vertx, known()));
        URI address = URI.create(relay.address());
        NetSocket socket = TestProxy.get(vertx.createNetClient().connect(address.getPort(), address.getHost()));
        Promise<Boolean> closed = Promise.promise();
        socket.closeHandler(_ -> closed.complete(true));
        socket.write(Buffer.buffer("GET / HTTP/1.1\r\n\r\n"));
        assertThat(TestProxy.get(closed.future())).isTrue();
    }

    @Test
    void aCheckTellsWhetherTheProxyBringsUsThere() {
        ProxyCheck check = new ProxyCheck(vertx, PATIENCE, new UrlGuard(vertx, List.of()));
        TestProxy.get(check.check(known(), "localhost", far.actualPort()));
        assertUnreachable(check, proxy.with(Optional.of("me"), Optional.of("wrong")), far.actualPort());
        assertUnreachable(check, proxy.with(Optional.empty(), Optional.empty()), far.actualPort());
        assertUnreachable(check, known(), 1);
        assertUnreachable(
                check, Proxy.of("socks5://127.0.0.1:1", Optional.empty(), Optional.empty()), far.actualPort());
    }

    private static void assertUnreachable(ProxyCheck check, Proxy through, int port) {
        assertThatThrownBy(() -> TestProxy.get(check.check(through, "localhost", port)))
                .hasRootCauseInstanceOf(Problem.class)
                .rootCause()
                .satisfies(problem -> assertThat(((Problem) problem).code()).isEqualTo(Problem.Code.PROXY_UNREACHABLE))
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("wrong");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host:1",
                "http://host",
                "http://me:secret@host:1",
                "http://host:1/path",
                "host:1",
                "socks5://host:70000",
                "http://:80",
                "not a url"
            })
    void whatIsNoProxyIsRefusedByItsField(String server) {
        assertThatThrownBy(() -> Proxy.of(server, Optional.empty(), Optional.empty()))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem ->
                                assertThat(problem.details().getFirst().field()).isEqualTo("proxy.server"));
    }

    @Test
    void aPasswordIsNeverShown() {
        assertThat(known().toString()).doesNotContain("secret");
        assertThat(known().server()).startsWith("http://127.0.0.1:").doesNotContain("me");
    }
}
