package io.kurir.whatsapp;

/** How far WhatsApp says that a message has come; the order is the order of progress and it only rises. */
public enum Ack {
    /** In the page's own store; WhatsApp's server has not said that it took it. */
    NONE(0),
    SERVER(1),
    DELIVERED(2),
    READ(3),
    PLAYED(4);

    private final int level;

    Ack(int level) {
        this.level = level;
    }

    /** WhatsApp's own number, also as stored. */
    public int level() {
        return level;
    }

    public static Ack of(int level) {
        for (Ack ack : values()) {
            if (ack.level == level) {
                return ack;
            }
        }
        throw new IllegalArgumentException("no ack has the level " + level);
    }

    public boolean reached(Ack other) {
        return level >= other.level;
    }
}
