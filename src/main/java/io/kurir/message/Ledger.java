package io.kurir.message;

import io.kurir.bus.Bus;
import io.kurir.cluster.Leases;
import io.kurir.event.EventLog;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.IncomingMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what a device's page reports: acks, failures, incoming messages. One write is under way at a time; what comes meanwhile gathers
 * for the next, and is kept until it is committed. Belongs to one context.
 */
final class Ledger {
    private static final Logger log = LoggerFactory.getLogger(Ledger.class);
    // PostgreSQL is away: what is reported meanwhile is kept and tried again
    private static final long AGAIN_MS = 500;

    private final Vertx vertx;
    private final String deviceId;
    private final MessageStore messages;
    private final OutboxStore outbox;
    private final EventLog events;
    private final Bus bus;
    private final Consumer<List<Settled.Change>> settled;
    private final Leases.Held lease;
    private Map<String, Ack> acks = new LinkedHashMap<>();
    private List<OutboxStore.Failure> failures = new ArrayList<>();
    private List<IncomingMessage> received = new ArrayList<>();
    private boolean writing;

    Ledger(
            Vertx vertx,
            String deviceId,
            MessageStore messages,
            OutboxStore outbox,
            EventLog events,
            Bus bus,
            Leases.Held lease,
            Consumer<List<Settled.Change>> settled) {
        this.vertx = vertx;
        this.deviceId = deviceId;
        this.messages = messages;
        this.outbox = outbox;
        this.events = events;
        this.bus = bus;
        this.lease = lease;
        this.settled = settled;
    }

    void acked(String stanzaId, Ack ack) {
        if (ack.reached(Ack.SERVER)) {
            acks.merge(stanzaId, ack, (one, other) -> one.reached(other) ? one : other);
            write();
        }
    }

    void failed(OutboxStore.Failure failure) {
        failures.add(failure);
        write();
    }

    void received(IncomingMessage message) {
        received.add(message);
        write();
    }

    private void write() {
        if (writing) {
            return;
        }
        if (!acks.isEmpty()) {
            Map<String, Ack> group = acks;
            acks = new LinkedHashMap<>();
            written(
                    messages.ack(deviceId, lease.epoch(), group).map(this::changed),
                    () -> group.forEach((id, ack) -> acks.merge(id, ack, (a, b) -> a.reached(b) ? a : b)));
        } else if (!failures.isEmpty()) {
            List<OutboxStore.Failure> group = failures;
            failures = new ArrayList<>();
            written(outbox.fail(deviceId, lease.epoch(), group).map(this::changed), () -> failures.addAll(group));
        } else if (!received.isEmpty()) {
            List<IncomingMessage> group = received;
            received = new ArrayList<>();
            written(
                    messages.receive(deviceId, lease.epoch(), group).map(count -> {
                        if (count > 0) {
                            events.told(deviceId);
                        }
                        return null;
                    }),
                    () -> received.addAll(0, group));
        }
    }

    private void written(Future<Void> write, Runnable putBack) {
        writing = true;
        write.onComplete(done -> {
            writing = false;
            if (done.failed()) {
                log.warn(
                        "{}: not written, tried again: {}",
                        deviceId,
                        done.cause().getMessage());
                putBack.run();
                vertx.setTimer(AGAIN_MS, _ -> write());
            } else {
                write();
            }
        });
    }

    private Void changed(List<Settled.Change> changes) {
        if (!changes.isEmpty()) {
            events.told(deviceId);
            bus.publish(Settled.ADDRESS, new Settled(changes));
            settled.accept(changes);
        }
        return null;
    }
}
