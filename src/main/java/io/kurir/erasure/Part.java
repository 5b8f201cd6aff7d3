package io.kurir.erasure;

import io.vertx.core.Future;
import java.util.Set;

/**
 * What one feature keeps of people and devices beyond messages, events and contacts. Given to {@link Erasure}, which asks its parts before it
 * deletes anything itself. Each deletes in portions of bounded size, each a transaction of its own, and may be called again after it was cut off.
 */
public interface Part {
    /** What the answer and the audit count: {@code scheduled}. */
    String name();

    /** Deletes or blanks what the person's device has of the person; answers how many rows that were. Counters must not break. */
    Future<Long> erase(Person person);

    /** Deletes what goes not by itself with the row of the device; answers how many rows. */
    Future<Long> eraseDevice(String deviceId);

    /** Which of these files it still needs for others; asked after it has erased. */
    default Future<Set<String>> needed(Set<String> hashes) {
        return Future.succeededFuture(Set.of());
    }
}
