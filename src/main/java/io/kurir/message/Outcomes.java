package io.kurir.message;

import io.kurir.bus.Bus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Those on this node who wait for the outcome of a message, by its stanza id. */
final class Outcomes {
    private final Map<String, Promise<Settled.Change>> waiting = new ConcurrentHashMap<>();

    Outcomes(Bus bus) {
        bus.hear(Settled.ADDRESS, settled -> settled.changes().forEach(this::settle));
    }

    /** To be called before the message is committed, so that no outcome is missed. */
    Future<Settled.Change> await(String stanzaId) {
        Promise<Settled.Change> promise = Promise.promise();
        waiting.put(stanzaId, promise);
        return promise.future();
    }

    void forget(String stanzaId) {
        waiting.remove(stanzaId);
    }

    private void settle(Settled.Change change) {
        boolean finished = switch (change.phase()) {
            case SENT, FAILED, CANCELLED, RECEIVED -> true;
            case SCHEDULED, QUEUED, SENDING -> false;
        };
        if (finished) {
            Optional.ofNullable(waiting.remove(change.stanzaId())).ifPresent(promise -> promise.tryComplete(change));
        }
    }
}
