package io.kurir.db;

import io.kurir.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * How a database is, for whoever looks after it.
 *
 * @param version of PostgreSQL
 * @param durable whether what it has committed outlives a power failure: {@code fsync} and {@code synchronous_commit} are on
 * @param ahead how far its clock is ahead of ours; negative where it is behind. To some milliseconds: half of the way there and back is taken off
 */
public record Condition(String version, boolean durable, Duration ahead) {
    private static final String ASK = """
            select current_setting('server_version'),
                   current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off',
                   clock_timestamp()
            """;

    /** Blocking; throws {@link io.kurir.Misconfigured} when it cannot be reached. */
    public static Condition of(Settings.Database database) throws SQLException {
        try (var connection = new Schema(database).connect();
                var question = connection.prepareStatement(ASK)) {
            question.executeQuery().close(); // the first one is planned, which would count as a way
            var asked = Instant.now();
            try (var row = question.executeQuery()) {
                var answered = Instant.now();
                row.next();
                var middle = asked.plus(Duration.between(asked, answered).dividedBy(2));
                var theirs = row.getObject(3, OffsetDateTime.class).toInstant();
                return new Condition(row.getString(1), row.getBoolean(2), Duration.between(middle, theirs));
            }
        }
    }
}
