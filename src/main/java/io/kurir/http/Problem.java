package io.kurir.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A refusal with a meaning, thrown anywhere and rendered once, at the edge. */
public final class Problem extends RuntimeException {

    /** The error codes of the contract with their status. */
    public enum Code {
        INVALID_PAYLOAD(400),
        UNAUTHORIZED(401),
        FORBIDDEN(403),
        NOT_FOUND(404),
        SESSION_NOT_FOUND(404),
        MESSAGE_NOT_FOUND(404),
        GROUP_NOT_FOUND(404),
        CHAT_NOT_FOUND(404),
        JOB_NOT_FOUND(404),
        SCHEDULE_NOT_FOUND(404),
        METHOD_NOT_ALLOWED(405),
        CONFLICT(409),
        DEVICE_DISCONNECTED(409),
        SESSION_NOT_READY(409),
        ALREADY_LINKED(409),
        NO_QR(409),
        /** The key belongs to a request with another body. */
        IDEMPOTENCY_KEY_REUSED(409),
        /** Nobody knows whether it was done, and it cannot be done again without risk. */
        OUTCOME_UNKNOWN(409),
        GONE(410),
        MEDIA_GONE(410),
        PAYLOAD_TOO_LARGE(413),
        MEDIA_TOO_LARGE(413),
        UNSUPPORTED_MEDIA_TYPE(415),
        MEDIA_TYPE_NOT_ALLOWED(415),
        NUMBER_NOT_ON_WHATSAPP(422),
        RECIPIENT_SUPPRESSED(422),
        NOT_A_MEMBER(422),
        NOT_GROUP_ADMIN(422),
        NOT_OWN_MESSAGE(422),
        MESSAGE_TOO_OLD(422),
        WHATSAPP_REFUSED(422),
        PROXY_UNREACHABLE(422),
        MEDIA_FETCH_FAILED(422),
        QUOTED_MESSAGE_NOT_FOUND(422),
        SEND_FAILED(502),
        WHATSAPP_ERROR(502),
        /** Somebody else's server, not WhatsApp's, failed. */
        BAD_GATEWAY(502),
        /** The AI's endpoint was reached, and gave no reply that can be used. */
        AI_DOWNSTREAM_ERROR(502),
        AI_TIMEOUT(504),
        RATE_LIMITED(429),
        INTERNAL_ERROR(500),
        NODE_FULL(503),
        NOT_AVAILABLE(503);

        private final int status;

        Code(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /** One thing that is wrong with one field; {@code field} is a path such as {@code messages[3].to}. */
    public record Detail(String field, String reason) {}

    private final Code code;
    private final transient List<Detail> details;
    private final transient Optional<Duration> retryAfter;
    private final transient Optional<Dialect> dialect;

    private Problem(Code code, String message, List<Detail> details, Optional<Duration> retryAfter) {
        this(code, message, details, retryAfter, Optional.empty());
    }

    private Problem(
            Code code, String message, List<Detail> details, Optional<Duration> retryAfter, Optional<Dialect> dialect) {
        super(message, null, false, false); // a refusal is an answer, not a fault: no stack trace
        this.code = code;
        this.details = List.copyOf(details);
        this.retryAfter = retryAfter;
        this.dialect = dialect;
    }

    public static Problem of(Code code, String message) {
        return new Problem(code, message, List.of(), Optional.empty());
    }

    /** A refusal of another kind than {@code INVALID_PAYLOAD} that one field is the reason of. */
    public static Problem about(Code code, String field, String reason) {
        return new Problem(code, field + " " + reason, List.of(new Detail(field, reason)), Optional.empty());
    }

    public static Problem invalid(String field, String reason) {
        return invalid(List.of(new Detail(field, reason)));
    }

    public static Problem invalid(List<Detail> details) {
        Detail first = details.getFirst();
        return new Problem(Code.INVALID_PAYLOAD, first.field() + " " + first.reason(), details, Optional.empty());
    }

    public static Problem later(Code code, String message, Duration retryAfter) {
        return new Problem(code, message, List.of(), Optional.of(retryAfter));
    }

    /** The same in the words of a dialect; heard only where several dialects share a path. */
    public Problem in(Dialect spoken) {
        return new Problem(code, message(), details, retryAfter, Optional.of(spoken));
    }

    /** The same with fields called as the client calls them; those that {@code names} does not have stay. */
    public Problem naming(Map<String, String> names) {
        if (details.isEmpty()) {
            return this;
        }
        List<Detail> renamed = details.stream()
                .map(each -> new Detail(names.getOrDefault(each.field(), each.field()), each.reason()))
                .toList();
        Detail first = renamed.getFirst();
        return new Problem(code, first.field() + " " + first.reason(), renamed, retryAfter, dialect);
    }

    public Code code() {
        return code;
    }

    public String message() {
        return java.util.Objects.requireNonNullElse(getMessage(), code.name());
    }

    public List<Detail> details() {
        return details;
    }

    public Optional<Duration> retryAfter() {
        return retryAfter;
    }

    Optional<Dialect> dialect() {
        return dialect;
    }
}
