package io.kurir.session;

import io.kurir.Vault;
import io.kurir.http.Problem;
import io.kurir.whatsapp.proxy.Proxy;
import io.kurir.whatsapp.proxy.Upstream;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;

/**
 * What checks and keeps the proxies of devices.
 *
 * @param whatsApp where a proxy must take us to be any good
 */
public record Proxies(Vertx vertx, Vault vault, URI whatsApp) {

    /** {@code PROXY_UNREACHABLE} when it does not take us to WhatsApp; on a virtual thread, at most 20 s. */
    void check(Proxy proxy) {
        boolean tls = whatsApp.getScheme().equals("https");
        int port = whatsApp.getPort() > 0 ? whatsApp.getPort() : tls ? 443 : 80;
        Upstream.check(vertx, proxy, whatsApp.getHost(), port)
                .transform(done -> {
                    if (done.succeeded()) {
                        return io.vertx.core.Future.<Void>succeededFuture();
                    }
                    String why = done.cause() instanceof IOException told
                            ? String.valueOf(told.getMessage())
                            : "the proxy does not answer";
                    return io.vertx.core.Future.failedFuture(Problem.of(
                            Problem.Code.PROXY_UNREACHABLE,
                            new Problem.Detail("proxy", "takes nobody to WhatsApp: " + why)));
                })
                .await();
    }
}
