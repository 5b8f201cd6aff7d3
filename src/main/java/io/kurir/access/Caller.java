package io.kurir.access;

import java.util.Optional;
import java.util.Set;

/**
 * Who calls, proven.
 *
 * @param name for the log and the audit: user name, or the key's prefix
 * @param loginId the login session of an access token; the event stream ends with it
 * @param keyId set for an API key
 * @param device set for a device token: the caller can act for this device only
 */
public record Caller(
        long userId,
        Role role,
        String name,
        Set<Scope> scopes,
        Optional<Long> loginId,
        Optional<Long> keyId,
        Optional<String> device) {

    public enum Role {
        ADMIN,
        USER
    }

    /** What an API key may do; a person may all that the role allows. */
    public enum Scope {
        READ,
        SEND,
        MANAGE,
        ADMIN
    }

    /** An admin; not whoever holds a key that an admin made for one device. */
    public boolean operator() {
        return role == Role.ADMIN && device.isEmpty();
    }

    /** Shows a device's own token; not an API key that is limited to a device. */
    public boolean bearsToken() {
        return device.isPresent() && keyId.isEmpty();
    }

    /** Nobody has been proven; see {@link Strangers}. */
    public boolean anonymous() {
        return loginId.isEmpty() && keyId.isEmpty() && device.isEmpty();
    }

    public Reach reach() {
        return new Reach(role == Role.ADMIN ? Optional.empty() : Optional.of(userId), device);
    }
}
