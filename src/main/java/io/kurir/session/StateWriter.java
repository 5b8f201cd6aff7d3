package io.kurir.session;

import io.kurir.event.EventLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a session's changes one after the other, in the order in which they happened, and keeps each until it is committed: while PostgreSQL is
 * away none is lost and none overtakes another. Belongs to the worker's context.
 */
final class StateWriter {
    private static final Logger log = LoggerFactory.getLogger(StateWriter.class);
    private static final long AGAIN_MS = 500;

    private final Vertx vertx;
    private final DeviceStore store;
    private final EventLog events;
    private final String deviceId;
    private final long epoch;
    private final Queue<Supplier<Future<Boolean>>> changes = new ArrayDeque<>();
    private Promise<Void> idle = Promise.promise();
    private boolean writing;

    StateWriter(Vertx vertx, DeviceStore store, EventLog events, String deviceId, long epoch) {
        this.vertx = vertx;
        this.store = store;
        this.events = events;
        this.deviceId = deviceId;
        this.epoch = epoch;
    }

    /** Completes when this change and all before it are committed. */
    Future<Void> write(DeviceStore.Change change) {
        return write(() -> store.change(deviceId, epoch, change));
    }

    /** Likewise, of a statement that answers whether the epoch still is the device's. */
    Future<Void> write(Supplier<Future<Boolean>> change) {
        changes.add(change);
        if (idle.future().isComplete()) {
            idle = Promise.promise();
        }
        Future<Void> written = idle.future();
        writeNext();
        return written;
    }

    /** Completes when all that was written so far is committed. */
    Future<Void> written() {
        return changes.isEmpty() ? Future.succeededFuture() : idle.future();
    }

    /** Somebody else owns the device: what is not written yet is not ours to write. */
    void abandon() {
        changes.clear();
        idle.tryComplete();
    }

    private void writeNext() {
        if (writing) {
            return;
        }
        if (changes.isEmpty()) {
            idle.tryComplete();
            return;
        }
        writing = true;
        changes.element().get().onComplete(done -> {
            writing = false;
            if (done.failed()) {
                log.warn(
                        "{}: state not written, tried again: {}",
                        deviceId,
                        done.cause().getMessage());
                vertx.setTimer(AGAIN_MS, _ -> writeNext());
                return;
            }
            changes.poll();
            if (done.result()) {
                events.told(deviceId);
            }
            writeNext();
        });
    }
}
