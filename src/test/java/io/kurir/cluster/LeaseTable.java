package io.kurir.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The one row of {@code lease} that the model needs, with the conditions of {@link LeaseStore}'s statements; each call is a commit. */
final class LeaseTable {
    /** How a lease was taken. */
    enum Way {
        NEW,
        FREE,
        KEPT,
        OWN,
        WATCHED,
        /** Only by a flaw. */
        EXPIRED
    }

    private record Row(
            String node,
            long epoch,
            OffsetDateTime expiresAt,
            Duration ttl,
            Optional<String> reservedFor,
            OffsetDateTime reservedUntil) {
        boolean givenUp() {
            return expiresAt.equals(GIVEN_UP);
        }
    }

    record Acquired(LeaseStore.Taken taken, Way way) {}

    private static final OffsetDateTime GIVEN_UP = OffsetDateTime.MIN;

    private final String device;
    private final LongSupplier clock;
    private final Flaw flaw;
    private Optional<Row> row = Optional.empty();

    /** @param clock the database's, ns */
    LeaseTable(String device, LongSupplier clock, Flaw flaw) {
        this.device = device;
        this.clock = clock;
        this.flaw = flaw;
    }

    private OffsetDateTime in(Duration ahead) {
        return Instant.ofEpochSecond(2_000_000_000L)
                .plusNanos(clock.getAsLong())
                .plus(ahead)
                .atOffset(ZoneOffset.UTC);
    }

    Optional<Acquired> acquire(String node, Duration ttl, Optional<Watch.Seen> watched) {
        return way(node, watched).map(way -> {
            long epoch = row.map(Row::epoch).orElse(0L) + 1;
            row = Optional.of(new Row(node, epoch, in(ttl), ttl, Optional.empty(), GIVEN_UP));
            return new Acquired(new LeaseStore.Taken(new Lease(device, epoch), Optional.empty()), way);
        });
    }

    private Optional<Way> way(String node, Optional<Watch.Seen> watched) {
        if (row.isEmpty()) {
            return Optional.of(Way.NEW);
        }
        Row now = row.get();
        if (now.node().equals(node) && !now.givenUp()) {
            return Optional.of(Way.OWN);
        }
        if (now.givenUp()) {
            return now.reservedFor().filter(node::equals).isPresent()
                    ? Optional.of(Way.KEPT)
                    : Optional.of(Way.FREE)
                            .filter(_ -> now.reservedFor().isEmpty()
                                    || now.reservedUntil().isBefore(in(Duration.ZERO)));
        }
        if (flaw == Flaw.DATABASE_CLOCK && now.expiresAt().isBefore(in(Duration.ZERO))) {
            return Optional.of(Way.EXPIRED);
        }
        return watched.filter(seen -> flaw == Flaw.ROW_NOT_COMPARED
                        || (seen.epoch() == now.epoch() && seen.expiresAt().isEqual(now.expiresAt())))
                .map(_ -> Way.WATCHED);
    }

    List<Watch.Seen> others(String node, Duration ownTtl) {
        return row.filter(now -> !now.node().equals(node) && !now.givenUp()).stream()
                .map(now -> new Watch.Seen(
                        device, now.epoch(), now.expiresAt(), flaw == Flaw.TTL_OF_THE_TAKER ? ownTtl : now.ttl()))
                .toList();
    }

    List<Lease> renew(String node, Duration ttl, List<Lease> held) {
        return held.stream()
                .filter(lease -> row.filter(now -> !now.givenUp())
                        .filter(now -> flaw == Flaw.RENEWS_ANY_EPOCH
                                || (now.node().equals(node) && now.epoch() == lease.epoch()))
                        .isPresent())
                .peek(_ -> row = row.map(now ->
                        new Row(now.node(), now.epoch(), in(ttl), now.ttl(), now.reservedFor(), now.reservedUntil())))
                .toList();
    }

    boolean release(Lease lease, Optional<String> next, Duration kept) {
        boolean ours = row.filter(now -> flaw == Flaw.RELEASES_ANY_EPOCH || now.epoch() == lease.epoch())
                .isPresent();
        if (ours) {
            row = row.map(now -> new Row(now.node(), now.epoch(), GIVEN_UP, now.ttl(), next, in(kept)));
        }
        return ours;
    }
}
