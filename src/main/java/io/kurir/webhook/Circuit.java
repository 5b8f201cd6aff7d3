package io.kurir.webhook;

import io.kurir.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whether an endpoint is well. While it is down, only one call at a time finds out whether it still is, and no event has an attempt
 * counted against it.
 *
 * <pre>
 *            3 calls in a row that did not get through, or
 *            3 events in a row that were not taken                     giveUpAfter has passed
 *   closed ────────────────────────────────────────────────► open ─────────────────────────► disabled
 *     ▲ ▲                                                   │   │ ▲                             │
 *     │ └───────────── any call succeeded ──────────────────┘   └─┘ a probe failed:             │
 *     │                                                             the next one later          │
 *     └────────────────────── somebody enables the webhook ─────────────────────────────────────┘
 * </pre>
 *
 * One event that is not taken while others are does not open it: each success begins the count anew.
 *
 * @param unreachable calls in a row that did not get through
 * @param failing deliveries that were not taken since the last success, at most three
 * @param downSince empty: closed
 * @param probes failed ones since then
 * @param probeAt when the next may be made; only while open
 */
record Circuit(int unreachable, Set<Long> failing, Optional<Instant> downSince, int probes, Instant probeAt) {
    static final Circuit CLOSED = new Circuit(0, Set.of(), Optional.empty(), 0, Instant.EPOCH);
    private static final int IN_A_ROW = 3;
    private static final int LONGEST = 60; // times the first delay: 5 s become 5 min

    boolean open() {
        return downSince.isPresent();
    }

    /** After a call that failed; {@code probe}: it was let through although the circuit is open. */
    Circuit failed(Reply reply, long deliveryId, boolean probe, Instant now, Settings.Webhook settings) {
        if (open()) {
            int made = probe ? probes + 1 : probes;
            return new Circuit(
                    unreachable, failing, downSince, made, probe ? now.plus(delay(made, settings)) : probeAt);
        }
        Set<Long> events = new LinkedHashSet<>(failing);
        events.add(deliveryId);
        int away = reply.away() ? unreachable + 1 : 0;
        boolean opens = away >= IN_A_ROW || events.size() >= IN_A_ROW;
        return opens
                ? new Circuit(away, events, Optional.of(now), 0, now.plus(delay(0, settings)))
                : new Circuit(away, events, Optional.empty(), 0, Instant.EPOCH);
    }

    boolean exhausted(Instant now, Settings.Webhook settings) {
        return downSince
                .filter(since -> !since.plus(settings.giveUpAfter()).isAfter(now))
                .isPresent();
    }

    private static Duration delay(int probes, Settings.Webhook settings) {
        return settings.probeDelay().multipliedBy(Math.min(LONGEST, 1L << Math.min(probes, 10)));
    }
}
