package io.kurir.proxy;

import io.kurir.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Whether a proxy brings us to a host: asked when somebody sets one, so that a wrong one is told at once and not by a device that never connects. */
public final class ProxyCheck {
    private final Vertx vertx;
    private final Duration patience;

    public ProxyCheck(Vertx vertx, Duration patience) {
        this.vertx = vertx;
        this.patience = patience;
    }

    /** Fails with {@code PROXY_UNREACHABLE} for the field {@code proxy}; its words say which side refused. */
    public Future<Void> check(Proxy proxy, String host, int port) {
        NetClient client = vertx.createNetClient(new NetClientOptions()
                .setProxyOptions(proxy.options())
                .setConnectTimeout(Math.toIntExact(patience.toMillis())));
        return client.connect(port, host)
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .compose(NetSocket::close)
                .eventually(client::close)
                .recover(why -> Future.failedFuture(Problem.about(
                        Problem.Code.PROXY_UNREACHABLE,
                        "proxy",
                        "is of no use: the proxy " + proxy.server() + " does not bring us to " + host + ": "
                                + why.getMessage())));
    }
}
