package io.kurir.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * Which operations the limit of requests counts, all but those tagged {@code operations}, and what it adds to the contract of each: the refusal and
 * the headers, said once here and not a hundred times in the file.
 */
final class Counted {
    private static final String REFUSAL = "429";
    private static final Map<String, String> HEADERS = Map.of(
            Quota.LIMIT, "RateLimitLimit",
            Quota.REMAINING, "RateLimitRemaining",
            Quota.RESET, "RateLimitReset");

    private Counted() {}

    static boolean is(JsonObject operation) {
        return !operation.getJsonArray("tags", new JsonArray()).contains("operations");
    }

    /** The same contract with what the limit adds. */
    static JsonObject in(JsonObject document) {
        JsonObject copy = document.copy();
        head(copy.getJsonObject("components").getJsonObject("responses"));
        copy.getJsonObject("paths")
                .forEach(path -> ((JsonObject) path.getValue()).forEach(each -> {
                    if (each.getValue() instanceof JsonObject operation
                            && operation.containsKey("operationId")
                            && is(operation)) {
                        JsonObject responses = operation.getJsonObject("responses");
                        if (!responses.containsKey(REFUSAL)) {
                            responses.put(
                                    REFUSAL,
                                    new JsonObject().put("$ref", "#/components/responses/" + refusal(operation)));
                        }
                        head(responses);
                    }
                }));
        return copy;
    }

    /** In the words that the operation is refused in. */
    private static String refusal(JsonObject operation) {
        List<Dialect> dialects = Contract.dialects(operation);
        return dialects.size() > 1
                ? "SessionsRefusal"
                : switch (dialects.getFirst()) {
                    case NATIVE -> "TooManyRequests";
                    case ACCOUNTS -> "AccountsRefusal";
                    case CONNECTIONS -> "ConnectionsRefusal";
                    case AGENTS -> "AgentsRefusal";
                };
    }

    private static void head(JsonObject responses) {
        responses.forEach(entry -> {
            JsonObject response = (JsonObject) entry.getValue();
            if (!response.containsKey("$ref")) {
                JsonObject headers = response.getJsonObject("headers", new JsonObject());
                HEADERS.forEach((name, component) ->
                        headers.put(name, new JsonObject().put("$ref", "#/components/headers/" + component)));
                response.put("headers", headers);
            }
        });
    }
}
