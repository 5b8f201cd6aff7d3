package io.kurir.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A key for a machine, which acts for its user. The key itself is shown once and stored as a hash only.
 *
 * @param prefix how the key begins, for people to tell keys apart
 * @param deviceIds the only devices that the key reaches; empty: all of its user. A set of none, whose devices are all deleted, reaches nothing
 */
public record ApiKey(
        long id,
        String name,
        String prefix,
        Set<Caller.Scope> scopes,
        Optional<Set<String>> deviceIds,
        Optional<Instant> expiresAt,
        Optional<Instant> lastUsedAt,
        Instant createdAt) {}
