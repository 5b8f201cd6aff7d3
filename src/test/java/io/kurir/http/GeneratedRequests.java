package io.kurir.http;

import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Requests that follow from the contract alone: for each operation a good one, made of its examples, and what becomes bad of it when one thing is
 * changed. What is bad the schemas decide, so an operation that is added tomorrow is tried without a word here.
 */
final class GeneratedRequests {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final JsonObject document;
    private final Known known;
    private final Map<String, JsonObject> operations = new ConcurrentHashMap<>();
    private final AtomicInteger made = new AtomicInteger();

    /** One request. */
    record Trial(Contract.Entry entry, String what, String target, Map<String, String> headers, Optional<String> body) {

        ContractClient.Reply by(ContractClient caller) {
            return as(caller).send(entry.method().name(), target, body);
        }

        /** For an answer that may have no end. */
        ContractClient.Reply beginningBy(ContractClient caller) {
            return as(caller).beginning(target);
        }

        private ContractClient as(ContractClient caller) {
            ContractClient client = caller;
            for (Map.Entry<String, String> header : headers.entrySet()) {
                client = client.with(header.getKey(), header.getValue());
            }
            return client;
        }

        @Override
        public String toString() {
            return entry.operationId() + ", " + what;
        }
    }

    GeneratedRequests(Contract contract, Known known) {
        this.document = contract.served();
        this.known = known;
    }

    /** Without references. */
    private JsonObject operation(Contract.Entry entry) {
        return operations.computeIfAbsent(entry.operationId(), _ -> (JsonObject) Contract.inlined(
                document,
                document.getJsonObject("paths")
                        .getJsonObject(entry.path())
                        .getJsonObject(entry.method().name().toLowerCase(Locale.ROOT))));
    }

    /** Whether an answer may have no end. */
    boolean streams(Contract.Entry entry) {
        return operation(entry).getJsonObject("responses").encode().contains("\"text/event-stream\"");
    }

    Trial good(Contract.Entry entry) {
        return new Trial(
                entry, "good", target(entry, Map.of()), entry.body().isPresent() ? JSON : Map.of(), body(entry));
    }

    /** The good request with a device of somebody's in each parameter of the query and each field of the body that can name one. */
    List<Trial> naming(Contract.Entry entry, String device) {
        List<Trial> trials = new ArrayList<>();
        entry.parameters().stream()
                .filter(each -> each.in().equals("query") && Known.namesADevice(each.name()))
                .forEach(each -> trials.add(parametered(entry, each, device)));
        if (entry.body().isPresent()) {
            JsonObject properties = schema(entry).getJsonObject("properties", new JsonObject());
            properties.fieldNames().stream().filter(Known::namesADevice).forEach(name -> {
                boolean list = "array".equals(properties.getJsonObject(name).getValue("type"));
                JsonObject body = examples(entry)
                        .getFirst()
                        .copy()
                        .put(name, list ? new io.vertx.core.json.JsonArray().add(device) : device);
                trials.add(bodied(entry, name + " " + device, body.encode()));
            });
        }
        return trials;
    }

    /** Bodies that do not fit, or are no JSON at all. */
    List<Trial> badBodies(Contract.Entry entry) {
        List<Trial> trials = new ArrayList<>();
        if (entry.body().isEmpty()) {
            return trials;
        }
        int example = 0;
        for (JsonObject body : examples(entry)) {
            String from = "example " + ++example + ": ";
            new BodyMutants(schema(entry), body)
                    .bad()
                    .forEach((what, bad) -> trials.add(bodied(entry, from + what, bad.encode())));
        }
        for (String text : List.of("{\"a\":", "[]", "\"text\"", "null")) {
            trials.add(bodied(entry, "the body " + text, text));
        }
        if (entry.body().orElseThrow().required()) {
            trials.add(new Trial(entry, "no body", target(entry, Map.of()), JSON, Optional.empty()));
        }
        trials.add(new Trial(
                entry, "a text", target(entry, Map.of()), Map.of("Content-Type", "text/plain"), Optional.of("hello")));
        return trials;
    }

    /** A body for an operation that takes none, larger than anybody may send unasked; where the contract knows of that. */
    List<Trial> unasked(Contract.Entry entry) {
        boolean told = operation(entry).getJsonObject("responses").containsKey("413");
        return entry.body().isEmpty() && told
                ? List.of(bodied(entry, "1 MiB that nobody asked for", "x".repeat((int) Contract.BODY_LIMIT + 1)))
                : List.of();
    }

