package io.kurir.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/** All that an operation may say; refusals are thrown as {@link Problem}. */
public sealed interface Answer {

    /** {@code {success, message, data, timestamp}}; {@code data} is an object or an array. */
    record Enveloped(int status, String message, Object data, Optional<JsonObject> pagination, Optional<Cookie> cookie)
            implements Answer {

        public Enveloped with(Cookie toSet) {
            return new Enveloped(status, message, data, pagination, Optional.of(toSet));
        }
    }

    /** Bytes as they are. */
    record Raw(int status, String contentType, Buffer body, Map<String, String> headers) implements Answer {
        static final String JSON = "application/json";

        /** What it says: an object, an array …; no JSON is an empty text. */
        Object json() {
            return contentType.equals(JSON) ? Objects.requireNonNullElse(Json.decodeValue(body), "") : "";
        }
    }

    /** Bytes of a file on this machine's disk; {@code offset} and {@code length} say which. */
    record Local(int status, String contentType, Map<String, String> headers, Path file, long offset, long length)
            implements Answer {}

    /** A response that stays open: {@code writer} gets it with status and headers set, and its connection, and ends it some day. */
    record Stream(String contentType, BiConsumer<HttpServerResponse, HttpConnection> writer) implements Answer {}

    static Enveloped ok(String message, JsonObject data) {
        return enveloped(200, message, data);
    }

    static Enveloped created(String message, JsonObject data) {
        return enveloped(201, message, data);
    }

    /** Taken, and going on after this answer. */
    static Enveloped accepted(String message, JsonObject data) {
        return enveloped(202, message, data);
    }

    /** One page of a list; {@code data} is an object or an array. */
    static Enveloped page(String message, Object data, int page, int pageSize, long total) {
        JsonObject pagination = new JsonObject()
                .put("page", page)
                .put("pageSize", pageSize)
                .put("total", total)
                .put("totalPages", (total + pageSize - 1) / pageSize);
        return new Enveloped(200, message, data, Optional.of(pagination), Optional.empty());
    }

    /** JSON without the envelope. */
    static Raw json(int status, JsonObject body) {
        return new Raw(status, Raw.JSON, body.toBuffer(), Map.of());
    }

    static Raw json(int status, JsonArray body) {
        return new Raw(status, Raw.JSON, body.toBuffer(), Map.of());
    }

    static Raw raw(String contentType, String body) {
        return raw(contentType, Buffer.buffer(body));
    }

    static Raw raw(String contentType, Buffer body) {
        return new Raw(200, contentType, body, Map.of());
    }

    static JsonArray array(java.util.List<JsonObject> items) {
        return new JsonArray(items);
    }

    private static Enveloped enveloped(int status, String message, JsonObject data) {
        return new Enveloped(status, message, data, Optional.empty(), Optional.empty());
    }
}
