package io.kurir.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class HostsTest {
    private final Hosts hosts = new Hosts(URI.create("https://web.whatsapp.com"));

    @Test
    void onlyWhatsAppsAreAllowed() {
        assertThat(hosts.allows("web.whatsapp.com")).isTrue();
        assertThat(hosts.allows("MEDIA-sin6-1.cdn.whatsapp.net")).isTrue();
        assertThat(hosts.allows("accounts.google.com")).isFalse();
        assertThat(hosts.allows("whatsapp.com.example.org")).isFalse();
        assertThat(hosts.allows("notwhatsapp.com")).isFalse();
        assertThat(new Hosts(URI.create("http://127.0.0.1:8080")).allows("127.0.0.1"))
                .isTrue();
    }

    @Test
    void chromiumIsToldTheSame() {
        assertThat(hosts.resolverRules())
                .startsWith("MAP * ~NOTFOUND, EXCLUDE web.whatsapp.com,")
                .contains("EXCLUDE *.whatsapp.net");
    }
}
