package io.kurir.message;

import java.time.Duration;
import java.util.List;

/**
 * How much of a device's outbox may be claimed now, and of which lanes: the budget, the reserve and the lanes' weights together.
 *
 * <p>The weights are kept by start-time fair queueing. Each lane has a tag that advances by 1 ÷ weight with each message claimed from it, and the
 * lowest tag goes first; a lane that had nothing is put where the others are, it saves nothing up. The claim's statement continues the
 * tags within itself. Belongs to one context.
 */
final class Allowance {
    /** The interactive lane counts as in use for so long after its last message. */
    private static final Duration IN_USE = Duration.ofMinutes(10);

    /**
     * What one claim may take.
     *
     * @param limit messages
     * @param cold how many of them beyond the interactive lane; more only in their turn between interactive ones
     * @param tags of the lanes, in their order; infinite: nothing of that lane
     * @param afterBatch the batch that had the last turn
     */
    record Portion(int limit, int cold, List<Double> tags, long afterBatch) {

        Portion withoutBroadcasts() {
            return new Portion(limit, cold, List.of(tags.get(0), tags.get(1), Double.POSITIVE_INFINITY), afterBatch);
        }
    }

    private final Budget budget;
    private final double[] tags = new double[Lane.values().length];
    private double now;
    private long lastBatch;
    private long interactiveNanos;

    Allowance(Budget budget, long nowNanos) {
        this.budget = budget;
        this.interactiveNanos = nowNanos;
    }

    Portion next(int most, long nowNanos) {
        int limit = budget.available(most, nowNanos);
        boolean inUse = nowNanos - interactiveNanos < IN_USE.toNanos();
        int cold = inUse ? budget.beyondReserve(limit, nowNanos) : limit;
        return new Portion(limit, cold, List.of(tag(0), tag(1), tag(2)), lastBatch);
    }

    private double tag(int lane) {
        return Math.max(now, tags[lane]);
    }

    void took(Portion portion, List<OutboxStore.Claimed> claimed, long nowNanos) {
        budget.take(claimed.size());
        for (OutboxStore.Claimed one : claimed) {
            int lane = one.lane().number();
            tags[lane] = Math.max(tags[lane], portion.tags().get(lane))
                    + 1.0 / one.lane().weight();
            now = Math.max(now, tags[lane] - 1.0 / one.lane().weight());
            if (one.lane() == Lane.INTERACTIVE) {
                interactiveNanos = nowNanos;
            }
        }
        claimed.stream()
                .filter(one -> one.lane() == Lane.BROADCAST)
                .reduce((_, last) -> last)
                .ifPresent(last -> lastBatch = last.batch());
    }

    /** Whether there may be more beyond the interactive lane, which only the reserve holds back. */
    static boolean heldBack(Portion portion, List<OutboxStore.Claimed> claimed) {
        long cold =
                claimed.stream().filter(one -> one.lane() != Lane.INTERACTIVE).count();
        return portion.cold() < portion.limit() && cold >= portion.cold();
    }

    Duration untilNext(long nowNanos) {
        return budget.untilNext(nowNanos);
    }

    Duration untilCold(long nowNanos) {
        return budget.untilBeyondReserve(nowNanos);
    }
}
