package io.kurir.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A key for a machine, which acts for its user. The key itself is shown once and stored as a hash only.
 *
 * @param prefix how the key begins, for people to tell keys apart
 * @param deviceId the only device that the key reaches; empty: all of its user
 */
public record ApiKey(
        long id,
        String name,
        String prefix,
        Set<Caller.Scope> scopes,
        Optional<String> deviceId,
        Optional<Instant> expiresAt,
        Optional<Instant> lastUsedAt,
        Instant createdAt) {}
