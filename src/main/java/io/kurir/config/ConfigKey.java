package io.kurir.config;

import io.kurir.Settings;
import java.util.Arrays;
import java.util.Optional;

/** The closed list of what may be decided while Kurir runs; a name is also the older variable that means the same. */
public enum ConfigKey {
    /** What a retry waits, before it is multiplied; ms. */
    SCHEDULER_BASE_DELAY_MS(1, 3_600_000, Settings.DEFAULT_BASE_DELAY.toMillis()),
    SCHEDULER_MAX_ATTEMPTS(1, 100, Settings.DEFAULT_MAX_ATTEMPTS);

    private final long least;
    private final long most;
    private final long builtIn;

    ConfigKey(long least, long most, long builtIn) {
        this.least = least;
        this.most = most;
        this.builtIn = builtIn;
    }

    static Optional<ConfigKey> named(String name) {
        return Arrays.stream(values()).filter(key -> key.name().equals(name)).findFirst();
    }

    /** Empty where it is not such a number. */
    Optional<Long> read(String value) {
        return Optional.of(value.strip())
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Long::parseLong)
                .filter(number -> number >= least && number <= most);
    }

    String wanted() {
        return "must be a whole number from " + least + " to " + most;
    }

    /** What the settings say. */
    long set(Settings.Delivery delivery) {
        return switch (this) {
            case SCHEDULER_BASE_DELAY_MS -> delivery.baseDelay().toMillis();
            case SCHEDULER_MAX_ATTEMPTS -> delivery.maxAttempts();
        };
    }

    /** What is true where the settings say nothing. */
    long builtIn() {
        return builtIn;
    }
}
