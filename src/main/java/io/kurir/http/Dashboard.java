package io.kurir.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The dashboard's files, as the build of {@code src/main/browser/dashboard} left them in the jar; read once, at start. It is a page, no operation of
 * the contract, and does nothing that the contract does not let its user do.
 *
 * <p>Files come compressed from the build: nothing that a client sent stands in them, so that their sizes tell nothing. Paths without a file are
 * the page's own, which shows a view by them.
 */
final class Dashboard {
    static final String METHODS = "GET, HEAD";

    private static final String ROOT = "/dashboard/";
    private static final String PAGE = "index.html";

    /** Pictures that we are told arrive as data:, files that were read as blob:; nothing else is loaded that is not a file of ours. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
            + " img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self';"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String FOR_EVER = "public, max-age=31536000, immutable";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png");

    /** @param hashed its name changes with what is in it */
    private record Asset(String type, boolean hashed, Buffer plain, Optional<Buffer> gzip, Optional<Buffer> brotli) {}

    /** One for all verticles: some MB, which never change. */
    static final Dashboard LOADED = new Dashboard();

    private final Map<String, Asset> assets;
    private final Asset page;

    private Dashboard() {
        this.assets = new JsonArray(resource("files.json"))
                .stream()
                        .map(JsonObject.class::cast)
                        .collect(Collectors.toUnmodifiableMap(file -> file.getString("name"), Dashboard::asset));
        this.page = Objects.requireNonNull(assets.get(PAGE), PAGE);
    }

    private static Asset asset(JsonObject file) {
        String name = file.getString("name");
        Function<String, Optional<Buffer>> packed =
                ending -> file.getBoolean("compressed") ? Optional.of(resource(name + ending)) : Optional.empty();
        return new Asset(
                TYPES.getOrDefault(ending(name), "application/octet-stream"),
                file.getBoolean("hashed"),
                resource(name),
                packed.apply(".gz"),
                packed.apply(".br"));
    }

    /** Behind the handlers for all, before what the contract does not list. */
    void mount(Router router) {
        router.route("/").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(ctx -> ctx.redirect(ROOT));
        router.route(ROOT + "*").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(this::serve);
    }

    private void serve(RoutingContext ctx) {
        String path = ctx.normalizedPath();
        if (path.length() < ROOT.length()) {
            ctx.redirect(ROOT);
            return;
        }
        String name = path.substring(ROOT.length());
        Asset asset = name.isEmpty() ? page : assets.get(name);
        if (asset == null && file(name)) {
            ctx.fail(404); // of another version
            return;
        }
        send(ctx, asset == null ? page : asset);
    }

    /** Views may have dots in their paths, too: a chat is {@code chats/shop-1/6281234567890@c.us}. */
    private static boolean file(String name) {
        return !name.contains("/") && TYPES.containsKey(ending(name));
    }

    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static void send(RoutingContext ctx, Asset asset) {
        HttpServerResponse response = ctx.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, asset.type())
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
                .putHeader(HttpHeaders.CACHE_CONTROL, asset.hashed() ? FOR_EVER : "no-cache");
        String accepted = Optional.ofNullable(ctx.request().getHeader(HttpHeaders.ACCEPT_ENCODING))
                .orElse("");
        if (asset.brotli().isPresent() && accepts(accepted, "br")) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "br")
                    .end(asset.brotli().get());
        } else if (asset.gzip().isPresent() && accepts(accepted, "gzip")) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip")
                    .end(asset.gzip().get());
        } else {
            response.end(asset.plain());
        }
    }

    private static boolean accepts(String accepted, String coding) {
        return Pattern.compile(",")
                .splitAsStream(accepted)
                .map(String::strip)
                .anyMatch(one ->
                        one.equals(coding) || (one.startsWith(coding + ";") && !one.matches(".*;\\s*q=0(\\.0*)?")));
    }

    private static Buffer resource(String name) {
        return Docs.resource("dashboard/" + name);
    }
}
