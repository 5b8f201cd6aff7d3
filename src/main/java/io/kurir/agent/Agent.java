package io.kurir.agent;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * The AI that answers for a device.
 *
 * @param agentId what its default endpoint is named by
 * @param endpointUrl empty: the default
 * @param key goes to the endpoint as a bearer; not to be shown
 * @param prompt goes to the endpoint with each message; may be empty
 * @param parameters likewise
 * @param repliesPerMinute in one chat; empty: as configured
 */
public record Agent(
        String deviceId,
        String agentId,
        Optional<String> endpointUrl,
        Optional<String> key,
        boolean enabled,
        String name,
        String prompt,
        JsonObject parameters,
        Optional<Integer> repliesPerMinute,
        Instant createdAt,
        Instant updatedAt) {

    static Agent fresh(String deviceId) {
        return new Agent(
                deviceId,
                deviceId,
                Optional.empty(),
                Optional.empty(),
                true,
                "",
                "",
                new JsonObject(),
                Optional.empty(),
                Instant.EPOCH,
                Instant.EPOCH);
    }

    /** Without the key, which must not get into a log. */
    @Override
    public String toString() {
        return "agent " + agentId + " of " + deviceId;
    }
}
