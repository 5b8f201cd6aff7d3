package io.kurir.message;

/** Which queue of a chat a message waits in; within one, order is strict, and a lower number goes first. */
public enum Lane {
    INTERACTIVE((short) 0),
    SCHEDULED((short) 1),
    BROADCAST((short) 2);

    private final short number;

    Lane(short number) {
        this.number = number;
    }

    /** As stored. */
    short number() {
        return number;
    }
}
