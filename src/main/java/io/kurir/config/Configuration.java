package io.kurir.config;

import io.kurir.access.Accounts;
import io.kurir.access.Caller;
import io.kurir.http.Problem;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reading and changing the stored configuration. Every method throws {@code NOT_FOUND} for a key that there is not. To be called on a virtual thread.
 */
public final class Configuration {
    private final StoredConfig stored;
    private final Accounts accounts;

    public Configuration(StoredConfig stored, Accounts accounts) {
        this.stored = stored;
        this.accounts = accounts;
    }

    public List<StoredConfig.Entry> entries() {
        return stored.entries();
    }

    /** What counts where nothing is stored. */
    Optional<String> fallback(ConfigKey key) {
        return stored.fallback(key);
    }

    public StoredConfig.Entry get(String name) {
        return stored.entry(key(name));
    }

    /** How often a message is tried that says nothing itself. */
    public int maxAttempts() {
        return stored.delivery().maxAttempts();
    }

    /** {@code INVALID_PAYLOAD} for a value that the key cannot have; {@code CONFLICT} for an API key that is in use otherwise. */
    public StoredConfig.Entry put(Caller caller, String name, String value) {
        ConfigKey key = key(name);
        String read = key.read(value).orElseThrow(() -> Problem.invalid("value", key.wanted()));
        String kept = key.secret() ? Long.toString(accounts.replaceKey(caller, name, issued(key), read)) : read;
        return stored.put(key, kept, caller.userId()).await();
    }

    /** Back to what the settings say; an API key is gone. */
    public StoredConfig.Entry reset(String name) {
        ConfigKey key = key(name);
        issued(key).ifPresent(accounts::removeKey);
        return stored.delete(key).await();
    }

    /** The number of the API key that stands for a secret. */
    private Optional<Long> issued(ConfigKey key) {
        return Optional.of(key)
                .filter(ConfigKey::secret)
                .flatMap(stored::storedValue)
                .map(Long::valueOf);
    }

    private static ConfigKey key(String name) {
        return ConfigKey.named(name).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "no key " + name));
    }

    /** As every dialect shows it. */
    public static JsonObject json(StoredConfig.Entry entry) {
        return new JsonObject()
                .put("key", entry.key().name())
                .put("value", entry.value().orElse(null))
                .put("isSet", entry.set())
                .put("source", entry.source().name().toLowerCase(Locale.ROOT))
                .put(
                        "updatedBy",
                        entry.change().flatMap(StoredConfig.Change::by).orElse(null))
                .put(
                        "updatedAt",
                        entry.change()
                                .map(change -> Timestamps.write(change.at()))
                                .orElse(null));
    }
}
