package io.kurir.reporting;

import io.vertx.sqlclient.Pool;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;

/** How much there is of everything, for an admin. To be called on a virtual thread. */
public final class Overview {

    /**
     * How much there is.
     *
     * @param devices by state, as the others; what there is none of is absent
     * @param incoming today in {@code zone}, whatever zones the devices have; as the others
     */
    public record Counts(
            long users,
            Map<String, Long> devices,
            ZoneId zone,
            long incoming,
            long outgoing,
            long failed,
            Map<String, Long> queue,
            Map<String, Long> jobs) {}

    private final OverviewStore store;
    private final ZoneId zone;
    private final InstantSource clock;

    public Overview(Pool pool, ZoneId zone, InstantSource clock) {
        this.store = new OverviewStore(pool);
        this.zone = zone;
        this.clock = clock;
    }

    public Counts counts() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), zone);
        return store.counts(
                        zone,
                        today.atStartOfDay(zone).toInstant(),
                        today.plusDays(1).atStartOfDay(zone).toInstant())
                .await();
    }
}
