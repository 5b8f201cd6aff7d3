package io.kurir.access;

import java.util.Optional;

/**
 * Which devices a caller can reach; every query of a feature carries it into SQL. Both empty: all devices.
 *
 * @param owner only this user's devices
 * @param device only this device (a device token, or a key limited to it)
 */
public record Reach(Optional<Long> owner, Optional<String> device) {
    public static final Reach ALL = new Reach(Optional.empty(), Optional.empty());
}
