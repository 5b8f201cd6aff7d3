package io.kurir.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.db.TestPostgres;
import io.kurir.message.ChatNames;
import io.kurir.statistics.Statistics.Counts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is counted as messages change is what a plain count of the messages finds, whatever happens to them, at once and in any time zone.
 * Over 300 lines: the random changes and the plain count are to be read together.
 */
class StatisticsIT {
    private static final int MESSAGES = 90;
    private static final int DAYS = 5;
    private static final List<String> CHATS =
            List.of("6281@c.us", "6282@c.us", "6283@lid", "6284@lid", "120@g.us", "0@c.us");
    // half hours, quarters, summer time at midnight, a day that was left out
    private static final List<String> ZONES = List.of(
            "Asia/Jakarta",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "America/Sao_Paulo",
            "Africa/Cairo",
            "Pacific/Apia",
            "Pacific/Chatham",
            "UTC");

    private static final String INCOMING = """
            insert into message (device_id, stanza_id, outgoing, chat, type, body, phase)
            values ('%s', gen_random_uuid()::text, false, '6281@c.us', 'chat', '', 'received')
            """;

    private static Vertx vertx;
    private static String url;
    private static Pool pool;
    private static StatisticsStore store;

    /** A message as the recount sees it. */
    private record Counted(String chat, String phase, Instant at) {}

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
        url = TestPostgres.freshUrl();
        pool = TestPostgres.pool(vertx, url);
        store = new StatisticsStore(pool);
    }

    @AfterAll
    static void close() throws Exception {
        get(vertx.close());
    }

    @Test
    void theDaysOfEveryZoneBeginWithAQuarterOfAnHour() {
        Instant since = Instant.parse("2009-01-01T00:00:00Z");
        for (String name : ZoneId.getAvailableZoneIds()) {
            ZoneId zone = ZoneId.of(name);
            Instant at = since;
            for (int i = 0; i < 100; i++) {
                assertThat(zone.getRules().getOffset(at).getTotalSeconds() % 900)
                        .as(name + " " + at)
                        .isZero();
                ZoneOffsetTransition next = zone.getRules().nextTransition(at);
                if (next == null) {
                    break;
                }
                at = next.getInstant();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void equalsARecount(long seed) throws Exception {
        Random random = new Random(seed);
        String device = "device-" + seed;
        execute("insert into device (device_id, owner_id, name) values ($1, 1, 'x')", device);
        ZoneId zone = ZoneId.of(ZONES.get((int) seed % ZONES.size()));
        LocalDate first = begin(random, zone);
        List<Future<Void>> happening = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            happening.add(message(random, device, "M" + i, moment(random, first, zone)));
        }
        settle(happening);
        same(device, first, zone);

        for (int i = 0; i < MESSAGES / 2; i++) {
            happening.add(mishap(random, device, moment(random, first, zone)));
        }
        settle(happening);
        same(device, first, zone);

        for (String lid : List.of("6283@lid", "6284@lid")) { // as when a number is learned: all of a chat at once
            happening.add(run("update message set chat = '6281@c.us' where device_id = $1 and chat = $2", device, lid));
            happening.add(message(random, device, "L" + lid, moment(random, first, zone)));
        }
        settle(happening);
        same(device, first, zone);
        // the device moves: nothing is counted again, and all is right
        for (String other : ZONES) {
            same(device, first, ZoneId.of(other));
        }
        get(run("delete from message where device_id = $1", device));
        assertThat(get(pool.preparedQuery("select * from chat_quarter where device_id = $1")
                                .execute(Tuple.of(device)))
                        .size())
                .isZero();
    }

    @Test
    void whatWasThereIsCountedOnceWhileMessagesComeAndGo() throws Exception {
        String count = script("/db/migration/V23__count_what_was_there.sql");
        String device = "counted";
        Random random = new Random(23);
        execute("insert into device (device_id, owner_id, name) values ($1, 1, 'x')", device);
        LocalDate first = LocalDate.parse("2026-01-05");
        List<Future<Void>> happening = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            happening.add(message(random, device, "M" + i, moment(random, first, ZoneOffset.UTC)));
        }
        settle(happening);
        for (int round = 0; round < 10; round++) {
            execute("delete from chat_quarter where device_id = $1", device); // as if the triggers had not been there
            for (int i = 0; i < 20; i++) {
                happening.add(mishap(random, device, moment(random, first, ZoneOffset.UTC)));
                if (i == 7) {
                    happening.add(pool.query(count).execute().mapEmpty());
                }
            }
            settle(happening);
            same(device, first, ZoneOffset.UTC);
        }
    }

    /** A node of the previous release, which sends while the schema is brought up to date. */
    @Test
    void whileOneDeviceIsCountedTheOthersGoOn() throws Exception {
        for (String device : List.of("busy", "other")) {
            execute("insert into device (device_id, owner_id, name) values ($1, 1, 'x')", device);
        }
        SqlConnection writer = get(pool.getConnection());
        Transaction open = get(writer.begin());
        get(writer.query(INCOMING.formatted("busy")).execute());
        Future<?> counting = pool.query(script("/db/migration/V23__count_what_was_there.sql"))
                .execute();
        await().until(() -> get(pool.query("select count(*) from pg_locks where locktype = 'advisory' and not granted")
                                .execute())
                        .iterator()
                        .next()
                        .getLong(0)
                > 0);

        get(pool.query(INCOMING.formatted("other")).execute());
        get(writer.query(INCOMING.formatted("busy")).execute());
        assertThat(counting.isComplete()).isFalse();
        get(open.commit());
        get(writer.close());
        get(counting);
        assertThat(text("select sum(incoming)::text from chat_quarter where device_id = $1", "busy"))
                .isEqualTo("2");
    }

    private static String script(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(StatisticsIT.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A quarter of an hour has four messages: three of them leave it with something to look for. */
    @Test
    void aChatIsRenamedInLinearTime() throws Exception {
        String device = "renamed";
        many(device, "6285@lid", 5_000);
        LocalDate first = LocalDate.parse("2026-01-05");

        long pages = StatisticsCost.pages(
                vertx, url, one -> new ChatNames(one).rename(device, Map.of("6285@lid", "6285@c.us")));

        assertThat(pages).isLessThan(5_000 * StatisticsCost.PAGES_PER_MESSAGE);
        assertThat(text("select string_agg(distinct chat, ' ') from message where device_id = $1", device))
                .isEqualTo("6285@c.us");
        same(device, first, ZoneOffset.UTC);
        assertThat(text("select string_agg(distinct chat, ' ') from chat_quarter where device_id = $1", device))
                .isEqualTo("6285@c.us");
    }

    /** One member's messages among those of others in each quarter of an hour. */
    @Test
    void aMemberOfAGroupIsErasedInLinearTime() throws Exception {
        String device = "member";
        many(device, "120@g.us", 5_000);

        long pages = StatisticsCost.pages(
                vertx,
                url,
                one -> one.preparedQuery("delete from message where device_id = $1 and id % 4 in (0, 1)")
                        .execute(Tuple.of(device)));

        assertThat(pages).isLessThan(5_000 * StatisticsCost.PAGES_PER_MESSAGE);
        same(device, LocalDate.parse("2026-01-05"), ZoneOffset.UTC);
    }

    /** Messages that came in, four per quarter of an hour. */
    private static void many(String device, String chat, int count) throws Exception {
        execute("insert into device (device_id, owner_id, name) values ($1, 1, 'x')", device);
        execute(
                "insert into message (device_id, stanza_id, outgoing, chat, type, body, phase, created_at)"
                        + " select $1, 'R' || i, i % 3 = 0, $2, 'chat', '', case when i % 3 = 0 then 'sent' else 'received' end,"
                        + " timestamptz '2026-01-01 00:00Z' + i * interval '225 seconds' from generate_series(1, $3::integer) i",
                device, chat, count);
    }

    private static String text(String sql, String device) throws Exception {
        return get(pool.preparedQuery(sql).execute(Tuple.of(device)))
                .iterator()
                .next()
                .getString(0);
    }

    /** A day on which the clocks change, or any other. */
    private static LocalDate begin(Random random, ZoneId zone) {
        Instant any = Instant.parse("2011-12-01T00:00:00Z").plus(Duration.ofDays(random.nextInt(4_000)));
        ZoneOffsetTransition next = zone.getRules().nextTransition(any);
        return LocalDate.ofInstant(next == null || random.nextInt(4) == 0 ? any : next.getInstant(), zone)
                .minusDays(2);
    }

    /** Anywhere in the days and a little beyond, and often close to where one begins or a quarter of an hour ends. */
    private static Instant moment(Random random, LocalDate first, ZoneId zone) {
        Instant border =
                first.plusDays(random.nextInt(DAYS + 1)).atStartOfDay(zone).toInstant();
        return switch (random.nextInt(4)) {
            case 0 -> border.plusSeconds(random.nextInt(5) - 2);
            case 1 -> border.plusSeconds(900L * random.nextInt(90) + random.nextInt(3) - 1);
            default -> border.plusSeconds(random.nextInt(86_400));
        };
    }

    private static Future<Void> message(Random random, String device, String id, Instant at) {
        String chat = CHATS.get(random.nextInt(CHATS.size()));
        if (random.nextBoolean()) {
            return run(
                    "insert into message (device_id, stanza_id, outgoing, chat, type, body, phase, sent_at, created_at)"
                            + " values ($1, $2, false, $3, 'chat', '', 'received', $4, $4)",
                    device,
                    id,
                    chat,
                    at.atOffset(ZoneOffset.UTC));
        }
        Future<Void> accepted = run(
                "insert into message (device_id, stanza_id, outgoing, chat, type, body, phase, created_at)"
                        + " values ($1, $2, true, $3, 'chat', '', 'queued', $4)",
                device,
                id,
                chat,
                at.minusSeconds(random.nextInt(100_000)).atOffset(ZoneOffset.UTC));
        String outcome =
                List.of("sent", "sent", "sent", "failed", "cancelled", "queued").get(random.nextInt(6));
        boolean fails = outcome.equals("failed");
        boolean late = fails && random.nextBoolean();
        Future<Void> ended = accepted.compose(_ -> outcome.equals("sent")
                ? acked(device, id, at)
                : run("update message set phase = $3 where device_id = $1 and stanza_id = $2", device, id, outcome));
        return late ? ended.compose(_ -> acked(device, id, at)) : ended;
    }

    /** As an ack does: it may be the second one, and come after a failure. */
    private static Future<Void> acked(String device, String id, Instant at) {
        return run(
                "update message set phase = 'sent', ack = ack + 1, sent_at = coalesce(sent_at, $3)"
                        + " where device_id = $1 and stanza_id = $2 and outgoing and ack < 3",
                device,
                id,
                at.atOffset(ZoneOffset.UTC));
    }

    /** What may happen to a message that is there. */
    private static Future<Void> mishap(Random random, String device, Instant at) {
        String id = "M" + random.nextInt(MESSAGES);
        return switch (random.nextInt(4)) {
            case 0 -> acked(device, id, at);
            case 1 -> run("delete from message where device_id = $1 and stanza_id = $2", device, id);
            case 2 ->
                run(
                        "update message set chat = '0@c.us', body = '' where device_id = $1 and stanza_id = $2",
                        device,
                        id);
            default -> message(random, device, "N" + random.nextLong(), at);
        };
    }

    private static void same(String device, LocalDate first, ZoneId zone) throws Exception {
        List<LocalDate> days =
                first.minusDays(1).datesUntil(first.plusDays(DAYS + 2L)).toList();
        StatisticsStore.Counted counted = get(store.days(
                device,
                days.stream().map(day -> Statistics.quarter(day, zone)).toList(),
                Statistics.quarter(days.getLast().plusDays(1), zone)));
        List<Counted> messages = messages(device);
        long[] pairs = new long[2];
        for (int i = 0; i < days.size(); i++) {
            Instant from = days.get(i).atStartOfDay(zone).toInstant();
            Instant until = days.get(i).plusDays(1).atStartOfDay(zone).toInstant();
            Counts expected = count(messages, from, until);
            pairs[0] += expected.incomingChats();
            pairs[1] += expected.answeredChats();
            assertThat(counted.days().getOrDefault(i, Counts.NONE))
                    .as(device + " " + days.get(i) + " " + zone)
                    .isEqualTo(expected);
        }
        Counts all = count(
                messages,
                days.getFirst().atStartOfDay(zone).toInstant(),
                days.getLast().plusDays(1).atStartOfDay(zone).toInstant());
        assertThat(counted.total())
                .isEqualTo(new Counts(
                        all.incoming(), all.outgoing(), all.failed(), all.activeChats(), pairs[0], pairs[1]));
    }

    private static Counts count(List<Counted> messages, Instant from, Instant until) {
        List<Counted> mine = messages.stream()
                .filter(each -> !each.at.isBefore(from) && each.at.isBefore(until))
                .toList();
        Set<String> active = new TreeSet<>();
        Set<String> incoming = new TreeSet<>();
        Set<String> answered = new TreeSet<>();
        for (Counted each : mine) {
            if (!each.phase.equals("failed")) {
                active.add(each.chat);
            }
            if (each.phase.equals("received")) {
                incoming.add(each.chat);
                messages.stream()
                        .filter(other -> other.phase.equals("sent") && other.chat.equals(each.chat))
                        .filter(other ->
                                !other.at.isBefore(each.at) && !other.at.isAfter(each.at.plus(Duration.ofHours(24))))
                        .forEach(_ -> answered.add(each.chat));
            }
        }
        return new Counts(
                of(mine, "received"),
                of(mine, "sent"),
                of(mine, "failed"),
                active.size(),
                incoming.size(),
                answered.size());
    }

    private static long of(List<Counted> messages, String phase) {
        return messages.stream().filter(each -> each.phase.equals(phase)).count();
    }

    private static List<Counted> messages(String device) throws Exception {
        List<Counted> messages = new ArrayList<>();
        for (Row row : get(
                pool.preparedQuery("select chat, phase, coalesce(sent_at, created_at) from message where device_id = $1"
                                + " and phase in ('sent', 'received', 'failed')")
                        .execute(Tuple.of(device)))) {
            messages.add(new Counted(
                    row.getString(0), row.getString(1), row.getOffsetDateTime(2).toInstant()));
        }
        return messages;
    }

    private static void execute(String sql, Object... arguments) throws Exception {
        get(run(sql, arguments));
    }

    private static Future<Void> run(String sql, Object... arguments) {
        return pool.preparedQuery(sql).execute(Tuple.from(arguments)).mapEmpty();
    }

    /** All of it went on at the same time, on eight connections. */
    private static void settle(List<Future<Void>> happening) throws Exception {
        get(Future.join(happening));
        happening.clear();
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
