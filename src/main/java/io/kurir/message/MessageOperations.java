package io.kurir.message;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** The operations tagged {@code messages}. */
public final class MessageOperations {
    private final Messages messages;

    public MessageOperations(Messages messages) {
        this.messages = messages;
    }

    /** 200 when WhatsApp's server has it, 202 when it goes on by itself. */
    public Answer send(Ask ask) {
        Messages.NewText text = new Messages.NewText(
                ask.optionalField("to").or(() -> ask.optionalField("phone")).orElseThrow(),
                ask.field("message"),
                ask.optionalField("quotedMessageId"),
                ask.fields("mentions"),
                ask.flag("typing"));
        Messages.Sent sent = messages.send(ask.reach(), ask.text("deviceId"), text);
        Message message = sent.message();
        JsonObject data = new JsonObject()
                .put("id", message.id())
                .put("messageId", message.stanzaId())
                .put("status", message.status())
                .put("state", message.phase().word())
                .put("timestamp", Timestamps.write(message.sentAt().orElse(message.createdAt())));
        return sent.finished() ? Answer.ok("Message sent", data) : Answer.accepted("Message on its way", data);
    }

    public Answer get(Ask ask) {
        return Answer.ok("Message", json(messages.get(ask.reach(), ask.text("deviceId"), ask.text("messageId"))));
    }

    private static JsonObject json(Message message) {
        List<JsonObject> steps = message.steps().stream()
                .map(step -> new JsonObject()
                        .put("at", Timestamps.write(step.at()))
                        .put("step", step.what())
                        .put("detail", step.detail()))
                .toList();
        return new JsonObject()
                .put("id", message.id())
                .put("messageId", message.stanzaId())
                .put("deviceId", message.deviceId())
                .put("direction", message.outgoing() ? "outgoing" : "incoming")
                .put("chatId", message.chat().toString())
                .put("author", message.author().map(Object::toString).orElse(null))
                .put("type", message.type())
                .put("message", message.text())
                .put("quotedMessageId", message.quoted().orElse(null))
                .put("status", message.status())
                .put("state", message.phase().word())
                .put("ack", message.ack().name().toLowerCase(Locale.ROOT))
                .put("attempts", message.attempts())
                .put("failure", message.failure().orElse(null))
                .put("createdAt", Timestamps.write(message.createdAt()))
                .put("sentAt", message.sentAt().map(Timestamps::write).orElse(null))
                .put("steps", Answer.array(steps));
    }
}
