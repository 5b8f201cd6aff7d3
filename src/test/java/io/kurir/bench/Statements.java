package io.kurir.bench;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Which statements PostgreSQL is busy with, seen by looking every few milliseconds. */
final class Statements implements AutoCloseable {
    private static final int LOOK_MS = 5;
    private static final int SHOWN = 15;
    private static final String LOOK = """
            select coalesce(wait_event, 'CPU'), regexp_replace(query, '\\s+', ' ', 'g')
            from pg_stat_activity
            where datname = 'kurir' and state = 'active' and backend_type = 'client backend'
            """;

    private final Connection connection;
    private final Thread thread;
    private final Map<String, Integer> samples = new TreeMap<>();
    private volatile boolean over;
    private int looks;

    /** {@code wanted}: else it does not look. */
    Statements(Parts parts, boolean wanted) throws SQLException {
        this.connection = Costs.connect(parts.database, "postgres");
        this.over = !wanted;
        this.thread = Thread.ofPlatform().daemon().start(this::look);
    }

    private void look() {
        try (var statement = connection.prepareStatement(LOOK)) {
            while (!over) {
                looks++;
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        samples.merge(brief(rows.getString(2)) + "  [" + rows.getString(1) + "]", 1, Integer::sum);
                    }
                }
                Thread.sleep(LOOK_MS);
            }
        } catch (SQLException | InterruptedException stopped) {
            System.err.println("no longer looking: " + stopped);
        }
    }

    private static String brief(String query) {
        int end = query.length();
        return query.substring(0, Math.min(end, 110)) + " … " + query.substring(Math.max(0, end - 90));
    }

    /** Share of the looks in which a statement was seen, by statement and what it waited for. */
    void print(PrintStream out) throws InterruptedException {
        over = true;
        thread.join();
        samples.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(SHOWN)
                .forEach(entry -> out.printf("%6.1f %%  %s%n", 100.0 * entry.getValue() / looks, entry.getKey()));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
