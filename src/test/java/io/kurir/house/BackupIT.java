package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.backup.Backup;
import io.kurir.db.Database;
import io.kurir.db.Schema;
import io.kurir.db.TestPostgres;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.message.Fence;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A used installation in one file, and what comes out of it on another database server. */
class BackupIT {
    private static final String PASSPHRASE = "a passphrase for the tests";
    private static final Map<String, String> SECRET =
            Map.of("JWT_SECRET", "a secret of at least thirty-two characters");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** What a restore changes on purpose. */
    private static final Set<String> OTHER = Set.of("lease", "fence", "flyway_schema_history");

    private static final Vertx VERTX = Vertx.vertx();

    @TempDir
    static Path folder;

    private static Path file;
    private static Map<String, String> before;
    private static long highest;

    /** The old installation: used, backed up while it runs, stopped, backed up again. */
    @BeforeAll
    static void backUp() throws Exception {
        Path data = folder.resolve("old");
        FakeHouse house = new FakeHouse(data, SECRET);
        // far ahead of any fresh server
        FakeHouse.get(house.pool
                .query("do $$ begin for i in 1..20000 loop perform pg_current_xact_id(); commit; end loop; end $$")
                .execute());
        use(house);
        Path live = folder.resolve("live");
        new Backup(database(house), PASSPHRASE).write(live, "test", Backup.NO_PROFILES);
        assertThat(new Backup(database(house), PASSPHRASE).verify(live).dumped().tables())
                .isNotEmpty();
        assertThatThrownBy(() -> new Backup(database(house), PASSPHRASE).restore(live, true, Backup.NO_PROFILES))
                .as("into a database that nodes use")
                .isInstanceOf(Misconfigured.class)
                .hasMessageContaining("Nodes are connected");
        house.close();
        try (EmbeddedDatabases databases =
                EmbeddedDatabases.start(data, EnumSet.of(EmbeddedDatabases.Kind.POSTGRES), Progress.SILENT)) {
            Settings.Database old = new Settings.Database(databases.databaseUrl(), 4, false);
            assertThat(EmbeddedDatabases.running(data)).contains(databases.databaseUrl());
            file = folder.resolve("backup");
            new Backup(old, PASSPHRASE).write(file, "test", Backup.NO_PROFILES);
            Pool pool = Database.open(VERTX, old);
            before = tables(pool);
            highest = Long.parseLong(
                    column(pool, "select max(position) from event").getFirst());
            FakeHouse.get(pool.close());
        }
    }

    private static Settings.Database database(FakeHouse house) {
        return new Settings.Database(house.databases.databaseUrl(), 4, false);
    }

    private static void use(FakeHouse house) throws Exception {
        house.connect("shop");
        String device = FakeHouse.DEVICES + "/shop";
        JsonObject text =
                new JsonObject().put("to", "6281234567891").put("message", "tab\t, line\n, \\backslash, \uD83D\uDC4B");
        assertThat(house.admin.post(device + "/send-message", text).status()).isIn(200, 202);
        house.admin.post(FakeHouse.DEVICES, new JsonObject().put("deviceId", "other"));
        house.admin.post("/api/suppressions", new JsonObject().put("phone", "6281234567899"));
        JsonObject later =
                text.copy().put("scheduleTime", "2099-01-01 08:00:00").put("timezone", "Asia/Jakarta");
        assertThat(house.admin.post(device + "/schedule-message", later).status())
                .isLessThan(300);
        sql(house, """
                insert into webhook (id, owner_id, url, events, headers, secret, timeout_ms, position, enabled)
                select 'wh_0123456789abcdef', min(id), 'https://example.com', '{message.status,"a, b"}', '', '', 1000, 5, false from app_user
                """);
        sql(house, "insert into contact (device_id, phone, name) values ('shop', '6281234567895@c.us', 'Sari')");
        sql(house, "insert into media (hash, mimetype, size) values (repeat('a', 64), 'image/png', 3)");
        sql(house, "insert into media_chunk (hash, n, bytes) values (repeat('a', 64), 0, '\\x000aff')");
        sql(house, "insert into profile_key (device_id, sealed) values ('other', 'v1.x.y')");
        sql(
                house,
                "insert into snapshot (device_id, epoch, clean, manifest, pieces)"
                        + " values ('other', 1, true, '\\x00ff', array['\\x0001'::bytea, '\\xff5c'])");
        sql(house, "insert into snapshot_piece (device_id, name, bytes) values ('other', '\\xff5c', '\\x000a5c')");
        sql(house, """
                insert into event (position, device_id, owner_id, seq, type, at, data)
                select 1, 'gone', owner_id, 1, type, '2020-02-02 02:02:02Z', data from event where device_id = 'shop' limit 1
                """);
        // accepted, and not sent when the backup is made: its device was never connected
        sql(house, """
                with m as (
                    insert into message (device_id, stanza_id, outgoing, chat, type, body, phase)
                    select 'other', '3EB0' || lpad(n::text, 18, '0'), true, '6281234567893@c.us', 'text', 'held ' || n, 'queued'
                    from generate_series(1, 3) as n
                    returning id, device_id, chat
                )
                insert into outbox (message_id, device_id, chat, lane, state, due_at)
                select id, device_id, chat, 0, 'ready', clock_timestamp() from m
                """);
    }

