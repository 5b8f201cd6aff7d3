package io.kurir.webhook;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * One event on its way to one webhook, claimed for a call.
 *
 * @param claim tells this call from an earlier one that has lost the delivery
 * @param prevSeq the event of the same device that this webhook got before
 * @param data empty: the event is no longer kept
 * @param attempts that counted against it so far
 * @param probe let through although the circuit is open
 */
record Delivery(
        long id,
        int claim,
        long position,
        String deviceId,
        long seq,
        Optional<Long> prevSeq,
        String chat,
        String type,
        Instant at,
        Optional<JsonObject> data,
        int attempts,
        boolean probe) {}
