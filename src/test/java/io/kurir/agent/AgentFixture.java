package io.kurir.agent;

import io.kurir.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of agents for tests: this machine may be called as {@code 127.0.0.1}, nothing waits long, and 6281100000099 is told of failures. */
public final class AgentFixture {
    public static final String DEVELOPER = "6281100000099";
    public static final Duration TIMEOUT = Duration.ofSeconds(1);

    private AgentFixture() {}

    public static Settings.Agent settings() {
        return settings(Optional.empty());
    }

    /** {@code backend}: where agents are that have no endpoint of their own. */
    public static Settings.Agent settings(Optional<URI> backend) {
        return new Settings.Agent(
                backend,
                Optional.of(DEVELOPER),
                Duration.ofHours(1),
                TIMEOUT,
                5,
                List.of("127.0.0.1"),
                8,
                Duration.ofMillis(50),
                Duration.ofMillis(300),
                Duration.ofMinutes(5));
    }
}
