package io.kurir.session;

import io.kurir.Vault;
import io.kurir.proxy.Proxy;
import io.kurir.proxy.ProxyCheck;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;

/** What checks and keeps the proxies of devices. */
public final class Proxies {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final ProxyCheck checks;
    private final Vault vault;
    private final URI whatsApp;

    /** @param whatsApp where a proxy must take us to be any good */
    public Proxies(Vertx vertx, Vault vault, URI whatsApp) {
        this.checks = new ProxyCheck(vertx, PATIENCE);
        this.vault = vault;
        this.whatsApp = whatsApp;
    }

    Vault vault() {
        return vault;
    }

    /** {@code PROXY_UNREACHABLE} when it does not take us to WhatsApp; on a virtual thread, at most 15 s. */
    void check(Proxy proxy) {
        boolean tls = whatsApp.getScheme().equals("https");
        int port = whatsApp.getPort() > 0 ? whatsApp.getPort() : tls ? 443 : 80;
        checks.check(proxy, whatsApp.getHost(), port).await();
    }
}
