package io.kurir.bench;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** What PostgreSQL, Kurir and this process have used up so far, by name; two readings give what happened in between. */
final class Costs implements AutoCloseable {
    // Each writing transaction takes one transaction id; what only reads takes none.
    private static final String READ = """
            select pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_current_wal_lsn() - '0/0'::pg_lsn,
                   (select xact_commit from pg_stat_database where datname = 'kurir')
            """;

    private final Map<String, DoubleSupplier> processes = new LinkedHashMap<>();
    private final Connection statistics;
    private final Connection messages;

    Costs(Parts parts, ProcessHandle kurir) throws SQLException {
        // in another database, so that reading does not count itself
        this.statistics = connect(parts.database, "postgres");
        this.messages = connect(parts.database, "kurir");
        ProcessHandle self = ProcessHandle.current();
        with("CPU Kurir's JVM", () -> Processes.cpuSeconds(kurir, process -> process.pid() == kurir.pid()));
        with("CPU PostgreSQL", () -> Processes.cpuSeconds(parts.postgres(), any -> true));
        with("CPU load client", () -> Processes.cpuSeconds(self, process -> process.pid() == self.pid()));
    }

    /** Reads this one, too. */
    Costs with(String name, DoubleSupplier read) {
        processes.put(name, read);
        return this;
    }

    /** To another database of the same server. */
    static Connection connect(URI database, String name) throws SQLException {
        String[] user = database.getUserInfo().split(":", 2);
        String url = "jdbc:postgresql://" + database.getHost() + ":" + database.getPort() + "/" + name;
        return DriverManager.getConnection(url, user[0], user[1]);
    }

    Map<String, Double> read() throws SQLException {
        Map<String, Double> costs = new LinkedHashMap<>();
        try (var statement = statistics.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            row.next();
            costs.put("commits", row.getDouble(1));
            costs.put("WAL", row.getDouble(2));
            costs.put("transactions", row.getDouble(3));
        }
        processes.forEach((name, read) -> costs.put(name, read.getAsDouble()));
        return costs;
    }

    /** Adds what was used up between two readings to {@code sum}. */
    static void add(Map<String, Double> sum, Map<String, Double> before, Map<String, Double> after) {
        after.forEach((name, value) -> sum.merge(name, value - before.getOrDefault(name, 0.0), Double::sum));
    }

    /** {@code used} up by so many messages. */
    static void perMessage(Report report, String name, Map<String, Double> used, double messages) {
        used.forEach((what, sum) -> {
            if (what.startsWith("CPU")) {
                report.row(name + ": " + what + " per message", sum * 1000 / messages, "ms");
            } else {
                report.row(name + ": " + what + " per message", sum / messages, what.equals("WAL") ? "bytes" : "");
            }
        });
    }

    /** Waits until every message of Kurir has been read, so that its receipts do not fall into the next measurement. */
    void awaitRead() throws SQLException, InterruptedException {
        while (unread() > 0) {
            Thread.sleep(50);
        }
    }

    private long unread() throws SQLException {
        try (var statement = messages.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from message where outgoing and ack < 3")) {
            row.next();
            return row.getLong(1);
        }
    }

    String setting(String name) throws SQLException {
        try (var statement = statistics.createStatement();
                ResultSet row = statement.executeQuery("show " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void close() throws SQLException {
        statistics.close();
        messages.close();
    }
}
