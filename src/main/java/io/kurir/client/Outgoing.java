package io.kurir.client;

import io.vertx.core.json.JsonObject;

/**
 * A message to be sent. It carries the key by which Kurir knows it again: however often it is sent within 24 hours, it goes out once. Two messages
 * that shall both go out are two records, each with a key of its own.
 */
public sealed interface Outgoing permits SendText, SendMedia {
    /** 1 to 255 visible characters. */
    String idempotencyKey();

    /** As on the wire. */
    JsonObject body();
}
