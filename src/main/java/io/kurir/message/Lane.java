package io.kurir.message;

/**
 * Which queue of a chat a message waits in. Within one of the first two, the order of a chat is strict; items of a broadcast have none, their
 * batches take turns.
 *
 * <p>While more is ready than the budget lets go, each lane gets its share by weight: 16 of 21 sends are interactive, 4 scheduled, 1 of a
 * broadcast; what a lane does not need falls to the others. A fifth of the budget's burst is kept for the interactive lane while that lane
 * is in use, so that its next message finds a token at once, however large a broadcast is under way.
 */
public enum Lane {
    INTERACTIVE((short) 0, 16),
    SCHEDULED((short) 1, 4),
    BROADCAST((short) 2, 1);

    private final short number;
    private final int weight;

    Lane(short number, int weight) {
        this.number = number;
        this.weight = weight;
    }

    /** As stored. */
    short number() {
        return number;
    }

    int weight() {
        return weight;
    }

    static Lane of(int number) {
        return values()[number];
    }
}