    private static void sql(FakeHouse house, String statement) throws Exception {
        FakeHouse.get(house.pool.query(statement).execute());
    }

    @AfterAll
    static void close() throws Exception {
        FakeHouse.get(VERTX.close());
    }

    /** Every table with all its rows, in an order of their own, but those of Flyway. */
    private static Map<String, String> tables(Pool pool) throws Exception {
        Map<String, String> tables = new TreeMap<>();
        for (String table : column(pool, """
                select relname from pg_class
                where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
                """)) {
            if (!OTHER.contains(table)) {
                tables.put(
                        table,
                        String.join("\n", column(pool, "select t::text from \"" + table + "\" t order by t::text")));
            }
        }
        return tables;
    }

    private static List<String> column(Pool pool, String sql) throws Exception {
        List<String> values = new ArrayList<>();
        for (Row row : FakeHouse.get(pool.query(sql).execute())) {
            values.add(String.valueOf(row.getValue(0)));
        }
        return values;
    }

    private static Settings.Database fresh() {
        return new Settings.Database(TestPostgres.freshUrl(), 4, false);
    }

    @Test
    void bringsBackEveryRowOfEveryTable() throws Exception {
        Settings.Database fresh = fresh();
        Backup.Done done = new Backup(fresh, PASSPHRASE).restore(file, false, Backup.NO_PROFILES);
        assertThat(new Schema(fresh).missing()).isEmpty();
        assertThat(done.rows()).isPositive();
        Pool pool = Database.open(VERTX, fresh);
        Map<String, String> after = tables(pool);
        assertThat(after.keySet()).containsExactlyElementsOf(before.keySet());
        for (String table : before.keySet()) {
            assertThat(after.get(table)).as(table).isEqualTo(before.get(table));
        }
        for (String used : List.of(
                "app_user",
                "device",
                "message",
                "outbox",
                "event",
                "contact",
                "media_chunk",
                "schedule",
                "snapshot",
                "snapshot_piece",
                "suppression",
                "webhook")) {
            assertThat(before.get(used)).as("the test has rows of " + used).isNotEmpty();
        }
        assertThat(
                        column(
                                pool,
                                "select count(*) from device d where not exists (select from lease l where"
                                        + " l.device_id = d.device_id and l.epoch >= 1000000000 and l.expires_at = '-infinity')"))
                .as("devices whose old owner could still act")
                .containsExactly("0");
        // identities go on after what is there
        assertThat(column(
                        pool,
                        "insert into message (device_id, stanza_id, outgoing, chat, type, body, phase)"
                                + " values ('shop', 'next', true, 'x', 'text', '', 'queued')"
                                + " returning id > (select max(id) from message)"))
                .containsExactly("true");
        assertThat(column(pool, "select tgenabled::text from pg_trigger where not tgisinternal"))
                .as("triggers")
                .isNotEmpty()
                .containsOnly("O");
        FakeHouse.get(pool.close());
    }

