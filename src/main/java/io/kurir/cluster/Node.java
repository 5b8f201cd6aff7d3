package io.kurir.cluster;

import io.kurir.Settings.Role;
import java.time.Instant;
import java.util.Set;

/**
 * A node as it says of itself every few seconds.
 *
 * @param alive it said so within a lease's time
 * @param devices whose leases it holds
 * @param memory bytes that its browsers used when it last looked
 * @param budget bytes that they may use
 */
public record Node(
        String name,
        String version,
        Set<Role> roles,
        boolean alive,
        boolean draining,
        int devices,
        long memory,
        long budget,
        Instant startedAt,
        Instant seenAt) {

    /** What a device costs before there is anything to measure by; bytes. */
    private static final long DEVICE = 60L << 20;

    /** Whether a device may be given to it. */
    public boolean takes() {
        return alive && !draining && roles.contains(Role.WORKER) && load(1) <= 1;
    }

    /** The share of its budget that it would use with so many more devices. */
    double load(int more) {
        long known = Math.max(memory, (long) devices * DEVICE);
        return (known + (double) more * DEVICE) / Math.max(1, budget);
    }

    /** As it will be with so many more devices, by its memory too: else the emptiest node would stay so and be given all of a dead one's. */
    Node with(int more) {
        return new Node(
                name,
                version,
                roles,
                alive,
                draining,
                devices + more,
                memory + more * DEVICE,
                budget,
                startedAt,
                seenAt);
    }
}
