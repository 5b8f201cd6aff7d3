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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Plays the captured cases of one dialect: sends the request as it is written down and compares the response with the one beside it, field by field. */
public final class Captured {
    private static final Pattern NAME = Pattern.compile("\\$([a-zA-Z]+)");

    private final ContractClient client;
    private final String dialect;
    private final Map<String, String> names = new HashMap<>();
    private final TreeSet<String> played = new TreeSet<>();

    /** {@code client} without credentials: the cases bring their own. */
    public Captured(ContractClient client, String dialect) {
        this.client = client;
        this.dialect = dialect;
    }

    /** What {@code $name} stands for from now on. */
    public Captured with(String name, String value) {
        names.put(name, value);
        return this;
    }

    /** The answer, which was as captured. */
    public ContractClient.Reply play(String name) {
        played.add(name);
        JsonObject request = read(name, "request");
        ContractClient caller = client;
        for (Map.Entry<String, Object> header : request.getJsonObject("headers", new JsonObject())) {
            caller = caller.with(header.getKey(), (String) header.getValue());
        }
        Optional<String> body = Optional.ofNullable(request.getValue("body")).map(Json::encode);
        if (body.isPresent()) {
            caller = caller.with("Content-Type", "application/json");
        }
        ContractClient.Reply reply = caller.send(request.getString("method"), request.getString("path"), body);
        JsonObject response = read(name, "response");
        String what = dialect + "/" + name + " → " + reply.status() + " " + reply.text();
        assertThat(reply.status()).as(what).isEqualTo(response.getInteger("status"));
        new Comparison(what, reply.header("X-Request-Id").orElse(""), response.getBoolean("more", false))
                .same("body", response.getValue("body"), Json.decodeValue(reply.text()));
        return reply;
    }

    /** That a walk has left no case out. */
    public void allWerePlayed() {
        Path folder = Path.of("src/test/resources/dialect", dialect);
        try (Stream<Path> cases = Files.list(folder)) {
            assertThat(played)
                    .containsExactlyInAnyOrderElementsOf(cases.filter(Files::isDirectory)
                            .map(each -> each.getFileName().toString())
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonObject read(String name, String part) {
        String path = "/dialect/" + dialect + "/" + name + "/" + part + ".json";
        try (InputStream in = Objects.requireNonNull(Captured.class.getResourceAsStream(path), path)) {
            return new JsonObject(filled(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String filled(String text) {
        return NAME.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(names.getOrDefault(found.group(1), found.group())));
    }

    /** Of one answer, to a request of this id; {@code more}: objects may say more than is written down, which only the contract holds. */
    private record Comparison(String what, String requestId, boolean more) {
        void same(String at, Object expected, Object actual) {
            switch (expected) {
                case JsonObject object -> {
                    assertThat(actual).as(at + " of " + what).isInstanceOf(JsonObject.class);
                    JsonObject other = (JsonObject) actual;
                    if (more) {
                        assertThat(other.fieldNames()).as(at + " of " + what).containsAll(object.fieldNames());
                    } else {
                        assertThat(other.fieldNames()).as(at + " of " + what).isEqualTo(object.fieldNames());
                    }
                    object.fieldNames()
                            .forEach(field -> same(at + "." + field, object.getValue(field), other.getValue(field)));
                }
                case JsonArray array -> {
                    assertThat(actual).as(at + " of " + what).isInstanceOf(JsonArray.class);
                    JsonArray other = (JsonArray) actual;
                    assertThat(other.size()).as(at + " of " + what).isEqualTo(array.size());
                    for (int i = 0; i < array.size(); i++) {
                        same(at + "[" + i + "]", array.getValue(i), other.getValue(i));
                    }
                }
                case String kind when kind.startsWith("$") -> ofKind(at + " of " + what, kind, actual);
                case Number number
                when actual instanceof Number other -> // to a client of JSON, 3.0 is 3
                    assertThat(other.doubleValue()).as(at + " of " + what).isEqualTo(number.doubleValue());
                case null, default -> assertThat(actual).as(at + " of " + what).isEqualTo(expected);
            }
        }

        private void ofKind(String where, String kind, Object actual) {
            switch (kind) {
                case "$number" -> assertThat(actual).as(where).isInstanceOf(Number.class);
                case "$list" -> assertThat(actual).as(where).isInstanceOf(JsonArray.class);
                case "$jwt" -> assertThat((String) actual).as(where).matches("eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+");
                case "$words" -> assertThat(actual).as(where).isInstanceOf(String.class);
                case "$text" -> assertThat((String) actual).as(where).isNotBlank();
                case "$instant" ->
                    assertThat(Instant.parse((String) actual)).as(where).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
                case "$png" -> assertThat((String) actual).as(where).startsWith("data:image/png;base64,iVBOR");
                case "$base64" -> assertThat((String) actual).as(where).startsWith("iVBOR");
                case "$traceId" -> assertThat(actual).as(where).isEqualTo(requestId);
                case "$uuid" ->
                    assertThat((String) actual)
                            .as(where)
                            .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
                case "$secret" -> assertThat((String) actual).as(where).matches("[A-Za-z0-9_-]{24,}");
                case "$stanza" -> assertThat((String) actual).as(where).matches("3EB0[0-9A-F]{16,}");
                case "$url" -> assertThat((String) actual).as(where).matches("https?://\\S+");
                default -> throw new IllegalArgumentException(kind);
            }
        }
    }
}
