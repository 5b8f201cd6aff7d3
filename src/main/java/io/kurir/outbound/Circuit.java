package io.kurir.outbound;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whether an endpoint is well. While it is down, only one call at a time finds out whether it still is, and no piece of work has an attempt
 * counted against it.
 *
 * <pre>
 *            3 calls in a row that did not get through, or
 *            3 pieces in a row that were not taken                     its owner gives it up
 *   closed ────────────────────────────────────────────────► open ─────────────────────────► disabled
 *     ▲ ▲                                                   │   │ ▲                             │
 *     │ └───────────── any call succeeded ──────────────────┘   └─┘ a probe failed:             │
 *     │                                                             the next one later          │
 *     └────────────────────── somebody enables it again ────────────────────────────────────────┘
 * </pre>
 *
 * One piece that is not taken while others are does not open it: each success begins the count anew.
 *
 * @param unreachable calls in a row that did not get through
 * @param failing work that was not taken since the last success, by number, at most three
 * @param downSince empty: closed
 * @param probes failed ones since then
 * @param probeAt when the next may be made; only while open
 */
public record Circuit(int unreachable, Set<Long> failing, Optional<Instant> downSince, int probes, Instant probeAt) {
    public static final Circuit CLOSED = new Circuit(0, Set.of(), Optional.empty(), 0, Instant.EPOCH);
    private static final int IN_A_ROW = 3;
    private static final int LONGEST = 60; // times the first delay: 5 s become 5 min

    public boolean open() {
        return downSince.isPresent();
    }

    /**
     * After a call that failed.
     *
     * @param gone nobody was there who could have taken it
     * @param work what the call was made for
     * @param probe it was let through although the circuit is open
     * @param probeDelay between the first probes
     */
    public Circuit failed(boolean gone, long work, boolean probe, Instant now, Duration probeDelay) {
        if (open()) {
            int made = probe ? probes + 1 : probes;
            return new Circuit(
                    unreachable, failing, downSince, made, probe ? now.plus(delay(made, probeDelay)) : probeAt);
        }
        Set<Long> pieces = new LinkedHashSet<>(failing);
        pieces.add(work);
        int away = gone ? unreachable + 1 : 0;
        boolean opens = away >= IN_A_ROW || pieces.size() >= IN_A_ROW;
        return opens
                ? new Circuit(away, pieces, Optional.of(now), 0, now.plus(delay(0, probeDelay)))
                : new Circuit(away, pieces, Optional.empty(), 0, Instant.EPOCH);
    }

    /** Whether it has been open for so long. */
    public boolean exhausted(Instant now, Duration giveUpAfter) {
        return downSince.filter(since -> !since.plus(giveUpAfter).isAfter(now)).isPresent();
    }

    private static Duration delay(int probes, Duration probeDelay) {
        return probeDelay.multipliedBy(Math.min(LONGEST, 1L << Math.min(probes, 10)));
    }
}
