package io.kurir.webhook;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicReference;

/** {@code kurir_webhook_…}. Safe for all threads. */
final class Meters {
    private final MeterRegistry registry;
    private final Timer latency;
    private final AtomicReference<DeliveryStore.State> state = new AtomicReference<>(new DeliveryStore.State(0, 0));

    Meters(MeterRegistry registry) {
        this.registry = registry;
        this.latency = Timer.builder("kurir.webhook.latency").register(registry);
        Gauge.builder("kurir.webhook.circuits.open", state, held -> held.get().open())
                .register(registry);
        Gauge.builder(
                        "kurir.webhook.pending.age.seconds",
                        state,
                        held -> held.get().age())
                .register(registry);
    }

    void called(Reply reply, Outcome outcome) {
        latency.record(reply.latency());
        registry.counter("kurir.webhook.deliveries", "outcome", outcome.word()).increment();
    }

    void expired() {
        registry.counter("kurir.webhook.deliveries", "outcome", "expired").increment();
    }

    void now(DeliveryStore.State seen) {
        state.set(seen);
    }
}
