package io.kurir.access;

import io.kurir.http.Problem;
import io.vertx.sqlclient.Pool;
import java.time.Instant;

/**
 * Tokens of devices: who shows one acts for its device alone, with all that its owner may do with it. Each device has at most one; several devices may
 * have the same. Kept as hashes only. A change counts at once on this node and within 5 seconds on the others. To be called on a virtual thread.
 */
public final class DeviceTokens {

    /** A new token; {@code secret} is not shown again. */
    public record Issued(String deviceId, String secret, String prefix, Instant createdAt) {}

    private final DeviceTokenStore store;
    private final Authenticator authenticator;

    public DeviceTokens(Pool pool, Authenticator authenticator) {
        this.store = new DeviceTokenStore(pool);
        this.authenticator = authenticator;
    }

    /** Makes one up, in place of what the device has. {@code SESSION_NOT_FOUND} when there is no such device. */
    public Issued issue(Caller maker, String deviceId) {
        return set(maker, deviceId, Secrets.deviceToken());
    }

    /** Likewise, with a text that somebody chose. */
    public Issued set(Caller maker, String deviceId, String secret) {
        requireMaker(maker);
        String prefix = Secrets.prefix(secret);
        Instant createdAt =
                store.set(deviceId, Secrets.hash(secret), prefix).orElseThrow(() -> DeviceTokens.unknown(deviceId));
        authenticator.forgetDeviceTokens();
        return new Issued(deviceId, secret, prefix, createdAt);
    }

    /** {@code FORBIDDEN} when a token could do more than its maker; strangers, where they are let in, may give one to the agents that they make. */
    public static void requireMaker(Caller maker) {
        if (!maker.anonymous() && !maker.scopes().containsAll(Authenticator.USERS)) {
            throw Problem.of(Problem.Code.FORBIDDEN, "A token can do no more than who makes it");
        }
    }

    public boolean has(String deviceId) {
        return store.has(deviceId);
    }

    /** Of a device that was deleted, on this node at once. */
    public void forget() {
        authenticator.forgetDeviceTokens();
    }

    /** Gives a device the token of another one; false, and nothing changed, where that one has none. */
    public boolean copy(Caller maker, String from, String to) {
        requireMaker(maker);
        boolean copied = store.copy(from, to);
        authenticator.forgetDeviceTokens();
        return copied;
    }

    /** False when it has none; {@code SESSION_NOT_FOUND} when there is no such device. */
    public boolean revoke(String deviceId) {
        boolean revoked = store.revoke(deviceId);
        if (!revoked && !store.deviceExists(deviceId)) {
            throw unknown(deviceId);
        }
        authenticator.forgetDeviceTokens();
        return revoked;
    }

    private static Problem unknown(String deviceId) {
        return Problem.of(Problem.Code.SESSION_NOT_FOUND, "no device " + deviceId);
    }
}
