package io.kurir.client;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened to a device.
 *
 * @param position its place in the log; following goes on after it
 * @param seq the device's own counter, without gaps
 * @param type {@code message.received, message.status, device-status …}
 * @param data as {@code asyncapi.yaml} says of the type
 */
public record Event(long position, String deviceId, long seq, String type, Instant at, JsonObject data) {
    private static final String RECEIVED = "message.received";

    static Event of(JsonObject json) {
        return new Event(
                Long.parseLong(json.getString("id")),
                json.getString("deviceId"),
                json.getLong("seq"),
                json.getString("type"),
                json.getInstant("at"),
                json.getJsonObject("data"));
    }

    /** The message, where this event tells of one that somebody else wrote. One that cannot be decrypted is told again when it can, and not before. */
    public Optional<IncomingMessage> incoming() {
        return type.equals(RECEIVED)
                        && !data.getBoolean("fromMe", false)
                        && !data.getString("messageType", "").equals("ciphertext")
                ? Optional.of(IncomingMessage.of(deviceId, data))
                : Optional.empty();
    }
}
