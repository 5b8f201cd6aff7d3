package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The script that runs in every document of WhatsApp Web before its own: settings, wa-js as npm has it, our bridge. */
final class Injection {
    /** wa-js would otherwise count its users at Google and ask three strangers' servers for previews of the links in messages. */
    private static final String WA_JS_SETTINGS = """
            window.WPPConfig = {disableGoogleAnalytics: true, linkPreviewApiServers: []};
            """;

    private static final String WA_JS = resource("/bridge/wa-js.js");
    private static final String BRIDGE = resource("/bridge/bridge.js");

    private Injection() {}

    /**
     * @param until wall clock in ms: how long the page may hold a socket if nobody extends it
     */
    static String script(URI base, long epoch, long until) {
        ObjectNode config = Cdp.parameters().put("epoch", epoch).put("until", until);
        return """
                if (window === top && location.origin === %s) {
                window.__kurirConfig = %s;
                %s;
                %s;
                %s
                }
                """.formatted(Json.encode(origin(base)), config, WA_JS_SETTINGS, WA_JS, BRIDGE);
    }

    static String origin(URI base) {
        boolean defaultPort =
                base.getPort() == -1 || base.getPort() == (base.getScheme().equals("https") ? 443 : 80);
        return base.getScheme() + "://" + base.getHost() + (defaultPort ? "" : ":" + base.getPort());
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(
                Injection.class.getResourceAsStream(name), () -> "not on the class path: " + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
