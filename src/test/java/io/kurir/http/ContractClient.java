package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An HTTP client for tests that lets no response pass which {@code openapi.yaml} does not allow: its status must be listed for the
 * operation, its content type too, its body must fit the schema, and every refusal must carry the request's id.
 */
public final class ContractClient {
    private final HttpClient http;
    private final URI base;
    private final JsonObject document;
    private final Map<String, Schema> schemas;
    private final Map<String, String> headers;

    private ContractClient(
            HttpClient http, URI base, JsonObject document, Map<String, Schema> schemas, Map<String, String> headers) {
        this.http = http;
        this.base = base;
        this.document = document;
        this.schemas = schemas;
        this.headers = headers;
    }

    /** What came back, already found to fit the contract. */
    public record Reply(int status, Map<String, List<String>> headers, String text) {
        public JsonObject json() {
            return new JsonObject(text);
        }

        public JsonObject data() {
            return json().getJsonObject("data");
        }

        /** Of a refusal; empty in a dialect that has no codes. */
        public String code() {
            return json().getValue("error") instanceof JsonObject error
                    ? error.getString("code")
                    : json().getString("code", "");
        }

        public List<String> fields() {
            JsonArray details = json().getJsonObject("error").getJsonArray("details", new JsonArray());
            return details.stream()
                    .map(each -> ((JsonObject) each).getString("field"))
                    .toList();
        }

        public Optional<String> header(String name) {
            return headers.getOrDefault(name, List.of()).stream().findFirst();
        }
    }

