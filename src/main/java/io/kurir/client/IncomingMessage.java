package io.kurir.client;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * A message that somebody wrote to a device.
 *
 * @param messageId WhatsApp's, for an answer that quotes it
 * @param chat the person's or group's WhatsApp id
 * @param author who wrote it, in a group
 * @param type {@code chat} for a text, {@code image} …
 * @param text the words, or a file's caption; may be empty
 * @param senderName as the sender calls itself; may be empty
 */
public record IncomingMessage(
        String deviceId,
        String messageId,
        String chat,
        Optional<String> author,
        String type,
        String text,
        String senderName) {
    static IncomingMessage of(String deviceId, JsonObject data) {
        return new IncomingMessage(
                deviceId,
                data.getString("messageId"),
                data.getString("chat"),
                Optional.ofNullable(data.getString("author")),
                data.getString("messageType", ""),
                Optional.ofNullable(data.getString("message")).orElse(""),
                Optional.ofNullable(data.getString("senderName")).orElse(""));
    }
}
