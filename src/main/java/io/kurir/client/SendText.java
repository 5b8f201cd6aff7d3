package io.kurir.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A text.
 *
 * @param to {@code +62…}, bare digits, {@code 08…} in the device's country, or a WhatsApp id
 * @param text 1 to 4096 characters
 * @param quotedMessageId the message that this one answers
 * @param mentions whom the words mention, as in {@code to}
 * @param typing whether typing is shown first
 */
public record SendText(
        String idempotencyKey,
        String to,
        String text,
        Optional<String> quotedMessageId,
        List<String> mentions,
        boolean typing)
        implements Outgoing {

    public SendText {
        mentions = List.copyOf(mentions);
    }

    /** With a new key. */
    public static SendText of(String to, String text) {
        return new SendText(UUID.randomUUID().toString(), to, text, Optional.empty(), List.of(), false);
    }

    /** The same as an answer to that message. */
    public SendText answering(String messageId) {
        return new SendText(idempotencyKey, to, text, Optional.of(messageId), mentions, typing);
    }

    /** The same under a key that means something to the caller, such as the number of an order: it outlives a crash of the program. */
    public SendText keyed(String key) {
        return new SendText(key, to, text, quotedMessageId, mentions, typing);
    }

    @Override
    public JsonObject body() {
        JsonObject body = new JsonObject().put("to", to).put("message", text);
        quotedMessageId.ifPresent(id -> body.put("quotedMessageId", id));
        if (!mentions.isEmpty()) {
            body.put("mentions", new JsonArray(mentions));
        }
        return typing ? body.put("typing", true) : body;
    }
}
