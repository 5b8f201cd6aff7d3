package io.kurir.cluster;

/** The right to act for a device. A newer owner has a higher epoch; whatever carries an older one is refused. */
public record Lease(String deviceId, long epoch) {}
