package io.kurir.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.http.ContractClient;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Plays the captured cases of one dialect: sends the request as it is written down and compares the response with the one beside it, field by field. */
public final class Captured {
    private final ContractClient client;
    private final String dialect;
    private final Map<String, String> names = new HashMap<>();

    /** {@code client} without credentials: the cases bring their own. */
    public Captured(ContractClient client, String dialect) {
        this.client = client;
        this.dialect = dialect;
    }

    /** What {@code $name} in a request stands for from now on. */
    public Captured with(String name, String value) {
        names.put(name, value);
        return this;
    }

    /** The answer, which was as captured. */
    public ContractClient.Reply play(String name) {
        JsonObject request = read(name, "request");
        ContractClient caller = client;
        for (Map.Entry<String, Object> header : request.getJsonObject("headers", new JsonObject())) {
            caller = caller.with(header.getKey(), filled((String) header.getValue()));
        }
        Optional<String> body = Optional.ofNullable(request.getValue("body")).map(Json::encode);
        if (body.isPresent()) {
            caller = caller.with("Content-Type", "application/json");
        }
        ContractClient.Reply reply = caller.send(request.getString("method"), filled(request.getString("path")), body);
        JsonObject response = read(name, "response");
        String what = dialect + "/" + name + " → " + reply.status() + " " + reply.text();
        assertThat(reply.status()).as(what).isEqualTo(response.getInteger("status"));
        same(what, "body", response.getValue("body"), Json.decodeValue(reply.text()));
        return reply;
    }

    private JsonObject read(String name, String part) {
        String path = "/dialect/" + dialect + "/" + name + "/" + part + ".json";
        try (InputStream in = Objects.requireNonNull(Captured.class.getResourceAsStream(path), path)) {
            return new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String filled(String text) {
        String filled = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            filled = filled.replace("$" + name.getKey(), name.getValue());
        }
        return filled;
    }

    private static void same(String what, String at, Object expected, Object actual) {
        switch (expected) {
            case JsonObject object -> {
                assertThat(actual).as(at + " of " + what).isInstanceOf(JsonObject.class);
                JsonObject other = (JsonObject) actual;
                assertThat(other.fieldNames()).as(at + " of " + what).isEqualTo(object.fieldNames());
                object.fieldNames()
                        .forEach(field -> same(what, at + "." + field, object.getValue(field), other.getValue(field)));
            }
            case JsonArray array -> {
                assertThat(actual).as(at + " of " + what).isInstanceOf(JsonArray.class);
                JsonArray other = (JsonArray) actual;
                assertThat(other.size()).as(at + " of " + what).isEqualTo(array.size());
                for (int i = 0; i < array.size(); i++) {
                    same(what, at + "[" + i + "]", array.getValue(i), other.getValue(i));
                }
            }
            case String kind when kind.startsWith("$") -> ofKind(at + " of " + what, kind, actual);
            case null, default -> assertThat(actual).as(at + " of " + what).isEqualTo(expected);
        }
    }

    private static void ofKind(String what, String kind, Object actual) {
        switch (kind) {
            case "$number" -> assertThat(actual).as(what).isInstanceOf(Number.class);
            case "$words" -> assertThat(actual).as(what).isInstanceOf(String.class);
            case "$text" -> assertThat((String) actual).as(what).isNotBlank();
            case "$instant" ->
                assertThat(Instant.parse((String) actual)).as(what).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
            case "$png" -> assertThat((String) actual).as(what).startsWith("data:image/png;base64,iVBOR");
            default -> throw new IllegalArgumentException(kind);
        }
    }
}
