package io.kurir.simulator;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * One operation of the control plane.
 *
 * @param path its pattern; {@code {phone}} stands for digits, {@code {id}} for an id
 * @param summary what it takes and gives
 */
record Operation(String method, String path, String summary, Function<Call, JsonObject> deed) {

    /** What stands in a path, split at its slashes, for the names of the pattern; empty: the path does not fit. */
    Optional<Map<String, String>> names(String[] parts) {
        String[] pattern = path.split("/", -1);
        if (pattern.length != parts.length) {
            return Optional.empty();
        }
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < pattern.length; i++) {
            if (pattern[i].startsWith("{") && !parts[i].isEmpty()) {
                names.put(pattern[i].substring(1, pattern[i].length() - 1), parts[i]);
            } else if (!pattern[i].equals(parts[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(names);
    }

    /** A request: what its path names, its query, its body. */
    record Call(Map<String, String> names, Map<String, String> query, JsonObject body) {

        /** What stands in the path for {@code {name}}. */
        String named(String name) {
            return Objects.requireNonNull(names.get(name), name);
        }

        /** @throws Refusal 400 if the body has no such text */
        String text(String field) {
            Object value = body.getValue(field);
            if (value instanceof String text && !text.isBlank()) {
                return text;
            }
            throw new Refusal(400, "`" + field + "` is missing or no text");
        }

        /** @throws Refusal 400 if it is there and no text */
        String textOr(String field, String otherwise) {
            return body.getValue(field) == null ? otherwise : body.getString(field);
        }

        int number(String field, int otherwise) {
            Object value = body.getValue(field);
            if (value == null) {
                return otherwise;
            }
            if (value instanceof Integer number && number >= 0) {
                return number;
            }
            throw new Refusal(400, "`" + field + "` is no number");
        }

        Optional<String> asked(String parameter) {
            return Optional.ofNullable(query.get(parameter));
        }

        long asked(String parameter, long otherwise) {
            return asked(parameter).map(Long::parseLong).orElse(otherwise);
        }
    }
}
