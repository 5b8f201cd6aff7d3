package io.kurir.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.kurir.access.Strangers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code openapi.yaml}: what is served, what the router is built from, and what each operation takes. Immutable.
 *
 * <p>The router gets a copy, because it accepts absolute servers only, and refuses the media types of our answers (SVG, HTML, event
 * streams), which it does not look at anyway.
 */
public final class Contract {
    /** Bytes of a body where an operation's {@code x-body-limit} says nothing else. */
    static final long BODY_LIMIT = 1 << 20;

    private static final String RESOURCE = "openapi.yaml";
    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "patch");

    /** One parameter of path, query or header. */
    record Parameter(String name, String in, boolean required, String type, Schema schema, Optional<Object> initial) {}

    /**
     * What an operation takes.
     *
     * @param schema of the JSON
     * @param form of {@code multipart/form-data}, where it takes that too
     * @param limit bytes of JSON
     * @param lists the names of lists that are so long that they stay on the disk; the schema is then that of all else
     */
    record Body(boolean required, Schema schema, Optional<Form> form, long limit, Set<String> lists) {}

    /** The fields of a form: their schema, and the type of each. */
    record Form(Schema schema, Map<String, String> types) {}

    /** One operation with all that stands in front of it; {@code dialects}: see {@link Dialect}, never empty; {@code strangers}: see {@link Strangers}. */
    record Entry(
            String operationId,
            HttpMethod method,
            String path,
            Permission permission,
            List<Dialect> dialects,
            boolean strangers,
            boolean tokenInQuery,
            boolean counted,
            List<Parameter> parameters,
            Optional<Body> body,
            Optional<Repeat> repeat,
            Optional<Audited> audited) {}

    private record PathMethods(Pattern pattern, String allow) {}

    private final JsonObject served;
    private final JsonObject routerCopy;
    private final Map<String, Entry> entries;
    private final List<PathMethods> methods;

    private Contract(JsonObject served, JsonObject routerCopy, Map<String, Entry> entries, List<PathMethods> methods) {
        this.served = served;
        this.routerCopy = routerCopy;
        this.entries = entries;
        this.methods = methods;
    }

    /** Reads the contract from the class path, which takes about 100 ms; {@code publicUrl} is what it tells clients to call. */
    public static Contract load(URI publicUrl) {
        JsonObject document = Counted.in(read(RESOURCE));
        JsonObject server = new JsonObject().put("url", publicUrl.toString().replaceAll("/+$", ""));
        JsonObject served = document.copy().put("servers", new JsonArray().add(server));
        return new Contract(served, routerCopy(document), entries(document), pathMethods(document));
    }

    /** A contract in YAML from the class path, as JSON. */
    static JsonObject read(String resource) {
        try (InputStream in = Contract.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            Map<?, ?> map = new ObjectMapper(new YAMLFactory()).readValue(in, Map.class);
            return new JsonObject(
                    new ObjectMapper().writeValueAsString(map)); // through text: plain JSON types all the way down
        } catch (IOException e) {
            throw new IllegalStateException(resource + " cannot be read", e);
        }
    }

    private static JsonObject routerCopy(JsonObject document) {
        JsonObject copy = document.copy();
        copy.put("servers", new JsonArray().add(new JsonObject().put("url", "http://127.0.0.1/")));
        dropContents(copy.getJsonObject("components").getJsonObject("responses"));
        copy.remove("security"); // the router wants a handler for each scheme; we authenticate in Flow
        for (At at : operations(copy)) {
            at.operation.remove("security");
            dropContents(at.operation.getJsonObject("responses"));
        }
        return copy;
    }

    private static void dropContents(JsonObject responses) {
        responses.forEach(entry -> ((JsonObject) entry.getValue()).remove("content"));
    }

    private static Map<String, Entry> entries(JsonObject document) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (At at : operations(document)) {
            JsonObject operation = (JsonObject) inlined(document, at.operation);
            String id = operation.getString("operationId");
            Entry entry = new Entry(
                    id,
                    HttpMethod.valueOf(at.method.toUpperCase(java.util.Locale.ROOT)),
                    at.path,
                    Permission.of(id, operation),
                    dialects(operation),
                    operation.getBoolean("x-strangers", false),
                    operation.getJsonArray("security", new JsonArray()).encode().contains("eventToken"),
                    Counted.is(operation),
                    parameters(operation),
                    body(operation),
                    Repeat.of(operation, parameters(operation)),
                    Audited.of(operation));
            if (entries.put(id, entry) != null) {
                throw new IllegalStateException("The contract has two operations named " + id);
            }
        }
        return entries;
    }

    /** {@code x-dialect}: one word, or two for a path that two dialects share. */
    static List<Dialect> dialects(JsonObject operation) {
        return switch (operation.getValue("x-dialect", Dialect.NATIVE.word())) {
            case JsonArray words ->
                words.stream().map(word -> Dialect.of((String) word)).toList();
            case Object word -> List.of(Dialect.of((String) word));
        };
    }

    private static List<Parameter> parameters(JsonObject operation) {
        List<Parameter> parameters = new ArrayList<>();
        for (Object each : operation.getJsonArray("parameters", new JsonArray())) {
            JsonObject parameter = (JsonObject) each;
            JsonObject schema = parameter.getJsonObject("schema");
            parameters.add(new Parameter(
                    parameter.getString("name"),
                    parameter.getString("in"),
                    parameter.getBoolean("required", false),
                    schema.getString("type"),
                    new Schema(schema),
                    Optional.ofNullable(schema.getValue("default"))));
        }
        return List.copyOf(parameters);
    }

    private static Optional<Body> body(JsonObject operation) {
        return Optional.ofNullable(operation.getJsonObject("requestBody")).map(body -> {
            JsonObject content = body.getJsonObject("content");
            Set<String> lists = operation.getJsonArray("x-body-stream", new JsonArray()).stream()
                    .map(String.class::cast)
                    .collect(Collectors.toUnmodifiableSet());
            JsonObject schema = content.getJsonObject("application/json").getJsonObject("schema");
            return new Body(
                    body.getBoolean("required", false),
                    new Schema(without(schema, lists)),
                    Optional.ofNullable(content.getJsonObject("multipart/form-data"))
                            .map(Contract::form),
                    operation.getLong("x-body-limit", BODY_LIMIT),
                    lists);
        });
    }

    /** What is left to say of a body whose lists are read by the operation itself; one that is no list is still refused. */
    private static JsonObject without(JsonObject schema, Set<String> lists) {
        JsonObject rest = schema.copy();
        lists.forEach(list -> {
            JsonObject properties = rest.getJsonObject("properties");
            properties.getJsonObject(list).remove("items");
            rest.getJsonArray("required", new JsonArray()).remove(list);
        });
        return rest;
    }

    private static Form form(JsonObject content) {
        JsonObject schema = content.getJsonObject("schema");
        Map<String, String> types = new LinkedHashMap<>();
        schema.getJsonObject("properties")
                .forEach(entry -> types.put(entry.getKey(), ((JsonObject) entry.getValue()).getString("type")));
        return new Form(new Schema(schema), types);
    }

    /** With every {@code $ref} replaced by what it names; our schemas do not contain themselves. */
    static Object inlined(JsonObject document, Object node) {
        return switch (node) {
            case JsonObject object
            when object.getValue("$ref") instanceof String reference -> inlined(document, named(document, reference));
            case JsonObject object -> {
                JsonObject copy = new JsonObject();
                object.forEach(entry -> copy.put(
                        entry.getKey(), entry.getValue() == null ? null : inlined(document, entry.getValue())));
                yield copy;
            }
            case JsonArray array -> {
                JsonArray copy = new JsonArray();
                array.forEach(item -> copy.add(item == null ? null : inlined(document, item)));
                yield copy;
            }
            default -> node;
        };
    }

    private static Object named(JsonObject document, String reference) {
        Object found = JsonPointer.from(reference.substring(1)).queryJson(document);
        if (found == null) {
            throw new IllegalStateException("The contract refers to " + reference + ", which is not there");
        }
        return found;
    }

    private static List<PathMethods> pathMethods(JsonObject document) {
        List<PathMethods> methods = new ArrayList<>();
        document.getJsonObject("paths").forEach(path -> {
            String pattern = path.getKey().replaceAll("\\{[^}]+}", "\\\\E[^/]+\\\\Q");
            List<String> allowed = ((JsonObject) path.getValue())
                    .fieldNames().stream().filter(METHODS::contains).toList();
            allowed.forEach(method -> methods.add(new PathMethods(
                    Pattern.compile("\\Q" + pattern + "\\E/?"), method.toUpperCase(java.util.Locale.ROOT))));
        });
        return methods;
    }

    private record At(String path, String method, JsonObject operation) {}

    private static List<At> operations(JsonObject document) {
        List<At> operations = new ArrayList<>();
        document.getJsonObject("paths")
                .forEach(path -> ((JsonObject) path.getValue()).forEach(entry -> {
                    if (METHODS.contains(entry.getKey())) {
                        operations.add(new At(path.getKey(), entry.getKey(), (JsonObject) entry.getValue()));
                    }
                }));
        return operations;
    }

    /** The contract as clients get it. */
    JsonObject served() {
        return served;
    }

    /** What the router is built from. */
    Future<OpenAPIContract> router(Vertx vertx) {
        return OpenAPIContract.from(vertx, routerCopy.copy());
    }

    /** The operations in the order of the contract. */
    Map<String, Entry> entries() {
        return entries;
    }

    /** The methods that a path has, for the header {@code Allow}. */
    String allow(String path) {
        TreeSet<String> allowed = new TreeSet<>();
        methods.stream().filter(each -> each.pattern.matcher(path).matches()).forEach(each -> allowed.add(each.allow));
        return String.join(", ", allowed);
    }
}
