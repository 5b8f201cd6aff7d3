package io.kurir.http;

import io.kurir.Names;
import io.kurir.access.Caller;
import io.kurir.access.Reach;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that an operation may see of a request. Body and parameters have passed the contract, so a required one is there and has its
 * type.
 *
 * @param parameters of path, query and header by name, typed, with the contract's defaults
 * @param body empty where the operation takes none
 * @param proof proves the caller anew and throws {@code UNAUTHORIZED} when the login or key has ended meanwhile; for streams
 * @param address the client's
 * @param parts files of a form by the field's name
 * @param dialect in whose words the client asks
 * @param names for what the operation makes, so that the repeat of a request makes the same
 */
public record Ask(
        JsonObject parameters,
        JsonObject body,
        Optional<Caller> who,
        Supplier<Caller> proof,
        String requestId,
        String address,
        Map<String, String> cookies,
        Map<String, Part> parts,
        Dialect dialect,
        Names names) {

    /** The part that is the whole body, where the contract says {@code x-body-stream}: its lists are read by {@link BodyItems}. */
    public static final String BODY = "";

    /** A file of a form, on our disk until the request ends; {@code mimetype} is what the client says. */
    public record Part(java.nio.file.Path file, String fileName, String mimetype) {}

    /** The same with another body, for an operation that is another one with a few words changed. */
    public Ask with(JsonObject otherBody) {
        return new Ask(parameters, otherBody, who, proof, requestId, address, cookies, parts, dialect, names);
    }

    /** The same about another device, for an operation that finds out which one is meant. */
    public Ask about(String deviceId) {
        JsonObject others = parameters.copy().put("deviceId", deviceId);
        return new Ask(others, body, who, proof, requestId, address, cookies, parts, dialect, names);
    }

    /** The same with names of another kind. */
    Ask with(Names otherNames) {
        return new Ask(parameters, body, who, proof, requestId, address, cookies, parts, dialect, otherNames);
    }

    /** Who asks; only for operations that the contract does not open to anyone. */
    public Caller caller() {
        return who.orElseThrow(() -> new IllegalStateException("An operation that is open to anyone asked who calls"));
    }

    public Reach reach() {
        return caller().reach();
    }

    /** A required parameter. */
    public String text(String parameter) {
        return optionalText(parameter).orElseThrow(() -> new IllegalStateException(parameter + " is not required"));
    }

    public Optional<String> optionalText(String parameter) {
        return Optional.ofNullable(parameters.getString(parameter));
    }

    public long number(String parameter) {
        return optionalNumber(parameter).orElseThrow(() -> new IllegalStateException(parameter + " is not required"));
    }

    public Optional<Long> optionalNumber(String parameter) {
        return Optional.ofNullable(parameters.getLong(parameter));
    }

    public List<String> texts(String parameter) {
        return strings(parameters, parameter);
    }

    public int page() {
        return Math.toIntExact(number("page"));
    }

    public int pageSize() {
        return Math.toIntExact(number("pageSize"));
    }

    /** A required field of the body. */
    public String field(String name) {
        return optionalField(name).orElseThrow(() -> new IllegalStateException(name + " is not required"));
    }

    public Optional<String> optionalField(String name) {
        return Optional.ofNullable(body.getString(name));
    }

    /** Empty also when the field is absent. */
    public List<String> fields(String name) {
        return strings(body, name);
    }

    public boolean flag(String name) {
        return body.getBoolean(name, false);
    }

    public Optional<Part> part(String name) {
        return Optional.ofNullable(parts.get(name));
    }

    public Optional<String> cookie(String name) {
        return Optional.ofNullable(cookies.get(name));
    }

    private static List<String> strings(JsonObject from, String name) {
        JsonArray array = from.getJsonArray(name);
        return array == null
                ? List.of()
                : array.stream().map(String.class::cast).toList();
    }
}
