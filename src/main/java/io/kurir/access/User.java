package io.kurir.access;

import java.time.Instant;
import java.util.Optional;

/** A person with a role; never carries the password's hash. Who is not active is not let in, nor what acts for that person. */
public record User(
        long id,
        String email,
        String username,
        Optional<String> fullName,
        Caller.Role role,
        boolean active,
        Instant createdAt,
        Optional<Instant> lastLoginAt) {}
