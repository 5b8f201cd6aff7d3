package io.kurir.whatsapp;

import java.util.Optional;

/** A page's state at one moment, read rather than told. {@code synced}: what was queued while it was away has arrived. */
public record PageStatus(
        boolean linked, boolean connected, boolean synced, Optional<Identity> me, Optional<String> qr) {}
