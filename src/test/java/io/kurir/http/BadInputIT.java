package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.message.FakeSession;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input: what comes back, that nothing is stored, and that the device goes on. Over 300 lines: most are the rows of one table. */
class BadInputIT {
    private static final String TO = "6281234567890";
    private static final byte[] PNG = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");
    private static final int MEGABYTE = 1 << 20;

    private static HttpFixture fixture;
    private static ContractClient admin;
    private static HttpServer stranger;

    /** One row of the table; {@code field} is empty where no single one is at fault. */
    private record Bad(
            String what,
            int status,
            String code,
            String field,
            Function<ContractClient, ContractClient.Reply> request) {
        @Override
        public String toString() {
            return what;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        fixture = new HttpFixture();
        FakeSession _ = new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, "main", 1);
        admin = fixture.stranger.withKey(HttpFixture.KEY);
        stranger = fixture.vertx
                .createHttpServer()
                .requestHandler(request -> {
                    HttpServerResponse response = request.response();
                    switch (String.valueOf(request.path())) {
                        case "/endless" -> endless(response.setChunked(true));
                        case "/stalls" -> response.setChunked(true).write("never more than this");
                        case "/redirects" ->
                            response.setStatusCode(302)
                                    .putHeader("Location", "http://localhost:" + stranger.actualPort() + "/")
                                    .end();
                        case "/circles" ->
                            response.setStatusCode(302)
                                    .putHeader("Location", "/circles")
                                    .end();
                        case "/broken" -> response.setStatusCode(500).end();
                        default -> response.setStatusCode(404).end();
                    }
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    private static void endless(HttpServerResponse response) {
        Buffer piece = Buffer.buffer(new byte[64 * 1024]);
        Runnable[] more = new Runnable[1];
        more[0] = () -> {
            while (!response.writeQueueFull() && !response.closed()) {
                response.write(piece);
            }
            response.drainHandler(_ -> more[0].run());
        };
        more[0].run();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static String path(String end) {
        return "/api/whatsapp-multi-device/devices/main" + end;
    }

    private static Bad text(String what, int status, String code, String field, JsonObject body) {
        return new Bad(what, status, code, field, client -> client.post(path("/send-message"), body));
    }

    private static Bad media(String what, int status, String code, String field, JsonObject body) {
        return new Bad(what, status, code, field, client -> client.post(path("/send-media"), body));
    }

    private static Bad form(
            String what, int status, String code, String field, Map<String, String> more, String type, byte[] file) {
        Map<String, String> fields = new java.util.LinkedHashMap<>(Map.of("to", TO, "mediaType", "image"));
        fields.putAll(more);
        return new Bad(what, status, code, field, client -> client.form(path("/send-media"), fields, "x", type, file));
    }

    private static Bad url(String what, int status, String code, String url) {
        return media(what, status, code, "url", image().put("url", url));
    }

    /** At the server of this test, whose port is not known yet when the table is made. */
    private static Bad page(String what, int status, String code, String field, String end) {
        return new Bad(
                what,
                status,
                code,
                field,
                client -> client.post(
                        path("/send-media"), image().put("url", "http://127.0.0.1:" + stranger.actualPort() + end)));
    }

    private static JsonObject message() {
        return new JsonObject().put("to", TO).put("message", "hello");
    }

    private static JsonObject image() {
        return new JsonObject().put("to", TO).put("mediaType", "image");
    }

    private static Bad other(String what, String end, String field, JsonObject body) {
        return new Bad(what, 400, "INVALID_PAYLOAD", field, client -> client.post(path(end), body.put("to", TO)));
    }

    static Stream<Bad> table() {
        return Stream.of(texts(), files(), urls(), others()).flatMap(List::stream);
    }

    private static List<Bad> texts() {
        return List.of(
                text(
                        "an unknown quote",
                        400,
                        "INVALID_PAYLOAD",
                        "quotedMessageId",
                        message().put("quotedMessageId", "3EB0FF")),
                text("nobody to write to", 400, "INVALID_PAYLOAD", "to", new JsonObject().put("message", "x")),
                text("no number", 400, "INVALID_PAYLOAD", "to", message().put("to", "call me")),
                text(
                        "a number that is nobody's",
                        422,
                        "NUMBER_NOT_ON_WHATSAPP",
                        "",
                        message().put("to", "629990000000")),
                text(
                        "a text of 4097",
                        400,
                        "INVALID_PAYLOAD",
                        "message",
                        message().put("message", "x".repeat(4097))),
                text("only blanks", 400, "INVALID_PAYLOAD", "message", message().put("message", " \n ")),
                text(
                        "more mentions than there are",
                        400,
                        "INVALID_PAYLOAD",
                        "message",
                        message().put("message", "{m1} {m2}").put("mentions", new JsonArray().add(TO))),
                text(
                        "a mention of nobody",
                        400,
                        "INVALID_PAYLOAD",
                        "mentions",
                        message().put("mentions", new JsonArray().add("everyone"))),
                text(
                        "the third of many",
                        400,
                        "INVALID_PAYLOAD",
                        "messages[2].to",
                        new JsonObject()
                                .put(
                                        "messages",
                                        new JsonArray()
                                                .add(message())
                                                .add(message())
                                                .add(message().put("to", "nobody")))),
                text(
                        "none of many",
                        400,
                        "INVALID_PAYLOAD",
                        "messages",
                        new JsonObject().put("messages", new JsonArray())));
    }

    private static List<Bad> files() {
        byte[] large = java.util.Arrays.copyOf(PNG, 17 * MEGABYTE);
        return List.of(
                form("not what it says", 400, "INVALID_PAYLOAD", "mimetype", Map.of(), "image/jpeg", PNG),
                form(
                        "not the kind",
                        400,
                        "INVALID_PAYLOAD",
                        "mediaType",
                        Map.of("mediaType", "video"),
                        "image/png",
                        PNG),
                form(
                        "an unknown kind",
                        400,
                        "INVALID_PAYLOAD",
                        "mediaType",
                        Map.of("mediaType", "hologram"),
                        "image/png",
                        PNG),
                form("empty", 400, "INVALID_PAYLOAD", "file", Map.of(), "image/png", new byte[0]),
                form(
                        "a program",
                        415,
                        "MEDIA_TYPE_NOT_ALLOWED",
                        "file",
                        Map.of("mediaType", "document"),
                        "application/octet-stream",
                        "MZ\u0090\0\3\0\0\0\4\0\0\0\u00ff\u00ff\0\0".getBytes(StandardCharsets.ISO_8859_1)),
                form(
                        "a bomb that says it is a letter",
                        400,
                        "INVALID_PAYLOAD",
                        "mimetype",
                        Map.of("mediaType", "document"),
                        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                        bomb()),
                form(
                        "a caption of 1025",
                        400,
                        "INVALID_PAYLOAD",
                        "caption",
                        Map.of("caption", "x".repeat(1025)),
                        "image/png",
                        PNG),
                form("17 MiB", 413, "MEDIA_TOO_LARGE", "", Map.of(), "image/png", large),
                media(
                        "17 MiB of Base64",
                        413,
                        "MEDIA_TOO_LARGE",
                        "",
                        image().put("base64", Base64.getEncoder().encodeToString(large))),
                media("no Base64", 400, "INVALID_PAYLOAD", "base64", image().put("base64", "not base64!")),
                media("half a quantum", 400, "INVALID_PAYLOAD", "base64", image().put("base64", "iVBORw0KG")),
                media("no file at all", 400, "INVALID_PAYLOAD", "file", image()),
                media(
                        "two files",
                        400,
                        "INVALID_PAYLOAD",
                        "file",
                        image().put("base64", "aGk=").put("url", "https://example.com")),
                media(
                        "the second of many",
                        400,
                        "INVALID_PAYLOAD",
                        "items[1].base64",
                        new JsonObject()
                                .put(
                                        "items",
                                        new JsonArray()
                                                .add(image().put(
                                                                "base64",
                                                                Base64.getEncoder()
                                                                        .encodeToString(PNG)))
                                                .add(image().put("base64", "?")))));
    }

    private static List<Bad> urls() {
        return List.of(
                url("no URL", 422, "MEDIA_FETCH_FAILED", "::"),
                url("a file of ours", 422, "MEDIA_FETCH_FAILED", "file:///etc/passwd"),
                url("this machine by name", 422, "MEDIA_FETCH_FAILED", "http://localhost:1/"),
                url("this machine by another number", 422, "MEDIA_FETCH_FAILED", "http://127.0.0.2/"),
                url("this machine in hexadecimal", 422, "MEDIA_FETCH_FAILED", "http://[::ffff:7f00:1]/"),
                url("the network next door", 422, "MEDIA_FETCH_FAILED", "http://192.168.1.1/"),
                url("a cloud's own address", 422, "MEDIA_FETCH_FAILED", "http://169.254.169.254/latest/meta-data"),
                url("with a password", 422, "MEDIA_FETCH_FAILED", "http://user:secret@127.0.0.1/"),
                page("redirects to this machine", 422, "MEDIA_FETCH_FAILED", "url", "/redirects"),
                page("redirects for ever", 422, "MEDIA_FETCH_FAILED", "url", "/circles"),
                page("not there", 422, "MEDIA_FETCH_FAILED", "url", "/nothing"),
                page("broken", 502, "BAD_GATEWAY", "url", "/broken"),
                page("stalls", 502, "BAD_GATEWAY", "url", "/stalls"),
                page("never ends", 413, "MEDIA_TOO_LARGE", "", "/endless"));
    }

    private static List<Bad> others() {
        JsonObject poll = new JsonObject().put("question", "?");
        return List.of(
                other(
                        "a poll with one option",
                        "/send-poll",
                        "options",
                        poll.copy().put("options", new JsonArray().add("a"))),
                other(
                        "a poll with the same option twice",
                        "/send-poll",
                        "options",
                        poll.copy().put("options", new JsonArray().add("a").add("a"))),
                other(
                        "a place beyond the pole",
                        "/send-location",
                        "latitude",
                        new JsonObject().put("latitude", 91).put("longitude", 0)),
                other("no cards", "/send-contact", "contacts", new JsonObject().put("contacts", new JsonArray())),
                other(
                        "a card without a number",
                        "/send-contact",
                        "contacts[0].phone",
                        new JsonObject()
                                .put(
                                        "contacts",
                                        new JsonArray()
                                                .add(new JsonObject()
                                                        .put("name", "x")
                                                        .put("phone", "none")))),
                new Bad(
                        "a reaction to nothing",
                        404,
                        "MESSAGE_NOT_FOUND",
                        "",
                        client -> client.post(
                                path("/send-reaction"),
                                new JsonObject().put("messageId", "nothing").put("emoji", "x"))),
                new Bad(
                        "the file of nothing",
                        404,
                        "MESSAGE_NOT_FOUND",
                        "",
                        client -> client.get(path("/messages/nothing/media"))),
                new Bad(
                        "a job of nobody",
                        404,
                        "JOB_NOT_FOUND",
                        "",
                        client -> client.get("/api/whatsapp-multi-device/jobs/job-1234")));
    }

    @ParameterizedTest
    @MethodSource("table")
    void isRefusedAndChangesNothing(Bad bad) throws Exception {
        long before = rows();
        var reply = bad.request().apply(admin);
        assertThat(reply.status()).as(reply.text()).isEqualTo(bad.status());
        assertThat(reply.code()).isEqualTo(bad.code());
        if (!bad.field().isEmpty()) {
            assertThat(reply.fields()).contains(bad.field());
        }
        assertThat(rows()).isEqualTo(before);
        assertThat(admin.post(path("/send-message"), message()).status())
                .as("the device goes on")
                .isEqualTo(200);
        try (var left = java.nio.file.Files.list(fixture.media.uploads())) {
            assertThat(left).isEmpty();
        }
    }

    private static long rows() throws Exception {
        return fixture.pool
                .query("select (select count(*) from message where body <> 'hello') + (select count(*) from batch)")
                .execute()
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .iterator()
                .next()
                .getLong(0);
    }

    /** 1 GiB of nothing in 1 MiB. */
    private static byte[] bomb() {
        var bytes = new ByteArrayOutputStream();
        byte[] zeros = new byte[MEGABYTE];
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("word.xml"));
            for (int i = 0; i < 1024; i++) {
                zip.write(zeros);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
