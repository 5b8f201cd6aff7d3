package io.kurir.agent;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicLong;

/** {@code ai_latency_seconds}, which is the name that the agents' dialect promises, and {@code kurir_ai_…}. Safe for all threads. */
final class Meters {
    private final MeterRegistry registry;
    private final Timer latency;
    private final AtomicLong open = new AtomicLong();

    Meters(MeterRegistry registry) {
        this.registry = registry;
        this.latency = Timer.builder("ai.latency").register(registry);
    }

    /** Endpoints that are down, in the whole cluster; by the node that looks. */
    void measured() {
        Gauge.builder("kurir.ai.circuits.open", open, AtomicLong::get).register(registry);
    }

    void open(long circuits) {
        open.set(circuits);
    }

    void called(Heard heard) {
        latency.record(heard.latency());
        if (heard instanceof Heard.Failed failed) {
            registry.counter("kurir.ai.failures", "code", failed.fault().word()).increment();
        }
    }

    void settled(Outcome outcome) {
        registry.counter("kurir.ai.runs", "outcome", outcome.word()).increment();
    }
}
