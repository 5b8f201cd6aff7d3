package io.kurir.audit;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;

/** The operation tagged {@code audit}. */
public final class AuditOperations {
    private final Audit audit;

    public AuditOperations(Audit audit) {
        this.audit = audit;
    }

    public Answer list(Ask ask) {
        Audit.Filter filter = new Audit.Filter(
                ask.optionalNumber("userId"),
                ask.optionalText("action"),
                ask.optionalText("deviceId"),
                ask.optionalText("from").map(Timestamps::read),
                ask.optionalText("until").map(Timestamps::read));
        Audit.Listing listing = audit.list(filter, ask.page(), ask.pageSize()).await();
        return Answer.page(
                listing.total() + " entries",
                Answer.array(
                        listing.entries().stream().map(AuditOperations::json).toList()),
                ask.page(),
                ask.pageSize(),
                listing.total());
    }

    private static JsonObject json(Audit.Entry entry) {
        Audit.Deed deed = entry.deed();
        return new JsonObject()
                .put("id", entry.id())
                .put("at", Timestamps.write(entry.at()))
                .put("userId", deed.userId().orElse(null))
                .put("apiKeyId", deed.apiKeyId().orElse(null))
                .put("action", deed.action())
                .put("deviceId", deed.deviceId().orElse(null))
                .put("subject", deed.subject().orElse(null))
                .put("detail", deed.detail())
                .put("status", entry.status().isPresent() ? entry.status().getAsInt() : null)
                .put("requestId", deed.requestId())
                .put("address", deed.address());
    }
}
