package io.kurir.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What a body's schema makes of one of its examples when one thing in it is changed. */
final class BodyMutants {
    private static final int LONG = 5_000;
    private static final List<Object> TYPES =
            List.of(4711, "perhaps", new JsonObject().put("a", 1), new JsonArray().add(true));
    private static final List<Object> BOUNDS = List.of("", "x".repeat(LONG), -1, 1L << 50, new JsonArray());

    private final JsonObject properties;
    private final Schema schema;
    private final JsonObject example;

    BodyMutants(JsonObject schema, JsonObject example) {
        this.properties = schema.getJsonObject("properties", new JsonObject());
        this.schema = new Schema(schema);
        this.example = example;
    }

    /** Bodies that do not fit the schema, by what is wrong: a field left out, of another type, out of its bounds, unknown. */
    Map<String, JsonObject> bad() {
        Map<String, JsonObject> bad = new LinkedHashMap<>();
        for (String pointer : pointers()) {
            bad.put("no " + pointer, without(pointer));
            for (List<Object> values : List.of(TYPES, BOUNDS)) {
                values.stream()
                        .filter(value -> !fits(with(pointer, value)))
                        .limit(2)
                        .forEach(value -> bad.put(pointer + " " + shown(value), with(pointer, value)));
            }
        }
        bad.put("a field that nobody has heard of", example.copy().put("unheardOf", 1));
        bad.values().removeIf(this::fits);
        return bad;
    }

    /** The example with a text in each of its strings, and in those that it does not have; the shorter text where the other does not fit. */
    Map<String, JsonObject> texts(Supplier<List<String>> text) {
        Map<String, JsonObject> texts = new LinkedHashMap<>();
        for (String pointer : pointers()) {
            Object there = JsonPointer.from(pointer).queryJson(example);
            JsonObject property = properties.getJsonObject(pointer.substring(1), new JsonObject());
            if (there instanceof String || (there == null && "string".equals(property.getValue("type")))) {
                List<String> choice = text.get();
                JsonObject first = with(pointer, choice.getFirst());
                texts.put(pointer, fits(first) ? first : with(pointer, choice.getLast()));
            }
        }
        return texts;
    }

    /** Of all values in it, of lists the first item only; and of the properties that the example does not show. */
    private List<String> pointers() {
        List<String> pointers = new ArrayList<>();
        collect("", example, pointers);
        properties.fieldNames().stream()
                .filter(name -> !example.containsKey(name))
                .forEach(name -> pointers.add("/" + name));
        return pointers;
    }

    private static void collect(String at, Object value, List<String> pointers) {
        if (value instanceof JsonObject object) {
            object.forEach(each -> {
                String pointer = at + "/" + each.getKey().replace("~", "~0").replace("/", "~1");
                pointers.add(pointer);
                if (each.getValue() != null) {
                    collect(pointer, each.getValue(), pointers);
                }
            });
        } else if (value instanceof JsonArray array && !array.isEmpty() && array.getValue(0) != null) {
            pointers.add(at + "/0");
            collect(at + "/0", array.getValue(0), pointers);
        }
    }

    private JsonObject with(String pointer, Object value) {
        JsonObject copy = example.copy();
        JsonPointer.from(pointer).writeJson(copy, value, true);
        return copy;
    }

    private JsonObject without(String pointer) {
        JsonObject copy = example.copy();
        int last = pointer.lastIndexOf('/');
        Object parent =
                last == 0 ? copy : JsonPointer.from(pointer.substring(0, last)).queryJson(copy);
        if (parent instanceof JsonObject object) {
            object.remove(pointer.substring(last + 1).replace("~1", "/").replace("~0", "~"));
        }
        return copy;
    }

    private boolean fits(JsonObject body) {
        return schema.check(Schema.BODY, body).isEmpty();
    }

    static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() > 40 ? text.substring(0, 40) + "… of " + text.length() : text;
    }
}