    @Test
    void sendsNothingUntilItIsConfirmedAndTellsOldAndNewEvents() throws Exception {
        Settings.Database fresh = fresh();
        new Backup(fresh, PASSPHRASE).restore(file, false, Backup.NO_PROFILES);
        Map<String, String> environment = new TreeMap<>(SECRET);
        environment.put("DATABASE_URL", fresh.url());
        FakeHouse house = new FakeHouse(folder.resolve("fenced"), environment);
        try {
            assertThat(house.stranger.get("/health/ready").json().getBoolean("fenced"))
                    .isTrue();
            house.connect("other");
            await().during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> house.column("select state from outbox where device_id = 'other'")
                            .equals(List.of("ready", "ready", "ready")));
            Fence fence = new Fence(house.pool);
            assertThat(FakeHouse.get(fence.state()).orElseThrow().messages()).isEqualTo(3);

            FakeHouse.get(fence.lift(false));
            await().atMost(PATIENCE)
                    .until(() -> house.column("select phase from message where device_id = 'other'")
                            .equals(List.of("sent", "sent", "sent")));
            assertThat(house.stranger.get("/health/ready").json().getBoolean("fenced"))
                    .isFalse();
            await().atMost(PATIENCE).untilAsserted(() -> {
                List<Long> positions = positions(house);
                assertThat(positions).isSorted().anyMatch(position -> position <= highest);
                assertThat(positions.stream()
                                .filter(position -> position > highest)
                                .count())
                        .as("new events that a reader gets")
                        .isGreaterThanOrEqualTo(3);
            });
            assertThat(house.column("select count(*) from event where position > " + highest)
                            .getFirst())
                    .as("new events that are above the horizon")
                    .isEqualTo(String.valueOf(positions(house).stream()
                            .filter(position -> position > highest)
                            .count()));
        } finally {
            house.close();
        }
    }

    private static List<Long> positions(FakeHouse house) {
        List<Long> positions = new ArrayList<>();
        JsonArray events = house.admin.get("/api/events/log?limit=1000").data().getJsonArray("events");
        for (int i = 0; i < events.size(); i++) {
            positions.add(Long.valueOf(String.valueOf(events.getJsonObject(i).getValue("id"))));
        }
        return positions;
    }

    @Test
    void cancelsWhatIsHeldWhenAskedTo() throws Exception {
        Settings.Database fresh = fresh();
        new Backup(fresh, PASSPHRASE).restore(file, false, Backup.NO_PROFILES);
        Pool pool = Database.open(VERTX, fresh);
        column(pool, "update schedule set due_at = '2020-01-01Z'");
        Fence fence = new Fence(pool);
        assertThat(FakeHouse.get(fence.up())).isTrue();
        assertThat(FakeHouse.get(fence.lift(true)))
                .as("3 messages and that of a schedule")
                .isEqualTo(4);
        assertThat(FakeHouse.get(fence.up())).isFalse();
        assertThat(column(pool, "select count(*) from outbox")).containsExactly("0");
        assertThat(column(pool, "select distinct phase from message where device_id = 'other'"))
                .containsExactly("cancelled");
        assertThat(column(pool, "select state from schedule")).containsExactly("skipped");
        FakeHouse.get(pool.close());
    }

    @Test
    void refusesWhatItCannotReadAndChangesNothing() throws Exception {
        Settings.Database fresh = fresh();
        Backup.Profiles none = Backup.NO_PROFILES;
        refused(() -> new Backup(fresh, "another passphrase").restore(file, true, none), "passphrase is wrong");
        Path cut = Files.copy(file, folder.resolve("cut"));
        try (RandomAccessFile bytes = new RandomAccessFile(cut.toFile(), "rw")) {
            bytes.setLength(bytes.length() - 100);
        }
        refused(() -> new Backup(fresh, PASSPHRASE).restore(cut, true, none), "damaged");
        Path changed = Files.copy(file, folder.resolve("changed"));
        try (RandomAccessFile bytes = new RandomAccessFile(changed.toFile(), "rw")) {
            bytes.seek(bytes.length() / 2);
            int one = bytes.read();
            bytes.seek(bytes.length() / 2);
            bytes.write(one ^ 1);
        }
        refused(() -> new Backup(fresh, PASSPHRASE).restore(changed, true, none), "damaged");
        refused(
                () -> new Backup(fresh, PASSPHRASE)
                        .restore(Files.writeString(folder.resolve("text"), "text"), true, none),
                "not a backup");
        refused(() -> new Backup(fresh, PASSPHRASE).write(file, "test", none), "is there already");
        Pool pool = Database.open(VERTX, fresh);
        assertThat(column(pool, "select count(*) from device")).containsExactly("0");
        assertThat(column(pool, "select count(*) from fence")).containsExactly("0");
        column(pool, "insert into device (device_id, owner_id, name) values ('mine', 1, 'mine')");
        FakeHouse.get(pool.close());
        refused(() -> new Backup(fresh, PASSPHRASE).restore(file, false, none), "not empty");
        new Backup(fresh, PASSPHRASE).restore(file, true, none);
        Pool replaced = Database.open(VERTX, fresh);
        assertThat(column(replaced, "select device_id from device order by 1")).containsExactly("other", "shop");
        FakeHouse.get(replaced.close());
    }

    private interface Deed {
        void run() throws Exception;
    }

    private static void refused(Deed deed, String why) {
        assertThatThrownBy(deed::run).isInstanceOf(Misconfigured.class).hasMessageContaining(why);
    }
}
