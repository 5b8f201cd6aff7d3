package io.kurir.simulator;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.Set;

/**
 * Lets in only who means this machine: a page of a foreign site can reach a loopback port by DNS rebinding (then the Host header
 * names the foreign site) or by a plain cross-site request (then the Origin header does).
 */
final class Guard {
    private Guard() {}

    /** The status to refuse the request with, if it is to be refused: 421 for a foreign Host, 403 for a foreign Origin. */
    static Optional<Integer> refuses(HttpServerRequest request) {
        int port = request.localAddress().port();
        String suffix = port == 80 ? "" : ":" + port;
        Set<String> names = Set.of("127.0.0.1" + suffix, "localhost" + suffix, "[::1]" + suffix);
        String host = request.getHeader(HttpHeaders.HOST);
        if (host == null || !names.contains(host)) {
            return Optional.of(421);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        boolean ours = origin == null
                || (origin.startsWith("http://") && names.contains(origin.substring("http://".length())));
        return ours ? Optional.empty() : Optional.of(403);
    }
}
