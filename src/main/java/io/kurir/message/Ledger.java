package io.kurir.message;

import io.kurir.agent.Runs;
import io.kurir.bus.Bus;
import io.kurir.cluster.Leases;
import io.kurir.event.EventLog;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.IncomingMessage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
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
    private final IncomingStore incoming;
    private final long largestFile;
    private final List<String> stopWords;
    private final OutboxStore outbox;
    private final EventLog events;
    private final Bus bus;
    private final Consumer<List<Settled.Change>> settled;
    private final LongConsumer receivedNew;
    private final Runnable filesWanted;
    private final Leases.Held lease;
    private Map<String, Ack> acks = new LinkedHashMap<>();
    private List<OutboxStore.Failure> failures = new ArrayList<>();
    private List<IncomingMessage> received = new ArrayList<>();
    private Map<Change.Key, Change> changes = new LinkedHashMap<>();
    private boolean writing;
    private Promise<Void> empty = Promise.promise();

    Ledger(
            Vertx vertx,
            String deviceId,
            MessageStore messages,
            IncomingStore incoming,
            long largestFile,
            List<String> stopWords,
            OutboxStore outbox,
            EventLog events,
            Bus bus,
            Leases.Held lease,
            Consumer<List<Settled.Change>> settled,
            LongConsumer receivedNew,
            Runnable filesWanted) {
        this.vertx = vertx;
        this.deviceId = deviceId;
        this.messages = messages;
        this.incoming = incoming;
        this.largestFile = largestFile;
        this.stopWords = stopWords;
        this.outbox = outbox;
        this.events = events;
        this.bus = bus;
        this.lease = lease;
        this.settled = settled;
        this.receivedNew = receivedNew;
        this.filesWanted = filesWanted;
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

    void changed(Change change) {
        changes.merge(change.key(), change, Ledger::later);
        write();
    }

    private static Change later(Change one, Change other) {
        return other.at().isBefore(one.at()) ? one : other;
    }

    /** Completes when all that was told is written. */
    Future<Void> written() {
        Future<Void> written = empty.future();
        write();
        return written;
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
                    incoming.receive(deviceId, lease.epoch(), group, largestFile, stopWords)
                            .map(this::received),
                    () -> received.addAll(0, group));
        } else if (!changes.isEmpty()) {
            Map<Change.Key, Change> group = changes;
            changes = new LinkedHashMap<>();
            written(
                    incoming.change(deviceId, Optional.of(lease.epoch()), group.values())
                            .map(this::told),
                    () -> group.forEach((key, change) -> changes.merge(key, change, Ledger::later)));
        } else {
            Promise<Void> done = empty;
            empty = Promise.promise();
            done.complete();
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

    private Void received(IncomingStore.Received group) {
        told(group.messages());
        receivedNew.accept(group.fromOthers());
        if (group.files() > 0) {
            filesWanted.run();
        }
        if (group.asked() > 0) {
            bus.publish(Runs.WAITING, new Runs.Waiting(deviceId));
        }
        return null;
    }

    private Void told(long count) {
        if (count > 0) {
            events.told(deviceId);
        }
        return null;
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
