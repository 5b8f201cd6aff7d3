package io.kurir.event;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Something that happened, as subscribers get it.
 *
 * @param position the place in the global log, by which a reader resumes; empty for an event that is live only
 * @param seq the device's own counter, without gaps; 0 for an event that is live only
 * @param type {@code device-status}, {@code qr-code}, {@code message.received} …
 * @param data the payload; its shape per type is in {@code asyncapi.yaml}
 */
public record Event(
        OptionalLong position, String deviceId, long ownerId, long seq, String type, Instant at, JsonObject data) {}
