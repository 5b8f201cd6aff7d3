package io.kurir.message;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the devices of this node have sent, received and failed to send, by the names that dashboards of 004 know. Safe for all threads. */
final class Tally {
    private final Counter sent;
    private final Counter received;
    private final Counter errors;

    Tally(MeterRegistry registry) {
        this.sent = Counter.builder("messages.sent").register(registry);
        this.received = Counter.builder("messages.received").register(registry);
        this.errors = Counter.builder("errors").register(registry);
    }

    /** The outcome of what this node has given to a page. */
    void settled(Settled.Change change) {
        switch (change.phase()) {
            case SENT -> sent.increment();
            case FAILED -> errors.increment();
            case SCHEDULED, QUEUED, SENDING, CANCELLED, RECEIVED -> {}
        }
    }

    void received(long messages) {
        received.increment((double) messages);
    }
}
