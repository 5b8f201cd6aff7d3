package io.kurir.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kurir.http.Problem.Detail;
import io.vertx.core.json.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The long list of a body that lies on the disk, read piece by piece: only what is asked for is in memory. Its methods block; it belongs to one
 * thread at a time. All throw {@code INVALID_PAYLOAD} for what is no JSON.
 */
public final class BodyItems implements Closeable {
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxStringLength(32 << 20).build())
            .build());

    /**
     * One item.
     *
     * @param index in the list, from 0
     * @param wrong empty where it is an object of strings that can be stored
     */
    public record Item(int index, JsonObject value, List<Detail> wrong) {}

    private final JsonParser parser;
    private final String list;
    private final Optional<Function<String, JsonObject>> plain;
    private int index;
    private boolean ended;

    private BodyItems(JsonParser parser, String list, Optional<Function<String, JsonObject>> plain) {
        this.parser = parser;
        this.list = list;
        this.plain = plain;
    }

    /** All of the body but the lists of these names. */
    static Object head(Path body, Set<String> lists) {
        try (JsonParser parser = MAPPER.getFactory().createParser(body.toFile())) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                return first == null ? new JsonObject() : "no object";
            }
            Map<String, Object> head = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (lists.contains(name) && value == JsonToken.START_ARRAY) {
                    parser.skipChildren();
                } else {
                    head.put(name, MAPPER.readValue(parser, Object.class));
                }
            }
            if (parser.nextToken() != null) {
                throw notJson();
            }
            return new JsonObject(head);
        } catch (JsonProcessingException broken) {
            throw notJson();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Problem notJson() {
        return Problem.invalid(Schema.BODY, "is not valid JSON");
    }

    /**
     * At the beginning of the first list that has one of these names; empty where the body has none. To be closed.
     *
     * @param plain what an item means that is a text; empty: it must be an object
     */
    public static Optional<BodyItems> open(Path body, Set<String> lists, Optional<Function<String, JsonObject>> plain) {
        JsonParser parser = null;
        try {
            parser = MAPPER.getFactory().createParser(body.toFile());
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (lists.contains(name) && value == JsonToken.START_ARRAY) {
                    return Optional.of(new BodyItems(parser, name, plain));
                }
                parser.skipChildren();
            }
            parser.close();
            return Optional.empty();
        } catch (IOException e) {
            throw e instanceof JsonProcessingException ? notJson() : new java.io.UncheckedIOException(e);
        }
    }

    /** The next of them, at most {@code count}; none at the end. */
    public List<Item> next(int count) {
        List<Item> items = new ArrayList<>(count);
        try {
            while (!ended && items.size() < count) {
                JsonToken token = parser.nextToken();
                ended = token == JsonToken.END_ARRAY || token == null;
                if (!ended) {
                    items.add(item(index++, MAPPER.readValue(parser, Object.class)));
                }
            }
        } catch (JsonProcessingException broken) {
            throw notJson();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return items;
    }

    private Item item(int at, Object value) {
        String name = list + "[" + at + "]";
        if (value instanceof String text && plain.isPresent()) {
            JsonObject object = plain.get().apply(text);
            return new Item(at, object, Schema.strings(name, object));
        }
        if (!(value instanceof Map<?, ?> map)) {
            return new Item(at, new JsonObject(), List.of(new Detail(name, "must be object")));
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((key, each) -> fields.put(String.valueOf(key), each));
        JsonObject object = new JsonObject(fields);
        return new Item(at, object, Schema.strings(name, object));
    }

    public String list() {
        return list;
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
