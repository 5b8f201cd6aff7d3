package io.kurir.audit;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The audit. A deed is written down before it is done and completed when it is: nothing is done that is not in here, and what has no status was
 * cut off in the middle. The operations that are in it are marked {@code x-audit} in the contract. May be called on any context.
 */
public final class Audit {

    /**
     * What somebody is about to do.
     *
     * @param subject what it is done to, where that is known before
     * @param address the client's
     */
    public record Deed(
            Optional<Long> userId,
            Optional<Long> apiKeyId,
            String action,
            Optional<String> deviceId,
            Optional<String> subject,
            JsonObject detail,
            String requestId,
            String address) {}

    /** How it ended: {@code status} as HTTP has it; what was not known before is added. */
    public record End(int status, Optional<String> deviceId, Optional<String> subject, JsonObject detail) {}

    /** A deed as it is kept; without a status it was cut off, or goes on. */
    public record Entry(long id, Instant at, Deed deed, OptionalInt status) {}

    /** Empty: whatever it is. */
    public record Filter(
            Optional<Long> userId,
            Optional<String> action,
            Optional<String> deviceId,
            Optional<Instant> from,
            Optional<Instant> until) {}

    /** One page, newest first; {@code total} counts all that match. */
    public record Listing(List<Entry> entries, long total) {}

    private final AuditStore store;
    private final SecretKeySpec key;

    /** @param secret {@code access.secret} */
    public Audit(Pool pool, String secret) {
        this.store = new AuditStore(pool);
        this.key = new SecretKeySpec(("kurir audit 1 " + secret).getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    /** Answers the number to {@link #end} it by. */
    public Future<Long> begin(Deed deed) {
        return store.begin(deed);
    }

    public Future<Void> end(long id, End end) {
        return store.end(id, end);
    }

    public Future<Listing> list(Filter filter, int page, int pageSize) {
        return store.count(filter)
                .compose(total -> store.list(filter, page, pageSize).map(entries -> new Listing(entries, total)));
    }

    /** Deletes up to 1,000 entries that are older; answers how many. */
    public Future<Long> forget(Duration age) {
        return store.forget(age);
    }

    /** Stands for a subject that must not be kept: who knows it, and the settings' secret, can tell that it was this one. */
    public String fingerprint(String subject) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return "hmac:" + HexFormat.of().formatHex(mac.doFinal(subject.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
