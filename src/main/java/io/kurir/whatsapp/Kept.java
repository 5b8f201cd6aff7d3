package io.kurir.whatsapp;

import java.util.OptionalLong;

/** What lies of a device's profile where a browser can open it, judged by the last opening that was written down. */
public sealed interface Kept {
    /** Of a profile that came by hand, by {@code kurir profile import} or {@code kurir link}: older than every epoch, and the present one. */
    long IMPORTED = 0;

    /** Nothing: the device was never linked, or its profile lies where this node does not see it. */
    record None() implements Kept {}

    /** The profile that was opened last. {@code epoch}: its generation. */
    record Current(long epoch) implements Kept {}

    /** Of {@code epoch}, and a later one was opened since, elsewhere: what it does not know breaks conversations. */
    record Stale(long epoch) implements Kept {}

    /**
     * A generation newer than {@code opened} was claimed for an opening that did not come about: nothing has changed in it.
     *
     * @param newest the epoch of the newest generation that was found
     * @param opened the epoch of the last opening that was written down; 0 for none
     */
    static Kept of(OptionalLong newest, long opened) {
        if (newest.isEmpty()) {
            return new None();
        }
        long found = newest.getAsLong();
        return found == IMPORTED || found >= opened ? new Current(found) : new Stale(found);
    }
}
