package io.kurir.session;

import io.kurir.http.Dialect;
import java.time.Instant;
import java.util.Optional;

/**
 * A WhatsApp account that is, or will be, linked.
 *
 * @param phone digits of the linked account's number
 * @param linked whether a profile with a link is kept
 * @param wanted whether the device is to be kept running; a restart of the node brings it back
 * @param attempts failed tries in a row to connect
 * @param proxyServer what its browser goes through; the password is for the worker that starts the browser, and for nobody else
 * @param timezone an IANA name; empty: the settings'
 * @param country two capital letters; empty: the settings'
 * @param dialect in whose words it was made
 * @param externalId what its clients of that dialect call it, where they made it
 * @param number for clients that want one; nothing is found by it
 */
public record Device(
        String deviceId,
        String name,
        long ownerId,
        DeviceState state,
        String stateReason,
        Optional<String> phone,
        Optional<String> lid,
        Optional<String> pushName,
        boolean linked,
        boolean wanted,
        int attempts,
        Optional<String> node,
        Optional<Instant> lastSeen,
        Instant createdAt,
        Instant updatedAt,
        Optional<String> proxyServer,
        Optional<String> proxyUsername,
        Optional<String> timezone,
        Optional<String> country,
        Dialect dialect,
        Optional<String> externalId,
        long number) {

    /** What clients of a dialect call it. */
    public String idIn(Dialect spoken) {
        return externalId.filter(_ -> spoken == dialect).orElse(deviceId);
    }
}
