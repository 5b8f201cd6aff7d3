package io.kurir.event;

import io.kurir.access.Reach;
import java.util.OptionalLong;
import java.util.Set;

/** The event log as a stream: what is stored already, then what comes, without a gap and without a repetition. */
public final class EventFeed {

    /** Which events a subscriber wants; empty sets want all. */
    public record Filter(Reach reach, Set<String> devices, Set<String> types) {}

    /** What a subscriber gets: events in order of position. */
    public interface Subscriber {
        /** Returns false when it cannot take more; the subscription ends and the caller resumes by position later. */
        boolean on(Event event);

        /** The position asked for is older than the log: the client must read the present state anew. */
        void reset();
    }

    /** Ends a subscription; idempotent. */
    public interface Subscription {
        void cancel();
    }

    /** Starts after {@code after}, or with what comes next when it is empty. May be called on any context. */
    public Subscription follow(Filter filter, OptionalLong after, Subscriber subscriber) {
        return () -> {};
    }
}
