package io.kurir.webhook;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The operations tagged {@code webhooks}. */
public final class WebhookOperations {
    private final Webhooks webhooks;

    public WebhookOperations(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    public Answer list(Ask ask) {
        Webhooks.Listing listing = webhooks.list(ask.reach(), ask.optionalText("deviceId"), ask.page(), ask.pageSize());
        return Answer.page(
                "Webhooks",
                Answer.array(
                        listing.webhooks().stream().map(WebhookOperations::json).toList()),
                ask.page(),
                ask.pageSize(),
                listing.total());
    }

    public Answer create(Ask ask) {
        Webhook webhook = webhooks.create(
                ask.caller(),
                new Webhooks.Scope(ask.optionalField("deviceId"), ask.flag("allOwners")),
                wanted(ask),
                ask.optionalField("secret"),
                ask.names());
        return Answer.created("Webhook made: keep the secret, it is not shown again", withSecret(webhook));
    }

    public Answer get(Ask ask) {
        return Answer.ok("Webhook", json(webhooks.get(ask.reach(), ask.text("id"))));
    }

    public Answer update(Ask ask) {
        return Answer.ok("Webhook changed", json(webhooks.update(ask.reach(), ask.text("id"), wanted(ask))));
    }

    public Answer delete(Ask ask) {
        webhooks.delete(ask.reach(), ask.text("id"));
        return Answer.ok("Webhook deleted", new JsonObject().put("id", ask.text("id")));
    }

    public Answer rotateSecret(Ask ask) {
        Webhook webhook = webhooks.rotate(ask.reach(), ask.text("id"), ask.optionalField("secret"), ask.names());
        return Answer.ok("Secret rotated: keep the new one, it is not shown again", withSecret(webhook));
    }

    public Answer test(Ask ask) {
        Webhooks.Tested tested = webhooks.test(ask.reach(), ask.text("id"));
        Reply reply = tested.reply();
        return Answer.ok(
                reply.taken() ? "The endpoint took it" : "The endpoint did not take it",
                new JsonObject()
                        .put("eventId", tested.eventId())
                        .put("delivered", reply.taken())
                        .put("status", reply.code().orElse(null))
                        .put("latencyMs", reply.latency().toMillis())
                        .put("reply", reply.body().orElse(null))
                        .put("error", reply.error().orElse(null)));
    }

    public Answer deliveries(Ask ask) {
        int limit = (int) ask.number("limit");
        List<DeliveryStore.Entry> entries = webhooks.deliveries(
                ask.reach(),
                ask.text("id"),
                new Webhooks.DeliveryQuery(
                        ask.optionalText("state"),
                        ask.optionalText("type"),
                        ask.optionalText("deviceId"),
                        ask.optionalText("before").map(WebhookOperations::place),
                        limit));
        Optional<String> next = Optional.of(entries)
                .filter(all -> all.size() == limit)
                .map(List::getLast)
                .map(last -> last.position() + "." + last.id());
        return Answer.ok(
                "Deliveries",
                new JsonObject()
                        .put(
                                "deliveries",
                                Answer.array(entries.stream()
                                        .map(WebhookOperations::json)
                                        .toList()))
                        .put("nextBefore", next.orElse(null)));
    }

    public Answer replay(Ask ask) {
        Optional<List<Long>> positions = Optional.of(ask.fields("eventIds"))
                .filter(ids -> !ids.isEmpty())
                .map(ids -> ids.stream().map(WebhookOperations::position).toList());
        List<String> types = ask.fields("types");
        Webhooks.Replay replay = new Webhooks.Replay(
                positions,
                ask.optionalField("after").map(WebhookOperations::position),
                ask.optionalField("from").map(Timestamps::read),
                ask.optionalField("to").map(Timestamps::read),
                types,
                ask.optionalField("state"));
        boolean narrowed = replay.after().isPresent()
                || replay.from().isPresent()
                || replay.to().isPresent()
                || !types.isEmpty()
                || replay.state().isPresent();
        if (positions.isPresent() == narrowed) {
            throw Problem.invalid("body", "must have either eventIds or one of after, from, to, types and state");
        }
        for (int i = 0; i < types.size(); i++) {
            if (!Webhooks.known(types.get(i))) {
                throw Problem.invalid("types[" + i + "]", "is not the type of an event");
            }
        }
        List<Long> replayed = webhooks.replay(ask.reach(), ask.text("id"), replay);
        boolean complete = replayed.size() < Webhooks.REPLAY_AT_ONCE;
        return Answer.accepted(
                replayed.size() + (replayed.size() == 1 ? " event" : " events") + " will be delivered once more",
                new JsonObject()
                        .put("replayed", replayed.size())
                        .put("complete", complete)
                        .put("lastEventId", replayed.isEmpty() ? null : Envelope.id(replayed.getLast())));
    }

    /** The contract has looked at its form. */
    private static long position(String eventId) {
        return Long.parseLong(eventId);
    }

    private static Webhooks.Place place(String written) {
        String[] parts = written.split("\\.", -1);
        return new Webhooks.Place(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }

    private static Webhooks.Wanted wanted(Ask ask) {
        return new Webhooks.Wanted(
                ask.optionalField("url").map(String::strip),
                Optional.ofNullable(ask.body().getJsonArray("events"))
                        .map(_ -> ask.fields("events").stream().distinct().toList()),
                Optional.ofNullable(ask.body().getJsonObject("headers")).map(OwnHeaders::read),
                Optional.ofNullable(ask.body().getInteger("timeout")).map(Duration::ofSeconds),
                Optional.ofNullable(ask.body().getBoolean("enabled")));
    }

    private static JsonObject withSecret(Webhook webhook) {
        return json(webhook).put("secret", webhook.endpoint().secret());
    }

    private static JsonObject json(Webhook webhook) {
        boolean down = webhook.circuit().open();
        return new JsonObject()
                .put("id", webhook.id())
                .put("ownerId", webhook.ownerId())
                .put("deviceId", webhook.deviceId().orElse(null))
                .put("allOwners", webhook.allOwners())
                .put("url", webhook.endpoint().url())
                .put("events", new JsonArray(webhook.events()))
                // names alone: the values may be passwords
                .put(
                        "headerNames",
                        new JsonArray(List.copyOf(webhook.endpoint().headers().keySet())))
                .put("timeout", webhook.endpoint().timeout().toSeconds())
                .put("enabled", webhook.enabled())
                .put("disabledReason", webhook.disabledReason())
                .put("state", !webhook.enabled() ? "disabled" : down ? "down" : "well")
                .put(
                        "downSince",
                        webhook.circuit().downSince().map(Timestamps::write).orElse(null))
                .put("downReason", webhook.downReason())
                .put(
                        "previousSecretUntil",
                        webhook.endpoint()
                                .previousUntil()
                                .map(Timestamps::write)
                                .orElse(null))
                .put("createdAt", Timestamps.write(webhook.createdAt()))
                .put("updatedAt", Timestamps.write(webhook.updatedAt()));
    }

    private static JsonObject json(DeliveryStore.Entry entry) {
        boolean pending = entry.state().equals("pending");
        return new JsonObject()
                .put("id", entry.id())
                .put("eventId", Envelope.id(entry.position()))
                .put("type", entry.type())
                .put("deviceId", entry.deviceId())
                .put("seq", entry.seq())
                .put("prevSeq", entry.prevSeq().orElse(null))
                .put("chatId", entry.chat().isEmpty() ? null : entry.chat())
                .put("replay", entry.replay())
                .put("state", entry.state())
                .put("attempts", entry.attempts())
                .put("status", entry.status().orElse(null))
                .put("latencyMs", entry.latencyMs().orElse(null))
                .put("reply", entry.reply().orElse(null))
                .put("error", entry.error().orElse(null))
                .put("createdAt", Timestamps.write(entry.createdAt()))
                .put("nextAttemptAt", pending ? Timestamps.write(entry.dueAt()) : null)
                .put("settledAt", entry.settledAt().map(Timestamps::write).orElse(null));
    }
}
