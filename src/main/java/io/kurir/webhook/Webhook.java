package io.kurir.webhook;

import io.kurir.outbound.Circuit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A subscription.
 *
 * @param deviceId empty: all devices of the owner
 * @param allOwners an admin's: devices of others too
 * @param events types; empty: all
 * @param downReason why its endpoint counts as down, while it does
 * @param disabledReason empty unless it was not a person who disabled it
 */
record Webhook(
        String id,
        long ownerId,
        Optional<String> deviceId,
        boolean allOwners,
        List<String> events,
        Endpoint endpoint,
        boolean enabled,
        Circuit circuit,
        String downReason,
        String disabledReason,
        Instant createdAt,
        Instant updatedAt) {

    /**
     * What is called, and how.
     *
     * @param headers of the owner's
     * @param previous the secret before a rotation, while it still signs
     * @param previousUntil how long it does
     */
    record Endpoint(
            String url,
            Map<String, String> headers,
            String secret,
            Optional<String> previous,
            Optional<Instant> previousUntil,
            Duration timeout) {
        @Override
        public String toString() {
            return url;
        }
    }
}
