package io.kurir.agent;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** The operations on chatbots, of those tagged {@code agents}; their fields are called as in the service that they come from. */
public final class ChatbotOperations {
    private final Chatbots chatbots;

    public ChatbotOperations(Chatbots chatbots) {
        this.chatbots = chatbots;
    }

    public Answer list(Ask ask) {
        Chatbots.Listing found =
                chatbots.list(ask.reach(), ask.optionalText("whatsapp_number"), ask.page(), ask.pageSize());
        return Answer.page(
                found.total() + " chatbots",
                Answer.array(
                        found.chatbots().stream().map(ChatbotOperations::json).toList()),
                ask.page(),
                ask.pageSize(),
                found.total());
    }

    public Answer create(Ask ask) {
        Chatbot chatbot = chatbots.create(
                ask.reach(),
                ask.field("session_id"),
                ask.field("sender_number"),
                ask.optionalField("status").orElse(Chatbot.ACTIVE));
        return Answer.created("Chatbot made", json(chatbot));
    }

    public Answer status(Ask ask) {
        return Answer.ok("Chatbot changed", json(chatbots.status(ask.reach(), ask.number("id"), ask.field("status"))));
    }

    public Answer delete(Ask ask) {
        chatbots.delete(ask.reach(), ask.number("id"));
        return Answer.ok("Chatbot deleted", new JsonObject().put("id", ask.number("id")));
    }

    public Answer endpoint(Ask ask) {
        Optional<String> url =
                ask.optionalField("endpoint_url").map(String::strip).filter(given -> !given.isEmpty());
        return Answer.ok(
                url.isPresent() ? "Endpoint set" : "Endpoint taken away",
                new JsonObject()
                        .put(
                                "chatbots",
                                Answer.array(chatbots.endpoint(ask.reach(), ask.text("whatsapp_number"), url).stream()
                                        .map(ChatbotOperations::json)
                                        .toList())));
    }

    private static JsonObject json(Chatbot chatbot) {
        return new JsonObject()
                .put("id", chatbot.id())
                .put("whatsapp_number", chatbot.number())
                .put("sender_number", chatbot.number())
                .put("session_id", chatbot.deviceId())
                .put("status", chatbot.status())
                .put("endpoint_url", chatbot.endpointUrl().orElse(null))
                .put("created_at", Timestamps.write(chatbot.createdAt()))
                .put("updated_at", Timestamps.write(chatbot.updatedAt()));
    }
}
