package io.kurir.bus;

/** A name on the bus with the record that goes there and the one that comes back ({@link Void} for none). */
public record Address<C, R>(String name, Class<C> command, Class<R> reply) {}
