package io.kurir.whatsapp;

/** How far WhatsApp says that a message has come; the order is the order of progress and it only rises. */
public enum Ack {
    /** In the page's own store; WhatsApp's server has not said that it took it. */
    NONE,
    SERVER,
    DELIVERED,
    READ,
    PLAYED;

    public boolean reached(Ack other) {
        return compareTo(other) >= 0;
    }
}
