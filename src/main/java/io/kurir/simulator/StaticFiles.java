package io.kurir.simulator;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * The simulated page ({@code simulator/} on the class path, at {@code /}) and the simulated phones ({@code phones/}). Read at every
 * request and never cached, so that an edited file is seen at once; both are small.
 */
final class StaticFiles {
    /** As strict as a real WhatsApp Web is towards injected scripts: a bridge that needs less fails here first. */
    private static final String CSP = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data: blob:; media-src blob:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "wasm", "application/wasm");

    private final Vertx vertx;

    StaticFiles(Vertx vertx) {
        this.vertx = vertx;
    }

    void serve(HttpServerRequest request, String path) {
        if (path.equals("/phones")) {
            request.response()
                    .setStatusCode(302)
                    .putHeader("location", "/phones/")
                    .end();
            return;
        }
        String folder = path.startsWith("/phones/") ? "" : "simulator/";
        String file = folder + path.substring(1) + (path.endsWith("/") ? "index.html" : "");
        boolean plain = file.matches("[A-Za-z0-9._/-]+") && !file.contains("..") && !file.contains("//");
        if (!plain) {
            answer(request, file, Optional.empty());
            return;
        }
        vertx.executeBlocking(() -> read(file))
                .onSuccess(content -> answer(request, file, content))
                .onFailure(failure -> request.response().setStatusCode(500).end());
    }

    private static Optional<Buffer> read(String file) throws java.io.IOException {
        try (InputStream in = StaticFiles.class.getClassLoader().getResourceAsStream(file)) {
            return in == null ? Optional.empty() : Optional.of(Buffer.buffer(in.readAllBytes()));
        }
    }

    private static void answer(HttpServerRequest request, String file, Optional<Buffer> content) {
        var response = request.response()
                .putHeader("content-security-policy", CSP)
                .putHeader("cache-control", "no-store")
                .putHeader("x-content-type-options", "nosniff")
                .putHeader("referrer-policy", "no-referrer");
        String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
        if (content.isEmpty() || type == null) {
            response.setStatusCode(404).end();
        } else {
            response.putHeader("content-type", type).end(content.get());
        }
    }
}
