package io.kurir.config;

import io.kurir.Settings;
import io.kurir.bus.Address;
import io.kurir.bus.Bus;
import io.kurir.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the table {@code config} says on top of the settings. Each node has its copy: a change is told on the bus, and what that missed is read
 * {@value #SWEEP_SECONDS} s later. May be read anywhere.
 */
public final class StoredConfig {
    private static final Logger log = LoggerFactory.getLogger(StoredConfig.class);
    private static final int SWEEP_SECONDS = 5;

    /** Said after the commit of a change. */
    public record Changed(String key) {}

    private static final Address<Changed, Void> CHANGED = new Address<>("config.changed", Changed.class, Void.class);

    /** Where a value comes from. */
    public enum Source {
        DEFAULT,
        SETTINGS,
        STORED
    }

    /** What is true now of one key. */
    public record Entry(ConfigKey key, long value, Source source) {}

    private final ConfigStore store;
    private final Bus bus;
    private final Settings.Delivery settings;
    private volatile Map<ConfigKey, Long> stored = Map.of();

    public StoredConfig(Vertx vertx, Pool pool, Bus bus, Settings.Delivery settings) {
        this.store = new ConfigStore(pool);
        this.bus = bus;
        this.settings = settings;
        bus.hear(CHANGED, _ -> refresh());
        vertx.setPeriodic(Duration.ofSeconds(SWEEP_SECONDS).toMillis(), _ -> refresh());
    }

    /** Reads what is stored; a table that cannot be read leaves what was known. */
    public Future<Void> refresh() {
        return store.all()
                .map(rows -> {
                    stored = read(rows);
                    return (Void) null;
                })
                .recover(away -> {
                    log.warn("stored configuration not read: {}", away.getMessage());
                    return Future.succeededFuture();
                });
    }

    private static Map<ConfigKey, Long> read(Map<String, String> rows) {
        Map<ConfigKey, Long> read = new EnumMap<>(ConfigKey.class);
        rows.forEach((name, value) -> ConfigKey.named(name) // a later release may know more
                .ifPresent(key -> key.read(value).ifPresent(number -> read.put(key, number))));
        return read;
    }

    /** The settings with what is stored on top of them, now. */
    public Settings.Delivery delivery() {
        return settings.with(
                Math.toIntExact(entry(ConfigKey.SCHEDULER_MAX_ATTEMPTS).value()),
                Duration.ofMillis(entry(ConfigKey.SCHEDULER_BASE_DELAY_MS).value()));
    }

    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (ConfigKey key : ConfigKey.values()) {
            entries.add(entry(key));
        }
        return entries;
    }

    Entry entry(ConfigKey key) {
        return Optional.ofNullable(stored.get(key))
                .map(value -> new Entry(key, value, Source.STORED))
                .orElseGet(() -> {
                    long set = key.set(settings);
                    return new Entry(key, set, set == key.builtIn() ? Source.DEFAULT : Source.SETTINGS);
                });
    }

    /** Throws {@code NOT_FOUND} for a key that there is not, {@code INVALID_PAYLOAD} for a value that it cannot have. */
    Future<Entry> put(String name, String value, long userId) {
        ConfigKey key = key(name);
        long number = key.read(value).orElseThrow(() -> Problem.invalid("value", key.wanted()));
        return store.put(key.name(), Long.toString(number), userId).compose(_ -> changed(key));
    }

    /** Back to what the settings say. */
    Future<Entry> reset(String name) {
        ConfigKey key = key(name);
        return store.delete(key.name()).compose(_ -> changed(key));
    }

    private static ConfigKey key(String name) {
        return ConfigKey.named(name).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "no key " + name));
    }

    private Future<Entry> changed(ConfigKey key) {
        return refresh().map(_ -> {
            bus.publish(CHANGED, new Changed(key.name()));
            return entry(key);
        });
    }
}
