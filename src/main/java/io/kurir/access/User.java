package io.kurir.access;

import java.time.Instant;
import java.util.Optional;

/** A person with a role; never carries the password's hash. */
public record User(
        long id,
        String email,
        String username,
        Optional<String> fullName,
        Caller.Role role,
        Instant createdAt,
        Optional<Instant> lastLoginAt) {}
