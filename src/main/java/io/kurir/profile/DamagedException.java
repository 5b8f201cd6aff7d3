package io.kurir.profile;

import java.io.IOException;

/** A snapshot is not what was stored, or not all of it is there. */
public final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String how) {
        super("the snapshot is damaged: " + how);
    }
}
