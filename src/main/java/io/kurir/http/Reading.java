package io.kurir.http;

import com.fasterxml.jackson.core.StreamReadConstraints;
import io.kurir.Names;
import io.kurir.access.Caller;
import io.kurir.http.Problem.Detail;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.DatabindCodec;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A request → an {@link Ask} that the contract allows, or {@code INVALID_PAYLOAD} with every field that is wrong. */
final class Reading {
    private static final int LARGE = 1 << 20;
    private static final int LONGEST_STRING = 32 << 20;

    static {
        // Jackson's own limit is 20,000,000 characters; a file in Base64 has more, and bodies have their limit
        DatabindCodec.mapper()
                .getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(LONGEST_STRING)
                        .build());
    }

    private Reading() {}

    static Ask ask(RoutingContext ctx, Contract.Entry entry, Optional<Caller> who, Supplier<Caller> proof) {
        List<Detail> wrong = new ArrayList<>();
        JsonObject parameters = parameters(ctx, entry, wrong);
        JsonObject body = entry.body().map(taken -> body(ctx, taken, wrong)).orElseGet(JsonObject::new);
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
        Map<String, String> cookies = new HashMap<>();
        for (Cookie cookie : ctx.request().cookies()) {
            cookies.put(cookie.getName(), cookie.getValue());
        }
        return new Ask(
                parameters,
                body,
                who,
                proof,
                RequestIds.of(ctx),
                ClientAddress.of(ctx),
                cookies,
                Bodies.parts(ctx),
                Rendering.dialect(ctx, entry.dialects()),
                Names.random());
    }

    private static JsonObject parameters(RoutingContext ctx, Contract.Entry entry, List<Detail> wrong) {
        JsonObject parameters = new JsonObject();
        for (Contract.Parameter parameter : entry.parameters()) {
            List<String> given = given(ctx, parameter);
            if (given.isEmpty()) {
                parameter.initial().ifPresent(value -> parameters.put(parameter.name(), value));
                if (parameter.required()) {
                    wrong.add(new Detail(parameter.name(), "is missing"));
                }
                continue;
            }
            Object value = typed(parameter.type(), given);
            wrong.addAll(parameter.schema().check(parameter.name(), value));
            parameters.put(parameter.name(), value);
        }
        return parameters;
    }

    private static List<String> given(RoutingContext ctx, Contract.Parameter parameter) {
        return switch (parameter.in()) {
            case "path" ->
                Optional.ofNullable(ctx.pathParam(parameter.name())).stream().toList();
            case "query" -> ctx.queryParam(parameter.name());
            case "header" ->
                Optional.ofNullable(ctx.request().getHeader(parameter.name())).stream()
                        .toList();
            default -> List.of();
        };
    }

    /** What is not of its type stays text, and the schema tells so. */
    static Object typed(String type, List<String> given) {
        String first = given.getFirst();
        return switch (type) {
            case "integer" -> first.matches("-?\\d{1,18}") ? (Object) Long.valueOf(first) : first;
            case "boolean" -> first.equals("true") || first.equals("false") ? (Object) Boolean.valueOf(first) : first;
            case "array" -> {
                JsonArray items = new JsonArray();
                given.forEach(each -> {
                    for (String item : each.split(",", -1)) {
                        items.add(item);
                    }
                });
                yield items;
            }
            default -> first;
        };
    }

    private static JsonObject body(RoutingContext ctx, Contract.Body taken, List<Detail> wrong) {
        Buffer bytes = ctx.body().buffer();
        boolean empty = bytes == null || bytes.length() == 0;
        String type = Optional.ofNullable(ctx.request().getHeader(HttpHeaders.CONTENT_TYPE))
                .orElse("");
        if (taken.form().isPresent() && Bodies.isForm(ctx)) {
            return Bodies.form(ctx, taken.form().get(), wrong);
        }
        if (!taken.lists().isEmpty()) {
            return head(ctx, taken, type, wrong);
        }
        boolean json = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json");
        if (!json && !(empty && type.isEmpty())) { // a form is empty here too: the body handler has taken it apart
            throw Problem.of(
                    Problem.Code.UNSUPPORTED_MEDIA_TYPE,
                    taken.form().isPresent()
                            ? "Send application/json or multipart/form-data"
                            : "Send application/json");
        }
        if (bytes == null || bytes.length() == 0) {
            if (taken.required()) {
                wrong.add(new Detail(Schema.BODY, "is missing"));
            }
            return new JsonObject();
        }
        if (bytes.length() > LARGE) { // so much that reading it would hold up others
            Read read =
                    ctx.vertx().executeBlocking(() -> read(taken, bytes), false).await();
            wrong.addAll(read.wrong());
            return read.body();
        }
        Read read = read(taken, bytes);
        wrong.addAll(read.wrong());
        return read.body();
    }

    private static JsonObject head(RoutingContext ctx, Contract.Body taken, String type, List<Detail> wrong) {
        Path body = Spool.of(ctx).orElseThrow();
        if (!type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json")) {
            throw Problem.of(Problem.Code.UNSUPPORTED_MEDIA_TYPE, "Send application/json");
        }
        Object head = ctx.vertx()
                .executeBlocking(() -> BodyItems.head(body, taken.lists()), false)
                .await();
        wrong.addAll(taken.schema().check(Schema.BODY, head));
        return head instanceof JsonObject object ? object : new JsonObject();
    }

    private record Read(JsonObject body, List<Detail> wrong) {}

    private static Read read(Contract.Body taken, Buffer bytes) {
        Object value = decoded(bytes);
        return new Read(
                value instanceof JsonObject object ? object : new JsonObject(),
                taken.schema().check(Schema.BODY, value));
    }

    private static Object decoded(Buffer bytes) {
        try {
            Object value = Json.decodeValue(bytes);
            if (value == null) {
                throw Problem.invalid(Schema.BODY, "must be object");
            }
            return value;
        } catch (DecodeException e) {
            throw Problem.invalid(Schema.BODY, "is not valid JSON");
        }
    }
}
