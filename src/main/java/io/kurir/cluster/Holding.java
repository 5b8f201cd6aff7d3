package io.kurir.cluster;

import java.time.Instant;

/**
 * A lease as the table has it, for people to look at; times are the database's.
 *
 * @param epoch how often the device has changed hands
 * @param expiresAt unless it is renewed before
 * @param current false when it ran out and nobody has taken it yet
 */
public record Holding(
        String deviceId, String node, long epoch, Instant acquiredAt, Instant expiresAt, boolean current) {}
