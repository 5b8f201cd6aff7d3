package io.kurir.simulator;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One operation of the control plane.
 *
 * @param path its pattern; {@code {phone}} stands for digits
 * @param summary what it takes and gives
 */
record Operation(String method, String path, String summary, Function<Call, JsonObject> deed) {

    /** A request: the phone that its path names, its query, its body. */
    record Call(Optional<String> phone, Map<String, String> query, JsonObject body) {

        /** @throws Refusal 400 if the body has no such text */
        String text(String field) {
            Object value = body.getValue(field);
            if (value instanceof String text && !text.isBlank()) {
                return text;
            }
            throw new Refusal(400, "`" + field + "` is missing or no text");
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
