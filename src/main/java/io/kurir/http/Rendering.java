package io.kurir.http;

import io.kurir.db.Database;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers and refusals → bytes. The only place that writes either. */
final class Rendering {
    /** The status of a refusal, where an operator has chosen another one. */
    static final String STATUS = "kurir.status";

    private static final Logger log = LoggerFactory.getLogger(Rendering.class);
    private static final String DIALECTS = "kurir.dialects";

    private Rendering() {}

    /** Whatever becomes of the request, it is told in the words of its operation. */
    static void speak(RoutingContext ctx, List<Dialect> dialects) {
        ctx.put(DIALECTS, dialects);
        ctx.next();
    }

    /** The first of them for who comes with an API key, as {@link Dialect} says. */
    static Dialect dialect(RoutingContext ctx, List<Dialect> dialects) {
        return ctx.request().headers().contains("x-api-key") ? dialects.getFirst() : dialects.getLast();
    }

    private static Dialect dialect(RoutingContext ctx, Problem problem) {
        List<Dialect> dialects =
                Optional.<List<Dialect>>ofNullable(ctx.get(DIALECTS)).orElse(List.of(Dialect.NATIVE));
        return problem.dialect().filter(dialects::contains).orElseGet(() -> dialect(ctx, dialects));
    }

    static void answer(RoutingContext ctx, Answer answer) {
        HttpServerResponse response = ctx.response();
        if (response.closed() || response.ended()) {
            return; // the client has gone; what was asked is done all the same
        }
        switch (answer) {
            case Answer.Enveloped enveloped -> {
                enveloped.cookie().ifPresent(response::addCookie);
                json(response, enveloped.status(), envelope(enveloped));
            }
            case Answer.Raw raw -> {
                raw.headers().forEach(response::putHeader);
                response.setStatusCode(raw.status())
                        .putHeader(HttpHeaders.CONTENT_TYPE, raw.contentType())
                        .end(raw.body());
            }
            case Answer.Local local -> {
                local.headers().forEach(response::putHeader);
                response.setStatusCode(local.status()).putHeader(HttpHeaders.CONTENT_TYPE, local.contentType());
                response.sendFile(local.file().toString(), local.offset(), local.length())
                        .onFailure(why -> log.debug("A file was not sent to its end: {}", why.getMessage()));
            }
            case Answer.Stream stream -> {
                response.setChunked(true).putHeader(HttpHeaders.CONTENT_TYPE, stream.contentType());
                stream.writer().accept(response, ctx.request().connection());
            }
        }
    }

    /** What the contract does not list and is there nevertheless is the dashboard. */
    private static String allowed(String listed) {
        return listed.isEmpty() ? Dashboard.METHODS : listed;
    }

    private static JsonObject envelope(Answer.Enveloped answer) {
        JsonObject envelope = new JsonObject()
                .put("success", true)
                .put("message", answer.message())
                .put("data", answer.data());
        answer.pagination().ifPresent(pagination -> envelope.put("pagination", pagination));
        return envelope.put("timestamp", Timestamps.write(Instant.now()));
    }

    /** Whatever ended a request early. Strangers learn what a {@link Problem} says, and of anything else only the id to ask by. */
    static void refusal(RoutingContext ctx, Contract contract) {
        HttpServerResponse response = ctx.response();
        if (response.headWritten() || response.closed()) {
            log.warn("Request {} failed after its answer had begun", RequestIds.of(ctx), ctx.failure());
            response.reset();
            return;
        }
        Problem problem = problem(ctx);
        switch (problem.code()) {
            case UNAUTHORIZED -> response.putHeader("WWW-Authenticate", "Bearer");
            case METHOD_NOT_ALLOWED ->
                response.putHeader(HttpHeaders.ALLOW, allowed(contract.allow(ctx.normalizedPath())));
            case PAYLOAD_TOO_LARGE, MEDIA_TOO_LARGE ->
                response.putHeader(HttpHeaders.CONNECTION, "close"); // the rest of it is not read
            default -> {}
        }
        problem.retryAfter()
                .ifPresent(wait -> response.putHeader(
                        HttpHeaders.RETRY_AFTER,
                        String.valueOf(Math.max(1, wait.plusMillis(999).toSeconds()))));
        JsonObject body = switch (dialect(ctx, problem)) {
            case NATIVE -> envelope(problem, RequestIds.of(ctx));
            case ACCOUNTS -> error(problem, RequestIds.of(ctx)).put("error", problem.message());
            case CONNECTIONS -> new JsonObject().put("success", false).put("error", problem.message());
            case AGENTS ->
                new JsonObject().put("error", error(problem, RequestIds.of(ctx)).put("message", problem.message()));
        };
        int status = Optional.<Integer>ofNullable(ctx.get(STATUS))
                .orElse(problem.code().status());
        json(response, status, body);
    }

    private static Problem problem(RoutingContext ctx) {
        Throwable failure = ctx.failure();
        if (failure instanceof Problem problem) {
            return problem;
        }
        if (failure != null && Database.away(failure)) {
            log.warn("Request {} found no database: {}", RequestIds.of(ctx), failure.getMessage());
            return Problem.later(
                    Problem.Code.NOT_AVAILABLE, "The database does not answer; try again", Duration.ofSeconds(2));
        }
        int status = failure instanceof HttpException http ? http.getStatusCode() : ctx.statusCode();
        return switch (status) {
            case 400 -> Problem.invalid("request", "cannot be read");
            case 404 ->
                Problem.of(Problem.Code.NOT_FOUND, "There is nothing at this path; /openapi.json lists what there is");
            case 405 -> Problem.of(Problem.Code.METHOD_NOT_ALLOWED, "This path does not have this method");
            case 413 -> Bodies.tooLarge(ctx);
            default -> {
                log.error(
                        "Request {} {} failed, traceId {}",
                        ctx.request().method(),
                        ctx.request().path(),
                        RequestIds.of(ctx),
                        failure);
                yield Problem.of(Problem.Code.INTERNAL_ERROR, "Something went wrong on our side");
            }
        };
    }

    private static JsonObject error(Problem problem, String traceId) {
        return new JsonObject().put("code", problem.code().name()).put("traceId", traceId);
    }

    private static JsonObject envelope(Problem problem, String traceId) {
        JsonObject error = error(problem, traceId).put("message", problem.message());
        if (!problem.details().isEmpty()) {
            JsonArray details = new JsonArray();
            problem.details()
                    .forEach(detail -> details.add(
                            new JsonObject().put("field", detail.field()).put("reason", detail.reason())));
            error.put("details", details);
        }
        return new JsonObject()
                .put("success", false)
                .put("message", problem.message())
                .put("error", error)
                .put("timestamp", Timestamps.write(Instant.now()));
    }

    private static void json(HttpServerResponse response, int status, JsonObject body) {
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(body.toBuffer());
    }
}
