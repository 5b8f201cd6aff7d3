package io.kurir;

import java.lang.management.ManagementFactory;

/** The memory of this machine, or of the container that we run in. */
final class Memory {
    private Memory() {}

    /** Bytes; the JVM knows the limit of its cgroup. */
    static long total() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }
}
