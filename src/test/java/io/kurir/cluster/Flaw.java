package io.kurir.cluster;

/** A mistake that the protocol of {@link Leases} could have: the model check must find each of them. */
enum Flaw {
    NONE,
    /** An owner believes in its lease for the whole ttl: clocks run at different speeds, and what was sent in the last moment is still under way. */
    NO_MARGIN,
    /** A lease is free when it has expired by the database's clock. */
    DATABASE_CLOCK,
    /** A taker watches for its own ttl, not for that which the owner counts with. */
    TTL_OF_THE_TAKER,
    /** A taker does not look whether the row is still the one that it has watched. */
    ROW_NOT_COMPARED,
    /** What was seen before PostgreSQL was away still counts. */
    AWAY_IGNORED,
    /** The ttl is counted from the answer, not from before the request. */
    TRUST_FROM_THE_ANSWER,
    /** A renewal finds its row by the device alone, whoever has it at which epoch. */
    RENEWS_ANY_EPOCH,
    /** A lease is given up by the device alone. */
    RELEASES_ANY_EPOCH,
    /** A lease is given up while its page is being closed. */
    RELEASED_BEFORE_CLOSED,
    /** A node that finds that it has lost a lease may take it again while its page is being closed. */
    LOST_BEFORE_CLOSED,
    /** A page is told what remained before the clock was read: a process that stood still between the two grants that time anew. */
    CLOCK_READ_LATE,
    /** A node that was killed takes its leases again while browsers of its earlier life may still run. */
    BROWSER_LEFT,
    /** Pages look at the monotonic clock only, which stands still while a machine is suspended. */
    NO_WALL_CLOCK
}
