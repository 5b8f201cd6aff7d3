package io.kurir.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.db.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Chores on a real PostgreSQL, done by two nodes that know nothing of each other. */
class ChoresIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Chores.Timing FAST =
            new Chores.Timing(Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofMillis(200));

    private final Vertx vertx = Vertx.vertx();
    private final Vertx other = Vertx.vertx();
    private final String url = TestPostgres.freshUrl();
    private final Pool pool = TestPostgres.pool(vertx, url);
    private final Pool otherPool = TestPostgres.pool(other, url);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
        get(other.close());
    }

    @Test
    void aChoreOfTheClusterRunsOnceHoweverManyNodesThereAre() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger ownRuns = new AtomicInteger();
        List<Chore> chores = List.of(
                Chore.cluster("sweep", HOUR, () -> {
                    runs.incrementAndGet();
                    return Future.succeededFuture(0L);
                }),
                Chore.node("own", HOUR, () -> {
                    ownRuns.incrementAndGet();
                    return Future.succeededFuture(0L);
                }));
        get(vertx.deployVerticle(new Chores(pool, meters, chores, FAST)));
        get(other.deployVerticle(new Chores(otherPool, meters, chores, FAST)));
        await().atMost(PATIENCE).until(() -> ownRuns.get() == 2 && done("sweep"));
        await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(() -> runs.get() == 1);
        assertThat(ownRuns).hasValue(2);

        get(pool.query("update chore set due_at = clock_timestamp() - interval '1 second'")
                .execute());
        await().atMost(PATIENCE).until(() -> runs.get() == 2);
        assertThat(meters.get("kurir.chore.duration")
                        .tag("chore", "sweep")
                        .timer()
                        .count())
                .isPositive();
        assertThat(meters.get("kurir.chore.last.run.seconds")
                        .tag("chore", "sweep")
                        .gauge()
                        .value())
                .isPositive();
    }

    @Test
    void workIsDoneInPortionsUntilThereIsNoneLeftAndTheSumIsWrittenDown() throws Exception {
        AtomicInteger left = new AtomicInteger(5);
        get(vertx.deployVerticle(new Chores(
                pool,
                meters,
                List.of(Chore.cluster(
                        "portions", HOUR, () -> Future.succeededFuture(left.getAndDecrement() > 0 ? 100L : 0L))),
                FAST)));
        await().atMost(PATIENCE).until(() -> done("portions"));
        assertThat(row("portions").getLong("last_count")).isEqualTo(500);
        assertThat(row("portions").getString("claimed_by")).isNull();
    }

    /** A claimant that dies says nothing more: its claim is taken over when it has run out, and not before. */
    @Test
    void aClaimantThatDiesIsReplaced() throws Exception {
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        get(vertx.deployVerticle(new Chores(
                pool,
                meters,
                List.of(Chore.cluster("sweep", HOUR, () -> {
                    first.incrementAndGet();
                    return Promise.<Long>promise().future(); // never done
                })),
                FAST)));
        await().atMost(PATIENCE).until(() -> first.get() == 1);
        get(other.deployVerticle(new Chores(
                otherPool,
                meters,
                List.of(Chore.cluster("sweep", HOUR, () -> {
                    second.incrementAndGet();
                    return Future.succeededFuture(0L);
                })),
                FAST)));
        // it lives and renews: nobody else may have it, also when its first claim has long run out
        await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> second.get() == 0);
        get(pool.close()); // as dead as can be: it renews nothing and releases nothing
        await().atMost(PATIENCE).until(() -> second.get() == 1);
        assertThat(first).hasValue(1);
    }

    @Test
    void whatFailsIsTriedAgainAndCounted() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        get(vertx.deployVerticle(new Chores(
                pool,
                meters,
                List.of(Chore.cluster("shaky", HOUR, () -> {
                    if (runs.incrementAndGet() < 3) {
                        throw new IllegalStateException("not now");
                    }
                    return Future.succeededFuture(0L);
                })),
                FAST)));
        await().atMost(PATIENCE).until(() -> runs.get() == 3 && done("shaky"));
        assertThat(row("shaky").getString("last_failure")).isNull();
        assertThat(meters.get("kurir.chore.failures")
                        .tag("chore", "shaky")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    private boolean done(String name) throws Exception {
        Row row = row(name);
        return row.getValue("last_at") != null && row.getValue("claimed_by") == null && row.getInteger("failures") == 0;
    }

    private Row row(String name) throws Exception {
        return get(otherPool
                        .query("select * from chore where name = '" + name + "'")
                        .execute())
                .iterator()
                .next();
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
