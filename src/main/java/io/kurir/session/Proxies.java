package io.kurir.session;

import io.kurir.Vault;
import io.kurir.outbound.UrlGuard;
import io.kurir.proxy.Proxy;
import io.kurir.proxy.ProxyCheck;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** What checks and keeps the proxies of devices. */
public final class Proxies {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Who sets a proxy. */
    public enum Setter {
        OPERATOR,
        /** May bring in no proxy of our own network, and learns nothing about it. */
        ANYBODY
    }

    private final ProxyCheck checks;
    private final Vault vault;
    private final URI whatsApp;

    /**
     * @param whatsApp where a proxy must take us to be any good
     * @param allowed {@code host:port} patterns of proxies that anybody may set although their address is not public
     */
    public Proxies(Vertx vertx, Vault vault, URI whatsApp, List<String> allowed) {
        this.checks = new ProxyCheck(vertx, PATIENCE, new UrlGuard(vertx, allowed));
        this.vault = vault;
        this.whatsApp = whatsApp;
    }

    Vault vault() {
        return vault;
    }

    /** {@code PROXY_UNREACHABLE} when it does not take us to WhatsApp; on a virtual thread, at most 15 s. */
    void check(Proxy proxy, Setter setter) {
        boolean tls = whatsApp.getScheme().equals("https");
        int port = whatsApp.getPort() > 0 ? whatsApp.getPort() : tls ? 443 : 80;
        (switch (setter) {
                    case OPERATOR -> checks.check(proxy, whatsApp.getHost(), port);
                    case ANYBODY -> checks.checkPublic(proxy, whatsApp.getHost(), port);
                })
                .await();
    }
}
