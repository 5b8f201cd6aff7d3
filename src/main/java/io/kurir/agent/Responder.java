package io.kurir.agent;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Who answers a message: the chatbot of the number, or the agent of the device.
 *
 * @param name for people
 * @param key the bearer, where it has one
 */
record Responder(
        String name,
        Endpoint endpoint,
        Optional<String> key,
        String prompt,
        JsonObject parameters,
        Optional<Integer> repliesPerMinute) {

    /** {@code own}: the operator's, from the settings, and not given by a caller. */
    record Endpoint(String url, boolean own) {}

    static Responder of(Agent agent, Endpoint endpoint) {
        return new Responder(
                agent.name().isEmpty() ? agent.agentId() : agent.name(),
                endpoint,
                agent.openKey(),
                agent.prompt(),
                agent.parameters(),
                agent.repliesPerMinute());
    }

    static Responder chatbot(String number, String url) {
        return new Responder(
                "chatbot " + number,
                new Endpoint(url, false),
                Optional.empty(),
                "",
                new JsonObject(),
                Optional.empty());
    }

    @Override
    public String toString() {
        return name;
    }
}
