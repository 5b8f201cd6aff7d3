package io.kurir.client;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A message that is committed.
 *
 * @param id Kurir's number of it
 * @param messageId WhatsApp's; events name it by this
 * @param status {@code pending, sent, delivered, read, failed}; {@code pending}: it goes on by itself, events tell how
 * @param state the precise word
 */
public record Sent(long id, String messageId, String status, String state, Instant timestamp) {
    static Sent of(JsonObject json) {
        return new Sent(
                json.getLong("id"),
                json.getString("messageId"),
                json.getString("status"),
                json.getString("state"),
                json.getInstant("timestamp"));
    }
}
