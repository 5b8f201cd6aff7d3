package io.kurir.message;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What strangers send, made fit for PostgreSQL: neither {@code text} nor {@code jsonb} has a NUL character, and JSON has no NaN. */
final class Storable {
    private Storable() {}

    static String text(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    }

    static String json(JsonObject json) {
        return object(json).encode();
    }

    private static JsonObject object(JsonObject json) {
        JsonObject fit = new JsonObject();
        json.forEach(entry -> {
            if (entry.getValue() != null) {
                fit.put(text(entry.getKey()), value(entry.getValue()));
            }
        });
        return fit;
    }

    private static Object value(Object value) {
        return switch (value) {
            case String text -> text(text);
            case JsonObject object -> object(object);
            case JsonArray array -> {
                JsonArray fit = new JsonArray();
                array.forEach(item -> fit.add(value(item)));
                yield fit;
            }
            case Double number when !Double.isFinite(number) -> 0.0;
            default -> value;
        };
    }
}
