package io.kurir.config;

import io.kurir.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The closed list of what may be decided while Kurir runs: what is read each time it is needed. The first two and {@code API_KEY} are also the older
 * variables that mean the same.
 */
public enum ConfigKey {
    /** What a retry waits, before it is multiplied; ms. */
    SCHEDULER_BASE_DELAY_MS(Long.toString(Settings.DEFAULT_BASE_DELAY.toMillis())),
    SCHEDULER_MAX_ATTEMPTS(Long.toString(Settings.DEFAULT_MAX_ATTEMPTS)),
    /** Sends of one device in the long run. */
    SEND_PER_MINUTE("100"),
    /** Sends of one device at once, after a pause. */
    SEND_BURST("100"),
    /** Requests of one device that may wait on one node. */
    SEND_SYNC_QUEUE("500"),
    /** What becomes of a device whose link was removed on the phone. */
    DEVICE_ON_LOGOUT("keep"),
    /** The key of 000's clients: it acts for whoever set it. Kept as the hash that all API keys are. */
    API_KEY("");

    /** What a value must be. */
    sealed interface Type {}

    record Whole(long least, long most) implements Type {}

    record Word(List<String> words) implements Type {}

    /** Is told to nobody once it is set. */
    record Secret(int shortest, int longest) implements Type {}

    private final String builtIn;

    ConfigKey(String builtIn) {
        this.builtIn = builtIn;
    }

    Type type() {
        return switch (this) {
            case SCHEDULER_BASE_DELAY_MS -> new Whole(1, 3_600_000);
            case SCHEDULER_MAX_ATTEMPTS -> new Whole(1, 100);
            case SEND_PER_MINUTE, SEND_BURST -> new Whole(1, 60_000);
            case SEND_SYNC_QUEUE -> new Whole(1, 100_000);
            case DEVICE_ON_LOGOUT -> new Word(List.of("keep", "purge"));
            case API_KEY -> new Secret(16, 256);
        };
    }

    static Optional<ConfigKey> named(String name) {
        return Arrays.stream(values()).filter(key -> key.name().equals(name)).findFirst();
    }

    boolean secret() {
        return type() instanceof Secret;
    }

    /** As it is stored and shown; empty where it is no such value. */
    Optional<String> read(String value) {
        return switch (type()) {
            case Whole whole ->
                Optional.of(value.strip())
                        .filter(text -> text.matches("\\d{1,9}"))
                        .map(Long::parseLong)
                        .filter(number -> number >= whole.least && number <= whole.most)
                        .map(number -> Long.toString(number));
            case Word word ->
                Optional.of(value.strip().toLowerCase(Locale.ROOT)).filter(word.words::contains);
            case Secret secret ->
                Optional.of(value)
                        .filter(text ->
                                text.matches("[\\x21-\\x7e]{%d,%d}".formatted(secret.shortest, secret.longest)));
        };
    }

    String wanted() {
        return switch (type()) {
            case Whole whole -> "must be a whole number from " + whole.least + " to " + whole.most;
            case Word word -> "must be one of " + String.join(", ", word.words);
            case Secret secret ->
                "must have " + secret.shortest + " to " + secret.longest + " visible ASCII characters";
        };
    }

    /** What is true where the settings say nothing. */
    String builtIn() {
        return builtIn;
    }
}
