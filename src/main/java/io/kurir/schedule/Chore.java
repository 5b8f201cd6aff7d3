package io.kurir.schedule;

import io.vertx.core.Future;
import java.time.Duration;

/**
 * Something that is to be done again and again, such as deleting what is old. {@link Chores} does it.
 *
 * @param name in the table {@code chore} and in metrics; {@code event-partitions}
 * @param every from the end of one run to the next one's begin; also the longest that a missed run waits after a start
 */
public record Chore(String name, Duration every, Where where, Work work) {

    public enum Where {
        /** By one node at a time, whichever claims it. */
        CLUSTER,
        /** By each node for itself: what lies on its own disk. */
        NODE
    }

    /**
     * Does a bounded portion and answers how many rows or files that were; it is called again at once until it answers 0. A portion must do no
     * harm when it runs on two nodes at once, and should take seconds: a long transaction holds back the readers of the event log.
     */
    @FunctionalInterface
    public interface Work {
        Future<Long> portion();
    }

    /** Once in the whole cluster. */
    public static Chore cluster(String name, Duration every, Work work) {
        return new Chore(name, every, Where.CLUSTER, work);
    }

    /** On every node. */
    public static Chore node(String name, Duration every, Work work) {
        return new Chore(name, every, Where.NODE, work);
    }
}
