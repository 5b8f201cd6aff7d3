package io.kurir.webhook;

import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/** The body of a call. */
final class Envelope {
    private Envelope() {}

    /** The same for every delivery of the event, by every webhook. */
    static String id(long position) {
        return Long.toString(position);
    }

    static JsonObject of(Delivery delivery, JsonObject data) {
        return of(
                id(delivery.position()),
                delivery.type(),
                Optional.of(delivery.deviceId()),
                delivery.seq(),
                delivery.prevSeq(),
                delivery.at(),
                data);
    }

    /** {@code seq} 0: not of the log. */
    static JsonObject of(
            String id,
            String type,
            Optional<String> deviceId,
            long seq,
            Optional<Long> prevSeq,
            Instant at,
            JsonObject data) {
        return new JsonObject()
                .put("id", id)
                .put("type", type)
                .put("deviceId", deviceId.orElse(null))
                .put("seq", seq)
                .put("prevSeq", prevSeq.orElse(null))
                .put("at", Timestamps.write(at))
                .put("data", data);
    }
}