    /** A stranger at {@code base}; the contract is asked of the server itself. */
    public static ContractClient at(URI base) {
        try {
            HttpResponse<String> contract = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(base.resolve("/openapi.json")).build(), BodyHandlers.ofString());
            return new ContractClient(
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
                    base,
                    new JsonObject(contract.body()),
                    new ConcurrentHashMap<>(),
                    Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public ContractClient with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ContractClient(http, base, document, schemas, more);
    }

    public ContractClient withToken(String token) {
        return with("Authorization", "Bearer " + token);
    }

    public ContractClient withKey(String key) {
        return with("x-api-key", key);
    }

    public Reply get(String path) {
        return send("GET", path, Optional.empty());
    }

    public Reply post(String path) {
        return send("POST", path, Optional.empty());
    }

    public Reply post(String path, JsonObject body) {
        return with("Content-Type", "application/json").send("POST", path, Optional.of(body.encode()));
    }

    public Reply put(String path, JsonObject body) {
        return with("Content-Type", "application/json").send("PUT", path, Optional.of(body.encode()));
    }

    public Reply delete(String path) {
        return send("DELETE", path, Optional.empty());
    }

    /** A form of fields and one file called {@code file}. */
    public Reply form(String path, Map<String, String> fields, String fileName, String mimetype, byte[] file) {
        String boundary = "----kurir-test-boundary";
        var body = new java.io.ByteArrayOutputStream();
        fields.forEach((name, value) -> body.writeBytes(
                ("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        body.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + fileName
                        + "\"\r\nContent-Type: " + mimetype + "\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        body.writeBytes(file);
        body.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return with("Content-Type", "multipart/form-data; boundary=" + boundary)
                .send("POST", path, BodyPublishers.ofByteArray(body.toByteArray()));
    }

    /** Any request; the body goes out as it is, with the content type that was set by {@link #with}. */
    public Reply send(String method, String path, Optional<String> body) {
        return send(method, path, body.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
    }

    /** Of an answer that may have no end: its status and headers; of a refusal all. */
    public Reply beginning(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(60));
        headers.forEach(request::header);
        try {
            HttpResponse<java.io.InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
            Map<String, List<String>> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            names.putAll(response.headers().map());
            try (java.io.InputStream body = response.body()) {
                boolean endless = response.statusCode() == 200;
                Reply reply = new Reply(
                        response.statusCode(),
                        names,
                        endless ? "" : new String(body.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
                check("GET", path, reply);
                return reply;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Reply send(String method, String path, HttpRequest.BodyPublisher body) {
        // asked first, a server that does not want the body need not cut it off
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .expectContinue(body.contentLength() > 4 << 20)
                .method(method, body);
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            Map<String, List<String>> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            names.putAll(response.headers().map());
            Reply reply = new Reply(response.statusCode(), names, response.body());
            check(method, path, reply);
            return reply;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Also for responses that were fetched otherwise. */
    public void check(String method, String path, Reply reply) {
        String what = method + " " + path + " → " + reply.status + " " + reply.text;
        String requestId = reply.header("X-Request-Id").orElse("");
        assertThat(requestId).as(what).matches("[A-Za-z0-9._-]{8,64}");
        Optional<JsonObject> operation = operation(method, base.resolve(path).getRawPath());
        if (operation.isEmpty()) {
            assertThat(reply.status).as(what).isIn(404, 405);
            fits(what, "Error", () -> new JsonObject().put("$ref", "#/components/schemas/Error"), reply.json());
            return;
        }
        ContractCoverage.note(operation.get().getString("operationId"), reply.status);
        JsonObject responses = operation.get().getJsonObject("responses");
        assertThat(responses.fieldNames()).as(what + ": status is listed").contains(String.valueOf(reply.status));
        JsonObject response =
                (JsonObject) Contract.inlined(document, responses.getJsonObject(String.valueOf(reply.status)));
        String type = reply.header("Content-Type").orElse("").split(";", 2)[0];
        assertThat(response.getJsonObject("content").fieldNames()).as(what).containsAnyOf(type, "*/*");
        if (type.equals("application/json")) {
            String id = operation.get().getString("operationId") + reply.status;
            Object body = Json.decodeValue(reply.text);
            fits(
                    what,
                    id,
                    () -> response.getJsonObject("content").getJsonObject(type).getJsonObject("schema"),
                    body);
            if (reply.status >= 400 && body instanceof JsonObject json && json.containsKey("error")) {
                refusal(what, Contract.dialects(operation.get()), json, requestId);
            }
        }
    }

    /** A refusal names its request wherever the dialect has room for it. */
    private static void refusal(String what, List<Dialect> dialects, JsonObject body, String requestId) {
        boolean nested = body.getValue("error") instanceof JsonObject;
        Dialect spoken = dialects.size() == 1 ? dialects.getFirst() : nested ? Dialect.AGENTS : Dialect.ACCOUNTS;
        assertThat(dialects).as(what).contains(spoken);
        switch (spoken) {
            case NATIVE, AGENTS ->
                assertThat(body.getJsonObject("error").getString("traceId"))
                        .as(what)
                        .isEqualTo(requestId);
            case ACCOUNTS -> {
                assertThat(body.getValue("error")).as(what).isInstanceOf(String.class);
                assertThat(body.getString("traceId")).as(what).isEqualTo(requestId);
            }
            case CONNECTIONS -> {
                assertThat(body.getValue("error")).as(what).isInstanceOf(String.class);
                assertThat(body.getBoolean("success")).as(what).isFalse();
            }
        }
    }

    private void fits(String what, String id, java.util.function.Supplier<JsonObject> schema, Object body) {
        Schema compiled =
                schemas.computeIfAbsent(id, _ -> new Schema((JsonObject) Contract.inlined(document, schema.get())));
        assertThat(compiled.check(Schema.BODY, body)).as(what).isEmpty();
    }

    /** The literal path wins over the template, as in the router. */
    private Optional<JsonObject> operation(String method, String path) {
        List<String> matching = new ArrayList<>();
        JsonObject paths = document.getJsonObject("paths");
        for (String template : paths.fieldNames()) {
            if (path.matches(template.replaceAll("\\{[^}]+}", "[^/]+"))) {
                matching.add(template);
            }
        }
        matching.sort(java.util.Comparator.comparing(template -> template.contains("{")));
        return matching.stream()
                .map(template -> paths.getJsonObject(template).getJsonObject(method.toLowerCase(java.util.Locale.ROOT)))
                .filter(java.util.Objects::nonNull)
                .findFirst();
    }
}
