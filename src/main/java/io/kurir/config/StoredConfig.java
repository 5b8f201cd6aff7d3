package io.kurir.config;

import io.kurir.Settings;
import io.kurir.bus.Address;
import io.kurir.bus.Bus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
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

    /** Who stored a value, by name, and when. */
    public record Change(Optional<String> by, Instant at) {}

    /** What is true now of one key; {@code value} is empty where it is secret or not set. */
    public record Entry(ConfigKey key, Optional<String> value, boolean set, Source source, Optional<Change> change) {}

    private record Follower(ConfigKey key, Runnable what) {}

    private final ConfigStore store;
    private final Bus bus;
    private final Settings.Delivery delivery;
    private final Settings.Send send;
    private final Settings.OnLogout onLogout;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private volatile Map<ConfigKey, ConfigStore.Stored> stored = Map.of();

    /** The settings are what counts where nothing is stored. */
    public StoredConfig(
            Vertx vertx,
            Pool pool,
            Bus bus,
            Settings.Delivery delivery,
            Settings.Send send,
            Settings.OnLogout onLogout) {
        this.store = new ConfigStore(pool);
        this.bus = bus;
        this.delivery = delivery;
        this.send = send;
        this.onLogout = onLogout;
        bus.hear(CHANGED, _ -> refresh());
        vertx.setPeriodic(Duration.ofSeconds(SWEEP_SECONDS).toMillis(), _ -> refresh());
    }

    /** Calls {@code what} whenever this node learns that the value is another one. */
    public void follow(ConfigKey key, Runnable what) {
        followers.add(new Follower(key, what));
    }

    /** Reads what is stored; a table that cannot be read leaves what was known. */
    public Future<Void> refresh() {
        return store.all()
                .map(rows -> {
                    Map<ConfigKey, ConfigStore.Stored> before = stored;
                    stored = read(rows);
                    followers.stream()
                            .filter(each -> !Objects.equals(before.get(each.key), stored.get(each.key)))
                            .forEach(each -> each.what.run());
                    return (Void) null;
                })
                .recover(away -> {
                    log.warn("stored configuration not read: {}", away.getMessage());
                    return Future.succeededFuture();
                });
    }

    private static Map<ConfigKey, ConfigStore.Stored> read(Map<String, ConfigStore.Stored> rows) {
        Map<ConfigKey, ConfigStore.Stored> read = new EnumMap<>(ConfigKey.class);
        rows.forEach((name, row) -> ConfigKey.named(name) // a later release may know more, or allow more
                .filter(key -> key.secret() || key.read(row.value()).isPresent())
                .ifPresent(key -> read.put(key, row)));
        return read;
    }

    /** How messages are retried, now. */
    public Settings.Delivery delivery() {
        return delivery.with(
                Math.toIntExact(number(ConfigKey.SCHEDULER_MAX_ATTEMPTS)),
                Duration.ofMillis(number(ConfigKey.SCHEDULER_BASE_DELAY_MS)));
    }

    /** The budget of each device, now. */
    public Settings.Send send() {
        return new Settings.Send(
                Math.toIntExact(number(ConfigKey.SEND_PER_MINUTE)),
                Math.toIntExact(number(ConfigKey.SEND_BURST)),
                Math.toIntExact(number(ConfigKey.SEND_SYNC_QUEUE)),
                send.syncTimeout());
    }

    public Settings.OnLogout onLogout() {
        return Settings.OnLogout.valueOf(value(ConfigKey.DEVICE_ON_LOGOUT).toUpperCase(Locale.ROOT));
    }

    private long number(ConfigKey key) {
        return Long.parseLong(value(key));
    }

    private String value(ConfigKey key) {
        return Optional.ofNullable(stored.get(key))
                .map(ConfigStore.Stored::value)
                .orElseGet(() -> settings(key));
    }

    private String settings(ConfigKey key) {
        return switch (key) {
            case SCHEDULER_BASE_DELAY_MS -> Long.toString(delivery.baseDelay().toMillis());
            case SCHEDULER_MAX_ATTEMPTS -> Integer.toString(delivery.maxAttempts());
            case SEND_PER_MINUTE -> Integer.toString(send.perMinute());
            case SEND_BURST -> Integer.toString(send.burst());
            case SEND_SYNC_QUEUE -> Integer.toString(send.syncQueue());
            case DEVICE_ON_LOGOUT -> onLogout.name().toLowerCase(Locale.ROOT);
            case API_KEY -> ""; // one that the settings name is a key of its own
        };
    }

    List<Entry> entries() {
        return Stream.of(ConfigKey.values()).map(this::entry).toList();
    }

    Entry entry(ConfigKey key) {
        Optional<ConfigStore.Stored> row = Optional.ofNullable(stored.get(key));
        String value = value(key);
        Source source =
                row.isPresent() ? Source.STORED : value.equals(key.builtIn()) ? Source.DEFAULT : Source.SETTINGS;
        return new Entry(
                key,
                Optional.of(value).filter(_ -> !key.secret()),
                !value.isEmpty(),
                source,
                row.map(found -> new Change(found.by(), found.at())));
    }

    /** What counts where nothing is stored; empty where that is nothing, or secret. */
    Optional<String> fallback(ConfigKey key) {
        return Optional.of(settings(key)).filter(value -> !value.isEmpty() && !key.secret());
    }

    /** The stored value itself, also of what is secret: then what stands for it. */
    Optional<String> storedValue(ConfigKey key) {
        return Optional.ofNullable(stored.get(key)).map(ConfigStore.Stored::value);
    }

    Future<Entry> put(ConfigKey key, String value, long userId) {
        return store.put(key.name(), value, userId).compose(_ -> changed(key));
    }

    Future<Entry> delete(ConfigKey key) {
        return store.delete(key.name()).compose(_ -> changed(key));
    }

    private Future<Entry> changed(ConfigKey key) {
        return refresh().map(_ -> {
            bus.publish(CHANGED, new Changed(key.name()));
            return entry(key);
        });
    }
}
