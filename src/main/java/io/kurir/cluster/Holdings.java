package io.kurir.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What a node holds and what it has seen of the leases of others: every decision of {@link Leases}, without its timers and its database, so that
 * the model check runs the same code with clocks of its own.
 *
 * <p>The maps may be read from any thread; renewals and looks are settled on one.
 */
final class Holdings {
    /** A machine's two clocks: the monotonic one, ns, and the wall clock, ms. */
    record Clocks(LongSupplier nanos, LongSupplier millis) {
        static final Clocks SYSTEM = new Clocks(System::nanoTime, System::currentTimeMillis);
    }

    /** A renewal that is on its way, and for how long it is trusted once it has succeeded. */
    record Renewal(List<Leases.Held> asked, Trust trust) {
        List<Lease> leases() {
            return asked.stream().map(Leases.Held::lease).toList();
        }
    }

    private final Duration ttl;
    private final Duration margin;
    private final Clocks clocks;
    private final Watch watch;
    private final Map<String, Leases.Held> held = new ConcurrentHashMap<>();
    private volatile Map<String, Watch.Seen> abandoned = Map.of();

    Holdings(Duration ttl, Duration margin, Watch watch, Clocks clocks) {
        this.ttl = ttl;
        this.margin = margin;
        this.watch = watch;
        this.clocks = clocks;
    }

    /** To be called before the request that takes or renews: what the way there and back takes is not trusted. */
    Trust trustFromNow() {
        return Trust.from(clocks.nanos().getAsLong(), clocks.millis().getAsLong(), ttl, margin);
    }

    Leases.Held took(LeaseStore.Taken taken, Leases.Holder holder, Trust trust) {
        Leases.Held mine = new Leases.Held(taken, holder, trust, clocks);
        held.put(taken.lease().deviceId(), mine);
        return mine;
    }

    void gaveUp(Leases.Held mine) {
        held.remove(mine.lease().deviceId(), mine);
        mine.trust(Trust.NONE);
    }

    int count() {
        return held.size();
    }

    Renewal renewal() {
        return new Renewal(List.copyOf(held.values()), trustFromNow());
    }

    /** {@code still}: those of the asked that are ours. */
    void settle(Renewal renewal, Collection<Lease> still) {
        Set<Lease> renewed = new HashSet<>(still);
        for (Leases.Held mine : renewal.asked()) {
            if (held.get(mine.lease().deviceId()) != mine) {
                continue; // released meanwhile
            }
            if (renewed.contains(mine.lease())) {
                mine.trust(renewal.trust());
                mine.holder().renewed();
            } else {
                gaveUp(mine);
                mine.holder().lost();
            }
        }
    }

    /** @param asked the monotonic clock when the look was asked for */
    void saw(Collection<Watch.Seen> others, long asked) {
        long now = clocks.nanos().getAsLong();
        watch.saw(others, asked, now);
        abandoned = watch.abandoned(now);
    }

    /** PostgreSQL did not answer: what was seen before proves nothing any more. */
    void away() {
        watch.away();
        abandoned = Map.of();
    }

    /** Devices whose owner is gone. */
    Set<String> abandoned() {
        return abandoned.keySet();
    }

    /** The row that may be taken, provided that it is still the same. */
    Optional<Watch.Seen> abandoned(String deviceId) {
        return Optional.ofNullable(abandoned.get(deviceId));
    }

    long oldestAgeMillis() {
        long trusted = ttl.minus(margin).toNanos();
        long now = clocks.nanos().getAsLong();
        return held.values().stream()
                .mapToLong(mine ->
                        TimeUnit.NANOSECONDS.toMillis(now - (mine.trust().untilNanos() - trusted)))
                .max()
                .orElse(0);
    }
}
