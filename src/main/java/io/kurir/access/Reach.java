package io.kurir.access;

import java.util.Optional;
import java.util.Set;

/**
 * Which devices a caller can reach; every query of a feature carries it into SQL. Both empty: all devices.
 *
 * @param owner only this user's devices
 * @param devices only these (a device token, or a key limited to them); a set of none reaches nothing
 */
public record Reach(Optional<Long> owner, Optional<Set<String>> devices) {
    public static final Reach ALL = new Reach(Optional.empty(), Optional.empty());

    public Reach {
        devices = devices.map(Set::copyOf);
    }

    public boolean covers(long ownerId, String deviceId) {
        return owner.map(only -> only == ownerId).orElse(true)
                && devices.map(only -> only.contains(deviceId)).orElse(true);
    }

    /** The devices for SQL, where it says {@code $n::text[] is null or device_id = any ($n)}. */
    public Optional<String[]> deviceArray() {
        return devices.map(only -> only.toArray(String[]::new));
    }
}
