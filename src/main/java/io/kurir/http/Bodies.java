package io.kurir.http;

import io.kurir.http.Problem.Detail;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.FileUpload;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** How the bytes of bodies come in: JSON into memory, the files of forms onto the disk, and neither beyond its limit. */
final class Bodies {
    /** What a form may have beside its file. */
    private static final long FIELDS = 256 * 1024;

    private static final String LIMIT = "kurir.body-limit";

    private final Path uploads;
    private final long largestFile;

    /** Files of forms lie in {@code uploads} until their request ends. */
    Bodies(Path uploads, long largestFile) {
        this.uploads = uploads;
        this.largestFile = largestFile;
    }

    /** Whether an operation takes more than anybody may send us unasked. */
    static boolean large(Contract.Entry entry) {
        return entry.body()
                .filter(body ->
                        body.limit() > Contract.BODY_LIMIT || body.form().isPresent())
                .isPresent();
    }

    /** Whether a request says of itself that it is no larger than most. */
    static boolean fewBytes(RoutingContext ctx) {
        return declared(ctx).filter(length -> length <= Contract.BODY_LIMIT).isPresent();
    }

    /** How many bytes a request says that it has. */
    static Optional<Long> declared(RoutingContext ctx) {
        return Optional.ofNullable(ctx.request().getHeader(HttpHeaders.CONTENT_LENGTH))
                .filter(length -> length.matches("\\d{1,18}"))
                .map(Long::valueOf);
    }

    /** Whether an operation takes more JSON than most, and takes it whole into memory. */
    static boolean heavy(Contract.Entry entry) {
        return entry.body()
                .filter(body ->
                        body.limit() > Contract.BODY_LIMIT && body.lists().isEmpty())
                .isPresent();
    }

    Handler<RoutingContext> handler(Contract.Entry entry) {
        long limit = entry.body().map(Contract.Body::limit).orElse(Contract.BODY_LIMIT);
        if (entry.body().filter(body -> !body.lists().isEmpty()).isPresent()) {
            return ctx -> {
                ctx.put(LIMIT, limit);
                Spool.body(ctx, uploads.resolve("body-" + UUID.randomUUID()), limit);
            };
        }
        BodyHandler json = BodyHandler.create(false).setBodyLimit(limit);
        if (entry.body().flatMap(Contract.Body::form).isEmpty()) {
            return ctx -> {
                ctx.put(LIMIT, limit);
                json.handle(ctx);
            };
        }
        BodyHandler form = BodyHandler.create(uploads.toString())
                .setBodyLimit(largestFile + FIELDS)
                .setDeleteUploadedFilesOnEnd(true);
        return ctx -> {
            ctx.put(LIMIT, isForm(ctx) ? largestFile : limit);
            (isForm(ctx) ? form : json).handle(ctx);
        };
    }

    static boolean isForm(RoutingContext ctx) {
        return Optional.ofNullable(ctx.request().getHeader(HttpHeaders.CONTENT_TYPE))
                .orElse("")
                .toLowerCase(Locale.ROOT)
                .startsWith("multipart/form-data");
    }

    static Problem tooLarge(RoutingContext ctx) {
        long limit = Optional.<Long>ofNullable(ctx.get(LIMIT)).orElse(Contract.BODY_LIMIT);
        return isForm(ctx) && limit > Contract.BODY_LIMIT
                ? Problem.of(Problem.Code.MEDIA_TOO_LARGE, "The file is larger than " + limit + " bytes")
                : Problem.of(Problem.Code.PAYLOAD_TOO_LARGE, "The body is larger than " + limit + " bytes");
    }

    /** The fields of a form as the JSON that says the same; a file is there by its name. */
    static JsonObject form(RoutingContext ctx, Contract.Form form, List<Detail> wrong) {
        JsonObject body = new JsonObject();
        var fields = ctx.request().formAttributes();
        for (String name : fields.names()) {
            List<String> given = fields.getAll(name);
            Object value = given.size() == 1 && given.getFirst().isEmpty()
                    ? new JsonArray() // an empty field is how browsers leave one out
                    : Reading.typed(form.types().getOrDefault(name, "string"), given);
            if (!(value instanceof JsonArray array && array.isEmpty())) {
                body.put(name, value);
            }
        }
        ctx.fileUploads().forEach(part -> body.put(part.name(), part.fileName()));
        wrong.addAll(form.schema().check(Schema.BODY, body));
        return body;
    }

    static Map<String, Ask.Part> parts(RoutingContext ctx) {
        Map<String, Ask.Part> parts = new HashMap<>();
        Spool.of(ctx).ifPresent(body -> parts.put(Ask.BODY, new Ask.Part(body, "", "application/json")));
        for (FileUpload upload : ctx.fileUploads()) {
            parts.put(
                    upload.name(),
                    new Ask.Part(
                            Path.of(upload.uploadedFileName()),
                            Optional.ofNullable(upload.fileName()).orElse(""),
                            Optional.ofNullable(upload.contentType()).orElse("")));
        }
        return parts;
    }
}
