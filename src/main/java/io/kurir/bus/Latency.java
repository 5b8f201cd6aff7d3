package io.kurir.bus;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** {@code kurir.bus.latency}: from asking to the answer, by kind of address and by what came of it. Safe for all threads. */
final class Latency {
    private static final int MOST = 100;

    private final MeterRegistry registry;
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    private record Key(String kind, String outcome) {}

    Latency(MeterRegistry registry) {
        this.registry = registry;
    }

    void record(String address, String outcome, long nanos) {
        timer(kind(address), outcome).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** {@code device.shop-1.execute} → {@code device.execute}: ids have no dots and stand in the middle. */
    static String kind(String address) {
        int first = address.indexOf('.');
        int last = address.lastIndexOf('.');
        return first == last ? address : address.substring(0, first) + address.substring(last);
    }

    private Timer timer(String kind, String outcome) {
        Key key = new Key(timers.size() < MOST ? kind : "other", outcome);
        return timers.computeIfAbsent(
                key,
                _ -> Timer.builder("kurir.bus.latency")
                        .description("From asking on the bus to the answer")
                        .tag("address", key.kind())
                        .tag("outcome", outcome)
                        .serviceLevelObjectives(
                                Duration.ofMillis(1),
                                Duration.ofMillis(5),
                                Duration.ofMillis(25),
                                Duration.ofMillis(100),
                                Duration.ofMillis(500),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(10))
                        .register(registry));
    }
}
