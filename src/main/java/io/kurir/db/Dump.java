package io.kurir.db;

import io.kurir.Settings;
import io.kurir.db.Dumped.Partition;
import io.kurir.db.Dumped.Table;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * All rows of all tables as they were at one instant, while others go on writing: one repeatable-read transaction, read by COPY. Vacuum waits
 * for it, events and messages do not. Blocking; confined to one thread.
 */
public final class Dump implements AutoCloseable {
    /** Flyway's own, which a restore writes anew, and what is true of a restored database only. */
    private static final Set<String> LEFT_OUT = Set.of("flyway_schema_history", "fence");

    private static final String TABLES = """
            select c.relname, a.attname
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            order by c.relname, a.attnum
            """;

    private static final String REFERENCES = """
            select distinct conrelid::regclass::text, confrelid::regclass::text
            from pg_constraint
            where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid
            """;

    private static final String SEQUENCES = """
            select sequencename, last_value
            from pg_sequences
            where schemaname = 'public' and last_value is not null
            """;

    private static final String PARTITIONS = """
            select c.relname, i.inhparent::regclass::text, pg_get_expr(c.relpartbound, c.oid)
            from pg_class c
            join pg_inherits i on i.inhrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relispartition
            order by c.relname
            """;

    private final Connection connection;
    private final Dumped dumped;

    private Dump(Connection connection, Dumped dumped) {
        this.connection = connection;
        this.dumped = dumped;
    }

    /** Throws Misconfigured where there is no such database, or the schema is not that of this program. */
    public static Dump open(Settings.Database database) throws SQLException {
        Schema schema = new Schema(database);
        String version = schema.version();
        Connection connection = schema.connect();
        try (Statement begin = connection.createStatement()) {
            // text that is the same whatever the server's own settings are
            begin.execute("set search_path to public; set timezone to 'UTC'; set statement_timeout to 0");
            connection.setAutoCommit(false);
            begin.execute("set transaction isolation level repeatable read, read only");
            List<Table> tables = tables(connection);
            return new Dump(
                    connection,
                    new Dumped(
                            version,
                            tables,
                            sequences(connection),
                            partitions(connection),
                            position(connection, tables)));
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    public Dumped dumped() {
        return dumped;
    }

    /** In PostgreSQL's text format; how many rows. The stream stays open. */
    public long copy(Table table, OutputStream out) throws SQLException, IOException {
        return connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select " + columns(table) + " from " + quoted(table.name()) + ") to stdout", out);
    }

    static String columns(Table table) {
        return table.columns().stream().map(Dump::quoted).collect(Collectors.joining(", "));
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static List<Table> tables(Connection connection) throws SQLException {
        Map<String, List<String>> columns = new TreeMap<>();
        for (List<String> row : rows(connection, TABLES)) {
            columns.computeIfAbsent(row.get(0), _ -> new ArrayList<>()).add(row.get(1));
        }
        columns.keySet().removeAll(LEFT_OUT);
        Map<String, Set<String>> references = new HashMap<>();
        for (List<String> row : rows(connection, REFERENCES)) {
            references.computeIfAbsent(row.get(0), _ -> new HashSet<>()).add(row.get(1));
        }
        Set<String> order = new LinkedHashSet<>();
        for (String table : columns.keySet()) {
            place(table, references, order, new HashSet<>());
        }
        order.retainAll(columns.keySet());
        return order.stream()
                .map(name -> new Table(name, columns.getOrDefault(name, List.of())))
                .toList();
    }

    private static void place(String table, Map<String, Set<String>> references, Set<String> order, Set<String> under) {
        if (order.contains(table)) {
            return;
        }
        if (!under.add(table)) {
            throw new IllegalStateException("tables refer to each other in a circle at " + table);
        }
        for (String other : references.getOrDefault(table, Set.of())) {
            place(other, references, order, under);
        }
        order.add(table);
    }

    private static Map<String, Long> sequences(Connection connection) throws SQLException {
        Map<String, Long> values = new TreeMap<>();
        for (List<String> row : rows(connection, SEQUENCES)) {
            values.put(row.get(0), Long.valueOf(row.get(1)));
        }
        return values;
    }

    private static List<Partition> partitions(Connection connection) throws SQLException {
        List<Partition> partitions = new ArrayList<>();
        for (List<String> row : rows(connection, PARTITIONS)) {
            partitions.add(new Partition(row.get(0), row.get(1), row.get(2)));
        }
        return partitions;
    }

    /** Of the events, and of whatever has noted one. */
    private static long position(Connection connection, List<Table> tables) throws SQLException {
        long highest = 0;
        for (Table table : tables) {
            if (table.columns().contains("position")) {
                String most = "select coalesce(max(position), 0) from " + quoted(table.name());
                highest = Math.max(
                        highest,
                        Long.parseLong(rows(connection, most).getFirst().getFirst()));
            }
        }
        return highest;
    }

    static List<List<String>> rows(Connection connection, String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            while (found.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(found.getString(i)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
