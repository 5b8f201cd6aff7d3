package io.kurir.proxy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A SOCKS5 proxy without credentials on loopback, which goes on through a real one with them: Chromium asks a person for a proxy's password and knows
 * none for SOCKS5. Names are resolved by the far proxy, so that nothing of a device is asked of this machine's resolver.
 *
 * <p>Whoever runs on this machine can use it while it is open, as with the browser's debugging port: the host must be ours alone.
 */
public final class ProxyRelay {
    private static final Logger log = LoggerFactory.getLogger(ProxyRelay.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final int CONNECT_MS = 15_000;

    private final NetServer server;
    private final NetClient client;
    private final Predicate<String> hosts;

    private ProxyRelay(NetServer server, NetClient client, Predicate<String> hosts) {
        this.server = server;
        this.client = client;
        this.hosts = hosts;
    }

    /** To any host. */
    public static Future<ProxyRelay> open(Vertx vertx, Proxy proxy) {
        return open(vertx, proxy, _ -> true);
    }

    /**
     * To some hosts only.
     *
     * @param hosts the names and addresses that may be connected to; others are refused without a word to the proxy
     */
    public static Future<ProxyRelay> open(Vertx vertx, Proxy proxy, Predicate<String> hosts) {
        NetClient client = vertx.createNetClient(
                new NetClientOptions().setProxyOptions(proxy.options()).setConnectTimeout(CONNECT_MS));
        NetServer server =
                vertx.createNetServer(new NetServerOptions().setHost(LOOPBACK).setPort(0));
        ProxyRelay relay = new ProxyRelay(server, client, hosts);
        return server.connectHandler(
                        socket -> new SocksHandshake(socket).target().onSuccess(to -> relay.connect(socket, to)))
                .listen()
                .map(relay)
                .onFailure(_ -> client.close());
    }

    /** What Chromium is told: {@code --proxy-server}. */
    public String address() {
        return "socks5://" + LOOPBACK + ":" + server.actualPort();
    }

    /** Ends the connections that go through it. */
    public Future<Void> close() {
        return server.close().eventually(client::close);
    }

    private void connect(NetSocket near, SocksHandshake.Target to) {
        if (!hosts.test(to.host())) {
            SocksHandshake.refuse(near);
            return;
        }
        client.connect(to.port(), to.host())
                .onFailure(why -> {
                    log.debug("{}:{} not reached through the proxy: {}", to.host(), to.port(), why.getMessage());
                    SocksHandshake.refuse(near);
                })
                .onSuccess(far -> {
                    far.pause();
                    SocksHandshake.grant(near).onSuccess(_ -> {
                        // both pump with back-pressure; either end closes the other
                        far.pipeTo(near);
                        near.pipeTo(far);
                    });
                });
    }
}
