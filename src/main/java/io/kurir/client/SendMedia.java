package io.kurir.client;

import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.UUID;

/**
 * A file that Kurir fetches by its URL.
 *
 * @param to as of {@link SendText}
 * @param mediaType {@code image, video, audio, voice, document, sticker}; must fit the content
 * @param url Kurir must be able and allowed to fetch it; 16 MiB at most
 * @param fileName as it is shown; empty: from the URL
 * @param quotedMessageId the message that this one answers
 */
public record SendMedia(
        String idempotencyKey,
        String to,
        String mediaType,
        String url,
        Optional<String> caption,
        Optional<String> fileName,
        Optional<String> quotedMessageId)
        implements Outgoing {

    /** With a new key. */
    public static SendMedia of(String to, String mediaType, String url) {
        return new SendMedia(
                UUID.randomUUID().toString(), to, mediaType, url, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public SendMedia captioned(String words) {
        return new SendMedia(idempotencyKey, to, mediaType, url, Optional.of(words), fileName, quotedMessageId);
    }

    public SendMedia named(String name) {
        return new SendMedia(idempotencyKey, to, mediaType, url, caption, Optional.of(name), quotedMessageId);
    }

    public SendMedia answering(String messageId) {
        return new SendMedia(idempotencyKey, to, mediaType, url, caption, fileName, Optional.of(messageId));
    }

    /** As {@link SendText#keyed}. */
    public SendMedia keyed(String key) {
        return new SendMedia(key, to, mediaType, url, caption, fileName, quotedMessageId);
    }

    @Override
    public JsonObject body() {
        JsonObject body =
                new JsonObject().put("to", to).put("mediaType", mediaType).put("url", url);
        caption.ifPresent(words -> body.put("caption", words));
        fileName.ifPresent(name -> body.put("fileName", name));
        quotedMessageId.ifPresent(id -> body.put("quotedMessageId", id));
        return body;
    }
}
