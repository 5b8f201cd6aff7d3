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
        Optional<Key> key,
        boolean enabled,
        String name,
        String prompt,
        JsonObject parameters,
        Optional<Integer> repliesPerMinute,
        Instant createdAt,
        Instant updatedAt) {

    /** What goes to the endpoint as a bearer. */
    public sealed interface Key {
        /** Has no text of its own, which must not get into a log. */
        record Open(String value) implements Key {
            @Override
            public String toString() {
                return "key";
            }
        }

        /** Sealed with a secret that is not known here: kept as it is until the secret is named again, or another key is set. */
        record Shut(String text) implements Key {}
    }

    static final String SHUT = "the agent's key is sealed with a secret that access.former-secrets does not name";

    /** Whether the agent can be called: false where it has a key that nobody can read. */
    public boolean keyReadable() {
        return !(key.orElse(null) instanceof Key.Shut);
    }

    /** Empty where there is none, or none that can be read. */
    public Optional<String> openKey() {
        return key.flatMap(each -> switch (each) {
            case Key.Open open -> Optional.of(open.value());
            case Key.Shut _ -> Optional.empty();
        });
    }

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
