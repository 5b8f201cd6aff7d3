package io.kurir.whatsapp.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.Misconfigured;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Rig;
import io.kurir.whatsapp.TestDevice;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that nobody needs are not made, and the page works without them. */
class BlockedIT {
    private static final Path SHIPPED = Path.of("conf/blocked-requests.txt");

    @TempDir
    Path folder;

    @Test
    void aPageWorksWithoutWhatItsRulesBlock() {
        Rig rig = new Rig();
        List<Blocked> rules = new ArrayList<>(Blocked.read(SHIPPED));
        rules.add(new Blocked(Optional.of("Stylesheet"), "*"));
        rules.add(new Blocked(Optional.empty(), "*/blocked?thing*"));
        Chromium chromium = Rig.get(Chromium.launch(
                rig.vertx,
                new Chromium.Options(
                        Browsers.folder(),
                        Optional.empty(),
                        rig.url(),
                        Optional.empty(),
                        !"root".equals(System.getProperty("user.name")),
                        Optional.of("MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
                        Duration.ofSeconds(30),
                        rules,
                        Optional.empty(),
                        false),
                new SimpleMeterRegistry()));
        try {
            TestDevice device = TestDevice.open(rig, chromium).link();
            assertThat(tried(device, """
                    new Promise((done) => {
                      const link = Object.assign(document.createElement('link'), {rel: 'stylesheet', href: '/style.css'});
                      link.onload = () => done('loaded');
                      link.onerror = () => done('blocked');
                      document.head.append(link);
                    })
                    """)).isEqualTo("blocked");
            assertThat(tried(device, "fetch('/blocked-thing').then(() => 'loaded', () => 'blocked')"))
                    .isEqualTo("blocked");
            assertThat(tried(device, "fetch('/version.js').then((answer) => answer.ok ? 'loaded' : answer.status)"))
                    .isEqualTo("loaded");
            device.send(TestDevice.text("3EB0B10C4ED0000001", "6282299900001", "hello"));
            device.awaitAck("3EB0B10C4ED0000001", Ack.DELIVERED);
        } finally {
            Rig.get(chromium.close());
            rig.close();
        }
    }

    private static String tried(TestDevice device, String script) {
        return Rig.get(((ChromiumPage) device.page).evaluate(script)).asText();
    }

    @Test
    void aLineThatIsNoRuleIsToldWithItsFile() throws Exception {
        Path file = Files.writeString(folder.resolve("rules.txt"), "# a comment\n\nImage\n");
        assertThatThrownBy(() -> Blocked.read(file))
                .isInstanceOf(Misconfigured.class)
                .hasMessageContaining("rules.txt")
                .hasMessageContaining("\"Image\"");
        assertThat(Blocked.read(Files.writeString(file, "Font *\nhttps://example.com/*\n")))
                .containsExactly(
                        new Blocked(Optional.of("Font"), "*"), new Blocked(Optional.empty(), "https://example.com/*"));
    }
}
