package io.kurir.config;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** The operations about the stored configuration. */
public final class ConfigOperations {
    private final StoredConfig config;

    public ConfigOperations(StoredConfig config) {
        this.config = config;
    }

    public Answer list(Ask ask) {
        List<JsonObject> entries =
                config.entries().stream().map(ConfigOperations::json).toList();
        return Answer.ok("Configuration", new JsonObject().put("entries", new JsonArray(entries)));
    }

    public Answer put(Ask ask) {
        String value = String.valueOf(ask.body().getValue("value"));
        StoredConfig.Entry entry =
                config.put(ask.text("key"), value, ask.caller().userId()).await();
        return Answer.ok("In effect without a restart", json(entry));
    }

    public Answer reset(Ask ask) {
        return Answer.ok(
                "Back to the settings", json(config.reset(ask.text("key")).await()));
    }

    private static JsonObject json(StoredConfig.Entry entry) {
        return new JsonObject()
                .put("key", entry.key().name())
                .put("value", Long.toString(entry.value()))
                .put("source", entry.source().name().toLowerCase(Locale.ROOT));
    }
}
