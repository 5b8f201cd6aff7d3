package io.kurir.agent;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What an endpoint is asked; the contract calls it {@code AgentRequest}.
 *
 * @param sessionId the JID of who asks
 * @param maxSteps before the agent's own; empty: those, else 5
 * @param whatsappName the name that the person has chosen; may be empty
 * @param chatName the address book's or the group's; may be empty
 */
record Question(
        String deviceId,
        String input,
        String sessionId,
        Optional<Integer> maxSteps,
        String whatsappName,
        String chatId,
        String chatName,
        Optional<String> messageId) {
    private static final int MAX_STEPS = 5;

    JsonObject to(Responder responder) {
        JsonObject parameters = new JsonObject().put("max_steps", MAX_STEPS).mergeIn(responder.parameters());
        maxSteps.ifPresent(steps -> parameters.put("max_steps", steps));
        JsonObject metadata = new JsonObject()
                .put("device_id", deviceId)
                .put("whatsapp_name", whatsappName)
                .put("chat_id", chatId)
                .put("chat_name", chatName);
        messageId.ifPresent(id -> metadata.put("message_id", id));
        JsonObject request = new JsonObject()
                .put("input", input)
                .put("session_id", sessionId)
                .put("parameters", parameters)
                .put("metadata", metadata);
        return responder.prompt().isEmpty() ? request : request.put("prompt", responder.prompt());
    }
}
