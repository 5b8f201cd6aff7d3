package io.kurir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Settings;
import io.kurir.db.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may act for a device, on a real PostgreSQL. */
class LeasesIT {
    private static final Duration TTL = Duration.ofMillis(1_200);
    private static final Settings.Lease RENEWING =
            new Settings.Lease(TTL, Duration.ofMillis(200), Duration.ofMillis(200));
    private static final Settings.Lease FORGETFUL =
            new Settings.Lease(TTL, Duration.ofHours(1), Duration.ofMillis(200));

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());

    /** Counts what it is told. */
    private static final class Counting implements Leases.Holder {
        final AtomicInteger renewals = new AtomicInteger();
        final AtomicInteger losses = new AtomicInteger();

        @Override
        public void renewed() {
            renewals.incrementAndGet();
        }

        @Override
        public void lost() {
            losses.incrementAndGet();
        }
    }

    @BeforeEach
    void device() throws Exception {
        get(pool.query("insert into device (device_id, owner_id, name) values ('device-1', 1, 'one')")
                .execute());
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    @Test
    void oneNodeOwnsADeviceAndTheNextHasAHigherEpoch() throws Exception {
        Leases one = leases("one", RENEWING);
        Leases two = leases("two", RENEWING);
        Leases.Held mine = acquire(one, new Counting()).orElseThrow();
        assertThat(mine.epoch()).isEqualTo(1);
        assertThat(acquire(two, new Counting())).isEmpty();
        assertThat(get(two.owner("device-1"))).contains("one");

        get(one.release(mine));
        assertThat(mine.remaining()).isZero();
        assertThat(acquire(two, new Counting()).orElseThrow().epoch()).isEqualTo(2);
    }

    @Test
    void aRenewedLeaseOutlivesItsTimeAndItsOwnerIsTold() throws Exception {
        Leases one = leases("one", RENEWING);
        Counting told = new Counting();
        Leases.Held mine = acquire(one, told).orElseThrow();
        await().until(() -> told.renewals.get() > 8); // 8 × 200 ms is longer than the time to live
        assertThat(mine.remaining()).isPositive();
        assertThat(acquire(leases("two", RENEWING), new Counting())).isEmpty();
        assertThat(told.losses).hasValue(0);
    }

    @Test
    void whatIsNotRenewedIsInDoubtBeforeAnybodyElseMayTakeIt() throws Exception {
        Leases.Held mine = acquire(leases("one", FORGETFUL), new Counting()).orElseThrow();
        long start = System.nanoTime();
        Leases two = leases("two", RENEWING);
        await().until(() -> mine.remaining().isZero());
        assertThat(acquire(two, new Counting())).isEmpty();
        Leases.Held theirs = await().pollInterval(Duration.ofMillis(50))
                .until(() -> acquire(two, new Counting()), Optional::isPresent)
                .orElseThrow();
        // unchanged for a whole time to live, as seen by the taker
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(TTL);
        assertThat(theirs.abandoned())
                .hasValueSatisfying(after -> assertThat(after).isGreaterThanOrEqualTo(TTL));
        assertThat(theirs.epoch()).isEqualTo(2);
    }

    @Test
    void anEarlierLifeOfTheSameNodeIsSucceededAtOnce() throws Exception {
        assertThat(acquire(leases("one", FORGETFUL), new Counting())
                        .orElseThrow()
                        .epoch())
                .isEqualTo(1);
        assertThat(acquire(leases("one", RENEWING), new Counting())
                        .orElseThrow()
                        .epoch())
                .isEqualTo(2);
    }

    @Test
    void anOwnerThatWasReplacedIsTold() throws Exception {
        Counting told = new Counting();
        Leases.Held mine = acquire(leases("one", RENEWING), told).orElseThrow();
        get(pool.query("update lease set epoch = epoch + 1, node = 'two'").execute());
        await().until(() -> told.losses.get() == 1);
        assertThat(mine.remaining()).isZero();
    }

    @Test
    void aDatabaseThatWasAwayMovesNothing() throws Exception {
        Counting told = new Counting();
        Leases.Held mine = acquire(leases("one", RENEWING), told).orElseThrow();
        Leases two = leases("two", RENEWING);
        await().until(() -> told.renewals.get() > 2);
        long start = System.nanoTime();
        // as good as away: neither a renewal nor a look is answered
        get(pool.withTransaction(connection -> connection
                .query("lock table lease in access exclusive mode")
                .execute()
                .compose(_ -> vertx.timer(TTL.toMillis() * 2, TimeUnit.MILLISECONDS))
                .onSuccess(_ -> assertThat(mine.remaining()).isZero())));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(TTL.multipliedBy(2));
        assertThat(acquire(two, new Counting())).isEmpty();
        await().until(() -> mine.remaining().isPositive());
        assertThat(get(two.owner("device-1"))).contains("one");
        assertThat(told.losses).hasValue(0);
    }

    @Test
    void aDatabaseWhoseClockJumpsMovesNothing() throws Exception {
        Counting told = new Counting();
        Leases.Held mine = acquire(leases("one", RENEWING), told).orElseThrow();
        Leases two = leases("two", RENEWING);
        for (String jump : new String[] {"-1 hour", "1 hour"}) {
            get(pool.query("update lease set expires_at = expires_at + interval '" + jump + "'")
                    .execute());
            assertThat(acquire(two, new Counting())).isEmpty();
        }
        int before = told.renewals.get();
        await().until(() -> told.renewals.get() > before + 8); // longer than the time to live
        assertThat(acquire(two, new Counting())).isEmpty();
        assertThat(mine.remaining()).isPositive();
    }

    private Leases leases(String node, Settings.Lease settings) {
        return new Leases(vertx, pool, node, settings);
    }

    private static Optional<Leases.Held> acquire(Leases leases, Leases.Holder holder) throws Exception {
        return get(leases.acquire("device-1", "1", holder));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
