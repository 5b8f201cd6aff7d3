package io.kurir.db;

import io.kurir.Misconfigured;
import io.kurir.Settings;
import io.kurir.db.Dumped.Partition;
import io.kurir.db.Dumped.Table;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;

/**
 * Puts what a {@link Dump} has written into an empty database, all of it or nothing, and fences it: every lease gets an epoch far above any that
 * the old cluster can have reached meanwhile, so that none of its pages or statements counts any more, and the row in {@code fence} holds back
 * whatever would go out. Blocking; confined to one thread.
 */
public final class Load implements AutoCloseable {
    /** An epoch is used up by each change of an owner. */
    static final long EPOCHS = 1_000_000_000;
    /** Transactions for which the old database may have gone on after the backup: readers may have seen positions of them. */
    static final long TRANSACTIONS = 1L << 30;

    /** What only a used database has. */
    private static final List<String> USED = List.of("app_user", "device", "message", "event", "webhook", "audit");

    private static final String NODES = """
            select count(*)
            from pg_stat_activity
            where datname = current_database() and application_name = 'kurir' and pid <> pg_backend_pid()
            """;

    private static final String LEASES = """
            insert into lease as l (device_id, node, worker, epoch, expires_at)
            select device_id, 'restored', '', ?, '-infinity' from device
            on conflict (device_id) do update
            set node = excluded.node, worker = excluded.worker, epoch = l.epoch + excluded.epoch, expires_at = excluded.expires_at
            """;

    private final Connection connection;
    private final Dumped dumped;

    private Load(Connection connection, Dumped dumped) {
        this.connection = connection;
        this.dumped = dumped;
    }

    /**
     * Makes the schema as it was.
     *
     * @param replace whatever is in the database goes
     * @throws Misconfigured nodes are connected, the database is not empty, or the dump is of a newer program; nothing is changed
     */
    public static Load into(Settings.Database database, Dumped dumped, boolean replace) throws SQLException {
        Schema schema = new Schema(database);
        schema.requireKnown(dumped.version());
        Connection connection = schema.connect();
        try (Statement statement = connection.createStatement()) {
            requireIdle(connection);
            if (!replace) {
                requireEmpty(connection);
            }
            statement.execute("drop schema if exists public cascade; create schema public");
            schema.migrateTo(dumped.version());
            statement.execute("set search_path to public; set timezone to 'UTC'; set statement_timeout to 0");
            connection.setAutoCommit(false);
            Load load = new Load(connection, dumped);
            load.prepare();
            return load;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void requireIdle(Connection connection) throws SQLException {
        if (!Dump.rows(connection, NODES).getFirst().getFirst().equals("0")) {
            throw new Misconfigured("Nodes are connected to this database: stop all of them first.");
        }
    }

    private static void requireEmpty(Connection connection) throws SQLException {
        for (String table : USED) {
            String there = "select to_regclass('public." + table + "') is not null";
            if (isTrue(connection, there) && isTrue(connection, "select exists (select from public." + table + ")")) {
                throw new Misconfigured("The database is not empty: the table " + table
                        + " has rows. Restore into an empty one, or say --replace to lose what is there.");
            }
        }
    }

    private static boolean isTrue(Connection connection, String question) throws SQLException {
        return Dump.rows(connection, question).getFirst().getFirst().equals("t");
    }

    private void prepare() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (Partition partition : dumped.partitions()) {
                statement.execute("create table if not exists " + Dump.quoted(partition.name()) + " partition of "
                        + Dump.quoted(partition.table()) + " " + partition.bounds());
            }
            for (Table table : dumped.tables()) {
                // what they would write is in the dump
                statement.execute("alter table " + Dump.quoted(table.name()) + " disable trigger user");
                // what the migrations wrote is in the dump too
                statement.execute("delete from " + Dump.quoted(table.name()));
            }
        }
    }

    /** Reads the stream to its end and leaves it open; how many rows. */
    public long copy(Table table, InputStream in) throws SQLException, IOException {
        return connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + Dump.quoted(table.name()) + " (" + Dump.columns(table) + ") from stdin", in);
    }

    /** Fences and commits. What is not finished is undone by {@link #close}. */
    public void finish(Instant backupAt) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (Table table : dumped.tables()) {
                statement.execute("alter table " + Dump.quoted(table.name()) + " enable trigger user");
            }
            statement.execute(positions((dumped.position() >> 16) + TRANSACTIONS));
        }
        try (PreparedStatement sequence = connection.prepareStatement("select setval(?::regclass, ?)");
                PreparedStatement leases = connection.prepareStatement(LEASES);
                PreparedStatement fence = connection.prepareStatement("insert into fence (backup_at) values (?)")) {
            for (Map.Entry<String, Long> value : dumped.sequences().entrySet()) {
                sequence.setString(1, Dump.quoted(value.getKey()));
                sequence.setLong(2, value.getValue());
                sequence.execute();
            }
            leases.setLong(1, EPOCHS);
            leases.execute();
            fence.setObject(1, OffsetDateTime.ofInstant(backupAt, ZoneOffset.UTC));
            fence.execute();
        }
        connection.commit();
    }

    /**
     * A database begins to count its transactions anew, and positions are made of their ids: without a distance, what happens from now on would lie
     * before what was restored, and that beyond the horizon. See V1 for what the functions are.
     */
    private static String positions(long distance) {
        return """
                create or replace function event_position(n bigint) returns bigint
                    language sql volatile
                    return ((pg_current_xact_id()::text::bigint + %1$d) << 16) + n;
                create or replace function event_horizon() returns bigint
                    language sql stable
                    return (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + %1$d) << 16;
                """.formatted(distance);
    }

    @Override
    public void close() throws SQLException {
        connection.close(); // without a commit, what was copied is undone
    }
}
