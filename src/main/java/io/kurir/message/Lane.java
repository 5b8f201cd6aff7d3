package io.kurir.message;

/** Which queue of a chat a message waits in; within one, order is strict. Stored by its ordinal. */
public enum Lane {
    INTERACTIVE,
    SCHEDULED,
    BROADCAST
}
