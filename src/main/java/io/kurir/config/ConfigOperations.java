package io.kurir.config;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The operations about the stored configuration. */
public final class ConfigOperations {
    private final Configuration config;

    public ConfigOperations(Configuration config) {
        this.config = config;
    }

    public Answer list(Ask ask) {
        List<JsonObject> entries =
                config.entries().stream().map(this::described).toList();
        return Answer.ok("Configuration", new JsonObject().put("entries", new JsonArray(entries)));
    }

    /** With what it may be, so that a form can be made of it. */
    private JsonObject described(StoredConfig.Entry entry) {
        JsonObject json = Configuration.json(entry)
                .put("fallback", config.fallback(entry.key()).orElse(null));
        return switch (entry.key().type()) {
            case ConfigKey.Whole(long least, long most) ->
                json.put("type", "number").put("minimum", least).put("maximum", most);
            case ConfigKey.Word(List<String> words) -> json.put("type", "word").put("words", new JsonArray(words));
            case ConfigKey.Secret(int shortest, int longest) ->
                json.put("type", "secret").put("minimum", shortest).put("maximum", longest);
        };
    }

    public Answer put(Ask ask) {
        String value = String.valueOf(ask.body().getValue("value"));
        return Answer.ok(
                "In effect without a restart", Configuration.json(config.put(ask.caller(), ask.text("key"), value)));
    }

    public Answer reset(Ask ask) {
        return Answer.ok("Back to the settings", Configuration.json(config.reset(ask.text("key"))));
    }
}
