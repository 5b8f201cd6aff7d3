package io.kurir.access;

import io.kurir.http.Problem;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls, proven.
 *
 * @param name for the log and the audit: user name, or the key's prefix
 * @param loginId the login session of an access token; the event stream ends with it
 * @param keyId set for an API key
 * @param devices set for a device token, and for a key that is limited: the caller can act for these only
 */
public record Caller(
        long userId,
        Role role,
        String name,
        Set<Scope> scopes,
        Optional<Long> loginId,
        Optional<Long> keyId,
        Optional<Set<String>> devices) {

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

    /** Bound to devices, be they none any more. */
    public boolean limited() {
        return devices.isPresent();
    }

    /** An admin; not whoever holds a key that an admin made for some devices. */
    public boolean operator() {
        return role == Role.ADMIN && !limited();
    }

    /** Shows a device's own token; not an API key that is limited to devices. */
    public boolean bearsToken() {
        return limited() && keyId.isEmpty();
    }

    /** Set where the credential is bound to exactly one. */
    public Optional<String> onlyDevice() {
        return devices.filter(bound -> bound.size() == 1)
                .map(bound -> bound.iterator().next());
    }

    /**
     * The device that a new thing is for: the named one, else the only one that the caller is bound to; empty: all of the user's. {@code INVALID_PAYLOAD} where
     * the caller is bound to several and names none.
     */
    public Optional<String> about(Optional<String> named) {
        if (named.isPresent() || !limited()) {
            return named;
        }
        return Optional.of(
                onlyDevice().orElseThrow(() -> Problem.invalid("deviceId", "is missing: this key has not one device")));
    }

    /** Whose requests may be told of each other's answers: a key's devices may become fewer, so it goes by its number. */
    public String account() {
        if (!limited()) {
            return String.valueOf(userId);
        }
        return userId + "/" + keyId.map(id -> "key:" + id).or(this::onlyDevice).orElseThrow();
    }

    /** Nobody has been proven; see {@link Strangers}. */
    public boolean anonymous() {
        return loginId.isEmpty() && keyId.isEmpty() && !limited();
    }

    public Reach reach() {
        return new Reach(role == Role.ADMIN ? Optional.empty() : Optional.of(userId), devices);
    }
}
