package io.kurir.proxy;

import io.kurir.http.Problem;
import io.kurir.outbound.UrlGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a proxy brings us to a host: asked when somebody sets one, so that a wrong one is told at once and not by a device that never connects. */
public final class ProxyCheck {
    private static final Logger log = LoggerFactory.getLogger(ProxyCheck.class);

    private final Vertx vertx;
    private final Duration patience;
    private final UrlGuard guard;

    /** @param guard for the proxies of those who may not look into our network */
    public ProxyCheck(Vertx vertx, Duration patience, UrlGuard guard) {
        this.vertx = vertx;
        this.patience = patience;
        this.guard = guard;
    }

    /**
     * Fails with {@code PROXY_UNREACHABLE} for the field {@code proxy}. Its words say which side refused, and so whether a port is open: for the
     * operator alone.
     */
    public Future<Void> check(Proxy proxy, String host, int port) {
        return connect(proxy, host, port)
                .recover(why -> unreachable("is of no use: the proxy " + proxy.server() + " does not bring us to "
                        + host + ": " + why.getMessage()));
    }

    /**
     * As {@link #check} for anybody else: goes only to a proxy at a public address, or one that the settings allow, and is refused with the same words
     * whatever the reason. Else whoever has a device could learn which ports are open on this machine and next door.
     */
    public Future<Void> checkPublic(Proxy proxy, String host, int port) {
        return guard.address(proxy.host(), proxy.port())
                .compose(address -> connect(proxy.at(address), host, port))
                .recover(why -> {
                    log.info("The proxy {} was refused: {}", proxy.server(), why.getMessage());
                    return unreachable("is of no use: it must be at a public address and bring us to " + host);
                });
    }

    private Future<Void> connect(Proxy proxy, String host, int port) {
        NetClient client = vertx.createNetClient(new NetClientOptions()
                .setProxyOptions(proxy.options())
                .setConnectTimeout(Math.toIntExact(patience.toMillis())));
        return client.connect(port, host)
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .compose(NetSocket::close)
                .eventually(client::close);
    }

    private static Future<Void> unreachable(String reason) {
        return Future.failedFuture(Problem.about(Problem.Code.PROXY_UNREACHABLE, "proxy", reason));
    }
}