    /** Parameters of path, query and header that do not fit; a required one left out. */
    List<Trial> badParameters(Contract.Entry entry) {
        List<Trial> trials = new ArrayList<>();
        for (Contract.Parameter parameter : entry.parameters()) {
            Stream.of("perhaps!", "a b", "-1", "0", "9".repeat(19), "x".repeat(1_500))
                    .filter(value -> !fits(parameter, value))
                    .forEach(value -> trials.add(parametered(entry, parameter, value)));
            if (parameter.required() && parameter.in().equals("query")) {
                Trial good = good(entry);
                String less = good.target().split("\\?", 2)[0];
                trials.add(new Trial(entry, "no " + parameter.name(), less, good.headers(), good.body()));
            }
        }
        return trials;
    }

    /** Ids that are well-formed and nobody's, in the path. */
    List<Trial> unknownIds(Contract.Entry entry) {
        return entry.parameters().stream()
                .filter(parameter -> parameter.in().equals("path"))
                .flatMap(parameter -> Stream.of("nobody-0815", "99999999")
                        .filter(value -> fits(parameter, value))
                        .map(value -> parametered(entry, parameter, value)))
                .toList();
    }

    /** A text in every string of path, query and body, one at a time; {@code text} has a long and a short one to choose from. */
    List<Trial> texts(Contract.Entry entry, Supplier<List<String>> text) {
        List<Trial> trials = new ArrayList<>();
        entry.parameters().stream()
                .filter(each -> each.type().equals("string") && !each.in().equals("header"))
                .forEach(each -> trials.add(parametered(entry, each, text.get().getFirst())));
        if (entry.body().isPresent()) {
            new BodyMutants(schema(entry), examples(entry).getFirst())
                    .texts(text)
                    .forEach((where, body) -> trials.add(bodied(
                            entry,
                            "the text in " + where,
                            fresh(entry, where, body).encode())));
        }
        return trials;
    }

    private JsonObject fresh(Contract.Entry entry, String but, JsonObject body) {
        known.fresh().getOrDefault(entry.operationId(), List.of()).stream()
                .filter(name -> !but.equals("/" + name))
                .forEach(name ->
                        body.put(name, "new-" + made.incrementAndGet() + (name.equals("email") ? "@example.com" : "")));
        return body;
    }

    private static boolean fits(Contract.Parameter parameter, String value) {
        Object typed = Reading.typed(parameter.type(), List.of(value));
        return parameter.schema().check(parameter.name(), typed).isEmpty();
    }

    private Trial parametered(Contract.Entry entry, Contract.Parameter parameter, String value) {
        Trial good = good(entry);
        String what = parameter.name() + " " + BodyMutants.shown(value);
        if (parameter.in().equals("header")) {
            Map<String, String> headers = new LinkedHashMap<>(good.headers());
            headers.put(parameter.name(), value);
            return new Trial(entry, what, good.target(), headers, good.body());
        }
        return new Trial(entry, what, target(entry, Map.of(parameter.name(), value)), good.headers(), good.body());
    }

    private Trial bodied(Contract.Entry entry, String what, String body) {
        return new Trial(entry, what, target(entry, Map.of()), JSON, Optional.of(body));
    }

    /** Path and query: what is given or known, else as in the example; of the query only what is given or required. */
    private String target(Contract.Entry entry, Map<String, String> given) {
        String path = entry.path();
        List<String> query = new ArrayList<>();
        for (Contract.Parameter parameter : entry.parameters()) {
            String name = parameter.name();
            String value = Optional.ofNullable(given.get(name))
                    .or(() -> known.id(entry, name))
                    .orElseGet(() -> example(entry, name));
            if (parameter.in().equals("path")) {
                path = path.replace("{" + name + "}", encoded(value));
            } else if (parameter.in().equals("query") && (parameter.required() || given.containsKey(name))) {
                query.add(encoded(name) + "=" + encoded(value));
            }
        }
        return query.isEmpty() ? path : path + "?" + String.join("&", query);
    }

    private String example(Contract.Entry entry, String name) {
        return operation(entry).getJsonArray("parameters").stream()
                .map(JsonObject.class::cast)
                .filter(parameter -> parameter.getString("name").equals(name))
                .map(parameter -> parameter.getValue("example"))
                .filter(Objects::nonNull)
                .map(String::valueOf)
                .findFirst()
                .orElse("1");
    }

    private Optional<String> body(Contract.Entry entry) {
        return entry.body().map(_ -> examples(entry).getFirst().encode());
    }

    private JsonObject json(Contract.Entry entry) {
        return operation(entry)
                .getJsonObject("requestBody")
                .getJsonObject("content")
                .getJsonObject("application/json");
    }

    private JsonObject schema(Contract.Entry entry) {
        return json(entry).getJsonObject("schema");
    }

    private List<JsonObject> examples(Contract.Entry entry) {
        JsonObject content = json(entry);
        Stream<Object> several = content.getJsonObject("examples", new JsonObject()).stream()
                .map(each -> ((JsonObject) each.getValue()).getValue("value"));
        return Stream.concat(Stream.ofNullable(content.getValue("example")), several)
                .map(example -> (JsonObject) known.adapted(example))
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
