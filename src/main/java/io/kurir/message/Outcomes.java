package io.kurir.message;

import io.kurir.bus.Bus;
import io.kurir.http.Problem;
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

    /** What a message that has failed for good means to the one who waits. */
    static Problem refused(String failure) {
        if (failure.startsWith("NOT_ON_WHATSAPP")) {
            return Problem.of(Problem.Code.NUMBER_NOT_ON_WHATSAPP, "the number is not on WhatsApp");
        }
        if (failure.startsWith("QUOTED_NOT_FOUND")) {
            return Problem.of(Problem.Code.QUOTED_MESSAGE_NOT_FOUND, "the quoted message is not in this chat");
        }
        return Problem.of(Problem.Code.SEND_FAILED, "WhatsApp did not take the message: " + failure);
    }
}
