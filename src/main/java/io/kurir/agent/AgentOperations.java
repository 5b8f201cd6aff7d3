package io.kurir.agent;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** The operations on agents, of those tagged {@code agents}. */
public final class AgentOperations {
    private final Agents agents;

    public AgentOperations(Agents agents) {
        this.agents = agents;
    }

    public Answer get(Ask ask) {
        return Answer.ok("Agent", json(agents.get(ask.reach(), ask.text("deviceId"))));
    }

    public Answer put(Ask ask) {
        JsonObject body = ask.body();
        Agents.Wanted wanted = new Agents.Wanted(
                Optional.empty(),
                maybe(body, "endpointUrl", String.class),
                maybe(body, "key", String.class),
                Optional.ofNullable(body.getBoolean("enabled")),
                ask.optionalField("name"),
                ask.optionalField("prompt"),
                Optional.ofNullable(body.getJsonObject("parameters")),
                maybe(body, "repliesPerMinute", Integer.class));
        return Answer.ok("Agent set", json(agents.put(ask.reach(), ask.text("deviceId"), wanted)));
    }

    /** Outside empty where the field is absent, inside empty where it is null. */
    private static <T> Optional<Optional<T>> maybe(JsonObject body, String name, Class<T> type) {
        return body.containsKey(name)
                ? Optional.of(Optional.ofNullable(body.getValue(name)).map(type::cast))
                : Optional.empty();
    }

    public Answer delete(Ask ask) {
        boolean deleted = agents.delete(ask.reach(), ask.text("deviceId"));
        return Answer.ok(
                deleted ? "Agent deleted" : "There was no agent",
                new JsonObject().put("deviceId", ask.text("deviceId")).put("deleted", deleted));
    }

    public Answer attempt(Ask ask) {
        Heard heard = agents.attempt(
                        ask.reach(), ask.text("deviceId"), ask.field("input"), ask.optionalField("sessionId"))
                .heard();
        return switch (heard) {
            case Heard.Said said ->
                Answer.ok("The endpoint answered", tried(said).put("reply", said.reply()));
            case Heard.Failed failed ->
                Answer.ok(
                        "The endpoint did not answer",
                        tried(failed).put("code", failed.fault().word()).put("error", failed.why()));
        };
    }

    private static JsonObject tried(Heard heard) {
        return new JsonObject()
                .put("answered", heard instanceof Heard.Said)
                .put("latencyMs", heard.latency().toMillis())
                .putNull("reply")
                .putNull("code")
                .putNull("error");
    }

    private JsonObject json(Agent agent) {
        return new JsonObject()
                .put("deviceId", agent.deviceId())
                .put("agentId", agent.agentId())
                .put("name", agent.name())
                .put("enabled", agent.enabled())
                .put("endpointUrl", agent.endpointUrl().orElse(null))
                .put(
                        "defaultEndpoint",
                        agent.endpointUrl().isEmpty() ? agents.endpoint(agent).orElse(null) : null)
                .put("hasKey", agent.key().isPresent())
                .put("keyReadable", agent.keyReadable())
                .put("prompt", agent.prompt())
                .put("parameters", agent.parameters())
                .put("repliesPerMinute", agent.repliesPerMinute().orElse(null))
                .put("createdAt", Timestamps.write(agent.createdAt()))
                .put("updatedAt", Timestamps.write(agent.updatedAt()));
    }
}
