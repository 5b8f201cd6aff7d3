package io.kurir.whatsapp.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlagsTest {
    private static Chromium.Options options(boolean visible, Optional<URI> proxy) {
        return new Chromium.Options(
                Path.of("/data/browsers/1"),
                Optional.empty(),
                URI.create("https://web.whatsapp.com/"),
                Optional.empty(),
                true,
                Optional.empty(),
                Duration.ofSeconds(30),
                List.of(),
                proxy,
                visible);
    }

    private static List<String> bothLines(Chromium.Options options) {
        List<String> flags = new ArrayList<>(Flags.first(options));
        flags.addAll(Flags.further(Path.of("/usr/bin/chromium"), "device.1", "about:blank", options));
        return flags;
    }

    /** {@code kurir link --headed}: neither of the two starts may take away the screen. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aVisibleBrowserHasAScreenAndAnotherHasNone(boolean visible) {
        List<String> flags = bothLines(options(visible, Optional.empty()));
        assertThat(flags).noneMatch(flag -> flag.startsWith("--headless"));
        assertThat(flags.stream().filter(flag -> flag.startsWith("--ozone-platform")))
                .hasSize(visible ? 0 : 2)
                .allMatch("--ozone-platform=headless"::equals);
    }

    @Test
    void behindAProxyNothingGoesAroundIt() {
        assertThat(Flags.first(options(true, Optional.of(URI.create("socks5://127.0.0.1:1080")))))
                .contains("--proxy-server=socks5://127.0.0.1:1080", "--proxy-bypass-list=<-loopback>")
                .contains("--force-webrtc-ip-handling-policy=disable_non_proxied_udp");
    }
}
