package io.kurir.suppression;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;

/** The operations tagged {@code suppressions}. */
public final class SuppressionOperations {
    private final Suppressions suppressions;

    public SuppressionOperations(Suppressions suppressions) {
        this.suppressions = suppressions;
    }

    public Answer list(Ask ask) {
        Suppressions.Listing found = suppressions.list(
                ask.reach(), ask.optionalText("deviceId"), ask.optionalText("search"), ask.page(), ask.pageSize());
        return Answer.page(
                found.total() + " numbers",
                Answer.array(found.suppressions().stream()
                        .map(SuppressionOperations::json)
                        .toList()),
                ask.page(),
                ask.pageSize(),
                found.total());
    }

    public Answer add(Ask ask) {
        Suppression added = suppressions.add(
                ask.caller(),
                ask.optionalField("deviceId"),
                ask.field("phone"),
                ask.optionalField("reason").orElse(""));
        return Answer.created("Will not be written to", json(added));
    }

    public Answer remove(Ask ask) {
        suppressions.remove(ask.reach(), ask.number("id"));
        return Answer.ok("May be written to again", new JsonObject().put("id", ask.number("id")));
    }

    private static JsonObject json(Suppression suppression) {
        return new JsonObject()
                .put("id", suppression.id())
                .put("userId", suppression.ownerId())
                .put("deviceId", suppression.deviceId().orElse(null))
                .put("phone", suppression.phone())
                .put("reason", suppression.reason())
                .put("createdAt", Timestamps.write(suppression.createdAt()));
    }
}
