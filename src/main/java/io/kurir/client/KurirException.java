package io.kurir.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A refusal, with the code that the HTTP API has for it ({@code SESSION_NOT_READY}, {@code NUMBER_NOT_ON_WHATSAPP} …). */
public final class KurirException extends RuntimeException {
    /** Nobody answers now. What was asked may or may not have been done; with the same key it is safe to ask again. */
    public static final String NOT_AVAILABLE = "NOT_AVAILABLE";

    private static final long serialVersionUID = 1L;

    /** One thing that is wrong with one field. */
    public record Detail(String field, String reason) {}

    private final String code;
    private final transient List<Detail> details;
    private final transient Optional<Duration> retryAfter;

    private KurirException(String code, String message, List<Detail> details, Optional<Duration> retryAfter) {
        super(message);
        this.code = code;
        this.details = details;
        this.retryAfter = retryAfter;
    }

    static KurirException unanswered(String message) {
        return new KurirException(NOT_AVAILABLE, message, List.of(), Optional.of(Duration.ofSeconds(1)));
    }

    static KurirException of(JsonObject error) {
        List<Detail> details = error.getJsonArray("details", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .map(detail -> new Detail(detail.getString("field"), detail.getString("reason")))
                .toList();
        return new KurirException(
                error.getString("code"),
                error.getString("message"),
                details,
                Optional.ofNullable(error.getLong("retryAfterMs")).map(Duration::ofMillis));
    }

    public String code() {
        return code;
    }

    /** What is wrong with which field, where the request itself is at fault. */
    public List<Detail> details() {
        return details;
    }

    /** Set where the same request may succeed later. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
