package io.kurir.webhook;

import io.kurir.Settings;
import java.time.Duration;
import java.util.List;

/** Settings of webhooks for tests: this machine may be called as {@code 127.0.0.1}, and nothing waits long. */
public final class WebhookFixture {
    private WebhookFixture() {}

    public static Settings.Webhook settings() {
        return new Settings.Webhook(
                List.of("127.0.0.1"),
                8,
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofHours(24),
                Duration.ofHours(24),
                Duration.ofDays(7),
                Duration.ofDays(30));
    }
}
