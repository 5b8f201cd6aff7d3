package io.kurir.message;

import io.kurir.http.Answer;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** Messages as the native API shows them. */
public final class MessageJson {
    private MessageJson() {}

    /** What the sender of a message learns. */
    static JsonObject sent(Message message) {
        return new JsonObject()
                .put("id", message.id())
                .put("messageId", message.stanzaId())
                .put("status", message.status())
                .put("state", message.phase().word())
                .put("timestamp", Timestamps.write(message.sentAt().orElse(message.createdAt())));
    }

    /** All that is known of it. */
    static JsonObject whole(Message message) {
        List<JsonObject> steps = message.steps().stream()
                .map(step -> new JsonObject()
                        .put("at", Timestamps.write(step.at()))
                        .put("step", step.what())
                        .put("detail", step.detail()))
                .toList();
        JsonObject json = new JsonObject()
                .put("id", message.id())
                .put("messageId", message.stanzaId())
                .put("deviceId", message.deviceId())
                .put("direction", message.outgoing() ? "outgoing" : "incoming")
                .put("chatId", message.chat().toString())
                .put("author", message.author().map(Object::toString).orElse(null))
                .put("type", Contents.word(message.content()))
                .put("message", message.text());
        return json.mergeIn(content(message))
                .put("quotedMessageId", message.quoted().orElse(null))
                .put("status", message.status())
                .put("state", message.phase().word())
                .put("ack", message.ack().name().toLowerCase(Locale.ROOT))
                .put("attempts", message.attempts())
                .put("createdAt", Timestamps.write(message.createdAt()))
                .put("sentAt", message.sentAt().map(Timestamps::write).orElse(null))
                .mergeIn(fate(message))
                .put(
                        "late",
                        message.steps().stream().anyMatch(step -> step.what().equals("late")))
                .put("steps", Answer.array(steps));
    }

    /** What a message of a chat has beside its words: a file, a place, cards or a poll, and what became of it since. */
    public static JsonObject details(Message message) {
        return content(message).mergeIn(fate(message));
    }

    private static JsonObject content(Message message) {
        JsonObject json = Contents.json(message.content()).orElseGet(JsonObject::new);
        if (json.getValue(Contents.MEDIA) instanceof JsonObject media) {
            media.put("state", message.file().state());
        }
        return json;
    }

    private static JsonObject fate(Message message) {
        return new JsonObject()
                .put("failure", message.failure().orElse(null))
                .put(
                        "editedAt",
                        message.changes().editedAt().map(Timestamps::write).orElse(null))
                .put(
                        "revokedAt",
                        message.changes().revokedAt().map(Timestamps::write).orElse(null))
                .put("reactions", reactions(message))
                .put("votes", votes(message));
    }

    private static JsonArray reactions(Message message) {
        return Answer.array(message.changes().opinions().stream()
                .filter(opinion ->
                        opinion.emoji().filter(emoji -> !emoji.isEmpty()).isPresent())
                .map(opinion -> new JsonObject()
                        .put("from", opinion.from())
                        .put("fromMe", opinion.fromMe())
                        .put("emoji", opinion.emoji().orElse(""))
                        .put("at", Timestamps.write(opinion.at())))
                .toList());
    }

    private static JsonArray votes(Message message) {
        return Answer.array(message.changes().opinions().stream()
                .filter(opinion -> opinion.emoji().isEmpty())
                .map(opinion -> new JsonObject()
                        .put("from", opinion.from())
                        .put("options", new JsonArray(opinion.options()))
                        .put("at", Timestamps.write(opinion.at())))
                .toList());
    }
}
