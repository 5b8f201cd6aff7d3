package io.kurir.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.access.Reach;
import io.kurir.bus.Bus;
import io.kurir.db.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log as a stream, on a real PostgreSQL: nothing is skipped, nothing comes twice. */
class EventLogIT {
    private static final String HAPPEN = """
            with happened as (
                select n as ord, $2 as type, jsonb_build_object('n', n) as data from generate_series(1, $3::int) n
            ), %s
            select count(*) from happened
            """.formatted(EventLog.APPEND);

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());
    private final Bus bus = new Bus(vertx);
    private final EventLog log = new EventLog(pool, bus);
    private final EventFeed feed = new EventFeed(vertx, pool, bus, Duration.ofMillis(100));

    /** Keeps what it gets. */
    private static final class Keeping implements EventFeed.Subscriber {
        final List<Event> events = new CopyOnWriteArrayList<>();
        volatile boolean reset;

        @Override
        public boolean on(Event event) {
            events.add(event);
            return true;
        }

        @Override
        public void reset() {
            reset = true;
        }

        @Override
        public void lost() {
            throw new AssertionError("the log could be read");
        }

        List<String> types() {
            return events.stream().map(Event::type).toList();
        }
    }

    @BeforeEach
    void devices() throws Exception {
        get(log.maintain(Duration.ofDays(30)));
        for (String device : List.of("one", "two")) {
            get(pool.preparedQuery("insert into device (device_id, owner_id, name) values ($1, $2, $1)")
                    .execute(Tuple.of(device, device.equals("one") ? 1L : 2L)));
            get(pool.preparedQuery("insert into event_counter (device_id) values ($1)")
                    .execute(Tuple.of(device)));
        }
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    @Test
    void anEventThatIsCommittedLateIsNotSkipped() throws Exception {
        Keeping all = follow(Reach.ALL, OptionalLong.of(0));
        SqlConnection slow = get(pool.getConnection());
        Transaction open = get(slow.begin());
        happen(slow, "one", "begun first, committed last", 1);
        happen(pool, "two", "committed meanwhile", 1);
        log.told("two");
        // the later one waits for the one that began before it, else its reader would pass the other by
        await().during(Duration.ofMillis(400)).until(all.events::isEmpty);
        get(open.commit());
        log.told("one");
        await().until(() -> all.events.size() == 2);
        assertThat(all.types()).containsExactly("begun first, committed last", "committed meanwhile");
    }

    @Test
    void whatIsRolledBackLeavesNoGapInTheDevicesCounter() throws Exception {
        Keeping all = follow(Reach.ALL, OptionalLong.of(0));
        happen(pool, "one", "kept", 2);
        SqlConnection connection = get(pool.getConnection());
        Transaction undone = get(connection.begin());
        happen(connection, "one", "undone", 3);
        get(undone.rollback());
        get(connection.close());
        happen(pool, "one", "kept too", 2);
        await().until(() -> all.events.size() == 4);
        assertThat(all.events).extracting(Event::seq).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void whoStartsInThePastCatchesUpAndGoesOnWithoutRepetition() throws Exception {
        happen(pool, "one", "before", 1_200); // more than a page
        Keeping first = follow(Reach.ALL, OptionalLong.of(0));
        happen(pool, "one", "after", 300);
        log.told("one");
        await().until(() -> first.events.size() == 1_500);
        long middle = first.events.get(700).position().orElseThrow();
        Keeping second = follow(Reach.ALL, OptionalLong.of(middle));
        await().until(() -> second.events.size() == 799);
        assertThat(second.events).extracting(Event::seq).isSorted().doesNotHaveDuplicates();
        assertThat(first.events).extracting(Event::seq).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aReachSeesItsOwnDevicesOnly() throws Exception {
        Keeping mine = follow(new Reach(java.util.Optional.of(2L), java.util.Optional.empty()), OptionalLong.of(0));
        Keeping all = follow(Reach.ALL, OptionalLong.of(0));
        happen(pool, "one", "not mine", 1);
        happen(pool, "two", "mine", 1);
        log.told("two");
        await().until(() -> all.events.size() == 2 && mine.events.size() == 1);
        assertThat(mine.types()).containsExactly("mine");
    }

    @Test
    void whoAsksForWhatWasDroppedIsTold() throws Exception {
        get(pool.query(
                        "create table event_20200101 partition of event for values from ('2020-01-01') to ('2020-01-02')")
                .execute());
        get(pool.query("insert into event values (77, 'one', 1, 1, 'old', '2020-01-01', '{}')")
                .execute());
        get(log.maintain(Duration.ofDays(30)));
        assertThat(follow(Reach.ALL, OptionalLong.of(76))).satisfies(late -> await().until(() -> late.reset));
        Keeping inTime = follow(Reach.ALL, OptionalLong.of(77));
        happen(pool, "one", "new", 1);
        log.told("one");
        await().until(() -> inTime.events.size() == 1);
        assertThat(inTime.reset).isFalse();
    }

    private Keeping follow(Reach reach, OptionalLong after) {
        Keeping keeping = new Keeping();
        feed.follow(new EventFeed.Filter(reach, Set.of(), Set.of()), after, keeping);
        return keeping;
    }

    private static void happen(SqlClient client, String device, String type, int times) throws Exception {
        get(client.preparedQuery(HAPPEN).execute(Tuple.of(device, type, times)));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
