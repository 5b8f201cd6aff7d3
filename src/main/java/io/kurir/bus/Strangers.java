package io.kurir.bus;

import io.kurir.client.Seal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was refused on the bus: counted by reason, and logged once a minute at most. Safe for all threads. */
final class Strangers {
    private static final Logger log = LoggerFactory.getLogger(Strangers.class);
    private static final long MINUTE = 60_000_000_000L;

    private final MeterRegistry registry;
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    Strangers(MeterRegistry registry) {
        this.registry = registry;
    }

    static String word(Seal.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    /** {@code reason} is one of few words. */
    void refused(String address, String reason) {
        Counter.builder("kurir.bus.refused")
                .description("Frames from other JVMs that were not read")
                .tag("reason", reason)
                .register(registry)
                .increment();
        long now = System.nanoTime();
        long until = quietUntil.get();
        if (now - until >= 0 && quietUntil.compareAndSet(until, now + MINUTE)) {
            log.warn(
                    "A message to {} from another JVM was refused: {}. Have all JVMs the same secrets, and clocks that agree? (Said once a minute at most;"
                            + " kurir_bus_refused_total counts.)",
                    address,
                    reason);
        }
    }
}
