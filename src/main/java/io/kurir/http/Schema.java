package io.kurir.http;

import io.kurir.http.Problem.Detail;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One schema of the contract, compiled, that tells every field that is wrong. Safe for use by several threads.
 *
 * <p>The validator of the OpenAPI router knows the same schemas but stops at the first error, or tells a branch that nobody asked for.
 */
final class Schema {
    private static final JsonSchemaOptions OPTIONS = new JsonSchemaOptions()
            .setDraft(Draft.DRAFT202012)
            .setBaseUri("app://kurir/")
            .setOutputFormat(OutputFormat.Basic);

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern LIMIT = Pattern.compile("([<>]) (\\d+)\\)");
    private static final int MOST_DETAILS = 20;

    private final JsonObject schema;
    private final Validator validator;

    /** {@code schema} without references. */
    Schema(JsonObject schema) {
        this.schema = schema;
        this.validator = Validator.create(JsonSchema.of(schema), OPTIONS);
    }

    /** What is wrong with {@code value}, which {@code name} stands for; each field once. */
    List<Detail> check(String name, Object value) {
        OutputUnit result = validator.validate(value);
        if (result.getValid()) {
            return strings(name, value);
        }
        Map<String, Detail> details = new LinkedHashMap<>();
        for (OutputUnit error : result.getErrors()) {
            detail(name, error).ifPresent(detail -> details.putIfAbsent(detail.field(), detail));
        }
        if (details.isEmpty()) { // a keyword that this class does not know yet
            return List.of(new Detail(name, "does not fit the contract"));
        }
        return details.values().stream().limit(MOST_DETAILS).toList();
    }

    private java.util.Optional<Detail> detail(String name, OutputUnit error) {
        String keywordPath = error.getKeywordLocation();
        String keyword = keywordPath.substring(keywordPath.lastIndexOf('/') + 1);
        String field = field(name, error.getInstanceLocation());
        String told = error.getError();
        String reason = switch (keyword) {
            case "properties", "items", "anyOf", "allOf", "oneOf", "if", "then", "else", "$ref" ->
                ""; // their parts tell more
            case "additionalProperties" -> declared(keywordPath, error.getInstanceLocation()) ? "" : "is not known";
            case "required" -> "is missing";
            case "type" ->
                "must be " + told.substring(told.indexOf("Expected ") + 9).replace(", ", " or ");
            case "enum" -> "must be one of " + told.substring(told.indexOf('['));
            case "maxLength" -> "must have at most " + limit(told) + " characters";
            case "minLength" -> "must have at least " + limit(told) + " characters";
            case "maxItems" -> "must have at most " + limit(told) + " items";
            case "minItems" -> "must have at least " + limit(told) + " items";
            case "maximum" -> "must be at most " + told.substring(told.lastIndexOf(' ') + 1);
            case "minimum" -> "must be at least " + told.substring(told.lastIndexOf(' ') + 1);
            case "pattern" -> "does not match " + at(keywordPath);
            case "format" -> "is not a " + quoted(told);
            case "uniqueItems" -> "has an item twice";
            case "not" -> "is a word that is not allowed here";
            default -> told;
        };
        if (reason.isEmpty()) {
            return java.util.Optional.empty();
        }
        return java.util.Optional.of(
                new Detail(keyword.equals("required") ? child(name, field, quoted(told)) : field, reason));
    }

    /** The library names every property of a closed object that has an error, also those that the schema knows. */
    private boolean declared(String keywordPath, String instancePath) {
        String owner = keywordPath.substring(0, keywordPath.lastIndexOf('/'));
        String property = instancePath.substring(instancePath.lastIndexOf('/') + 1);
        Object properties = at(owner + "/properties");
        return properties instanceof JsonObject known && known.containsKey(property);
    }

    private Object at(String keywordPath) {
        return java.util.Objects.requireNonNullElse(
                JsonPointer.from(keywordPath.substring(1)).queryJson(schema), "");
    }

    /** {@code #/messages/3/to} → {@code messages[3].to}; the whole value → its name. */
    private static String field(String name, String instancePath) {
        if (instancePath.equals("#")) {
            return name;
        }
        StringBuilder field = new StringBuilder(name.equals(BODY) ? "" : name);
        for (String part : instancePath.substring(2).split("/", -1)) {
            if (part.chars().allMatch(Character::isDigit)) {
                field.append('[').append(part).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".")
                        .append(part.replace("~1", "/").replace("~0", "~"));
            }
        }
        return field.toString();
    }

    /** What the body as a whole is called in a detail. */
    static final String BODY = "body";

    private static String child(String name, String parent, String property) {
        return parent.equals(name) && name.equals(BODY) ? property : parent + "." + property;
    }

    private static String quoted(String told) {
        Matcher matcher = QUOTED.matcher(told);
        String last = "";
        while (matcher.find()) {
            last = matcher.group(1);
        }
        return last;
    }

    private static String limit(String told) {
        Matcher matcher = LIMIT.matcher(told);
        return matcher.find() ? matcher.group(2) : told;
    }

    /** PostgreSQL cannot store U+0000, and half a surrogate pair is no character: refused here, else it would be a 500 later. */
    static List<Detail> strings(String path, Object value) {
        List<Detail> details = new ArrayList<>();
        collect(path, value, details);
        return details;
    }

    private static void collect(String path, Object value, List<Detail> details) {
        switch (value) {
            case String text
            when !storable(text) -> details.add(new Detail(path, "has a character that cannot be stored"));
            case JsonObject object ->
                object.forEach(entry -> {
                    if (entry.getValue() != null) {
                        collect(child(BODY, path, entry.getKey()), entry.getValue(), details);
                    }
                });
            case JsonArray array -> {
                for (int index = 0; index < array.size(); index++) {
                    if (array.getValue(index) != null) {
                        collect(path + "[" + index + "]", array.getValue(index), details);
                    }
                }
            }
            default -> {}
        }
    }

    private static boolean storable(String text) {
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            if (character == 0 || Character.isLowSurrogate(character)) {
                return false;
            }
            if (Character.isHighSurrogate(character)) {
                if (++index == text.length() || !Character.isLowSurrogate(text.charAt(index))) {
                    return false;
                }
            }
        }
        return true;
    }
}
