package io.kurir.cluster;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a node has seen of the leases of others. A row that stayed the same for its whole ttl, by the watcher's own monotonic clock and while
 * PostgreSQL answered all along, has no owner that still believes in it: the last renewal was committed before the row was first
 * seen so, and its owner counts from before it asked for that.
 *
 * <p>No clock of its own, so that a model check can run it; not safe for several threads.
 */
final class Watch {
    /** A lease as it was read; {@code ttl} is what its owner counts with. */
    record Seen(String deviceId, long epoch, OffsetDateTime expiresAt, Duration ttl) {}

    private record Unchanged(Seen row, long sinceNanos) {}

    private final long longestGapNanos;
    private final Map<String, Unchanged> rows = new HashMap<>();
    private Optional<Long> lastAnswer = Optional.empty();

    /** @param longestGap between two looks; after a longer one PostgreSQL counts as having been away, and what was seen before proves nothing */
    Watch(Duration longestGap) {
        this.longestGapNanos = longestGap.toNanos();
    }

    /**
     * A look at all leases of others was answered.
     *
     * @param askedNanos when it was asked for
     * @param answeredNanos when the answer was there: from then on counts what it says
     */
    void saw(Collection<Seen> leases, long askedNanos, long answeredNanos) {
        boolean gap =
                lastAnswer.map(last -> askedNanos - last > longestGapNanos).orElse(true)
                        || answeredNanos - askedNanos > longestGapNanos;
        lastAnswer = Optional.of(answeredNanos);
        Map<String, Unchanged> before = gap ? Map.of() : Map.copyOf(rows);
        rows.clear();
        for (Seen lease : leases) {
            Optional<Unchanged> same = Optional.ofNullable(before.get(lease.deviceId()))
                    .filter(known -> known.row().equals(lease));
            rows.put(lease.deviceId(), same.orElseGet(() -> new Unchanged(lease, answeredNanos)));
        }
    }

    /** PostgreSQL did not answer. */
    void away() {
        rows.clear();
        lastAnswer = Optional.empty();
    }

    /** The row that may be taken now, provided that it is still the same. */
    Optional<Seen> abandoned(String deviceId, long nowNanos) {
        return Optional.ofNullable(rows.get(deviceId))
                .filter(known ->
                        nowNanos - known.sinceNanos() >= known.row().ttl().toNanos())
                .filter(_ -> fresh(nowNanos))
                .map(Unchanged::row);
    }

    /** How many may be taken now; by device. */
    Map<String, Seen> abandoned(long nowNanos) {
        Map<String, Seen> abandoned = new HashMap<>();
        rows.keySet().forEach(device -> abandoned(device, nowNanos).ifPresent(row -> abandoned.put(device, row)));
        return abandoned;
    }

    private boolean fresh(long nowNanos) {
        return lastAnswer.map(last -> nowNanos - last <= longestGapNanos).orElse(false);
    }
}
