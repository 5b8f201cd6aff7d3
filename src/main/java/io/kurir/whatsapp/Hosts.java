package io.kurir.whatsapp;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * The hosts that a browser may reach: WhatsApp's, and the one that the settings name. Chromium by itself also asks its maker's, for updates,
 * accounts and lists; no operator named those.
 *
 * @param base where WhatsApp Web is
 */
public record Hosts(URI base) {
    private static final List<String> DOMAINS = List.of("whatsapp.com", "whatsapp.net", "fbcdn.net");

    /** Whether a connection to that host, by name or address, is one of a page. */
    public boolean allows(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals(base.getHost())
                || DOMAINS.stream().anyMatch(domain -> name.equals(domain) || name.endsWith("." + domain));
    }

    /** The same for Chromium's {@code --host-resolver-rules}. */
    public String resolverRules() {
        StringBuilder rules = new StringBuilder("MAP * ~NOTFOUND, EXCLUDE " + base.getHost());
        DOMAINS.forEach(domain ->
                rules.append(", EXCLUDE ").append(domain).append(", EXCLUDE *.").append(domain));
        return rules.toString();
    }
}
