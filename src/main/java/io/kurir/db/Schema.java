package io.kurir.db;

import io.kurir.Misconfigured;
import io.kurir.Settings;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/**
 * The schema of the database, as the migrations in {@code db/migration} make it. A database that is newer than this program is
 * good: migrations keep the previous release running. Blocking; every failure is a {@link Misconfigured}.
 */
public final class Schema {
    private static final int CONNECT_SECONDS = 5;
    private static final String NO_CONNECTION = "08";
    private static final String NO_LOGIN = "28";

    private final Target target;
    private final Flyway flyway;

    /** Nothing is connected before the first question. */
    public Schema(Settings.Database database) {
        this(database, "classpath:db/migration");
    }

    Schema(Settings.Database database, String migrations) {
        this.target = Target.of(database.url());
        this.flyway = Flyway.configure()
                .dataSource(target.jdbc(), target.user(), target.password())
                .locations(migrations)
                .validateMigrationNaming(true)
                .connectRetries(0)
                .load();
    }

    /** Where the database is, taken apart. */
    private record Target(String server, String database, String user, String password, String query) {

        static Target of(String url) {
            try {
                var uri = URI.create(url);
                var user = String.valueOf(uri.getRawUserInfo()).split(":", 2);
                var server = uri.getHost() + ":" + (uri.getPort() < 0 ? 5432 : uri.getPort());
                var database = String.valueOf(uri.getPath()).replaceFirst("^/", "");
                if (uri.getHost() == null || uri.getRawUserInfo() == null || database.isEmpty()) {
                    throw new IllegalArgumentException("incomplete");
                }
                var query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
                return new Target(server, database, decoded(user[0]), user.length > 1 ? decoded(user[1]) : "", query);
            } catch (IllegalArgumentException e) {
                // the URL itself is not shown, it holds a password
                throw new Misconfigured(
                        "DATABASE_URL is not complete: it must look like"
                                + " postgresql://user:password@host:5432/database, with special characters as %40 and the like.");
            }
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        }

        String jdbc() {
            return "jdbc:postgresql://" + server + "/" + database + (query.isEmpty() ? "" : "?" + query);
        }

        Target in(String other) {
            return new Target(server, other, user, password, query);
        }

        Connection connect() throws SQLException {
            var properties = new Properties();
            properties.setProperty("user", user);
            properties.setProperty("password", password);
            properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
            properties.setProperty("loginTimeout", String.valueOf(CONNECT_SECONDS));
            return DriverManager.getConnection(jdbc(), properties);
        }
    }

    /** For a start: brings the schema up to date when the settings say so, refuses to go on when it is not. */
    public static void prepare(Settings.Database database) {
        var schema = new Schema(database);
        if (database.migrateAtStart()) {
            schema.migrate();
            return;
        }
        var missing = schema.missing();
        if (!missing.isEmpty()) {
            throw new Misconfigured(
                    "The database lacks " + missing.size() + " migrations (the first is " + missing.getFirst()
                            + "): run `bin/kurir db migrate`, or set AUTO_CREATE_TABLES=true to have a start do it.");
        }
    }

    /** The migrations that are not applied, in their order, each as {@code 1 what it does}. */
    public List<String> missing() {
        reach();
        try {
            var info = flyway.info();
            Arrays.stream(info.all())
                    .filter(migration -> migration.getState() == MigrationState.FAILED || changed(migration))
                    .findFirst()
                    .ifPresent(migration -> {
                        throw new Misconfigured(
                                "Migration " + named(migration) + " is recorded in the database but failed or"
                                        + " differs from the one of this program: restore the database from a backup, or use the"
                                        + " program that wrote it.");
                    });
            return Arrays.stream(info.pending()).map(Schema::named).toList();
        } catch (FlywayException e) {
            throw failed(e);
        }
    }

    /** Applies what is missing; how many there were. Several nodes may do so at once, one of them works. */
    public int migrate() {
        reach();
        try {
            return flyway.migrate().migrationsExecuted;
        } catch (FlywayException e) {
            throw failed(e);
        }
    }

    /** Makes the database if there is none on that server, then migrates; how many migrations there were. */
    public int setup() {
        try (var connection = target.in("postgres").connect();
                var question = connection.prepareStatement("select from pg_database where datname = ?")) {
            question.setString(1, target.database());
            if (!question.executeQuery().next()) {
                var name = '"' + target.database().replace("\"", "\"\"") + '"';
                connection.createStatement().execute("create database " + name);
            }
        } catch (SQLException e) {
            var state = String.valueOf(e.getSQLState());
            if (state.startsWith(NO_CONNECTION) || state.startsWith(NO_LOGIN)) {
                throw unreachable(e);
            }
            // not allowed to look or to make one: the database may well be there
        }
        return migrate();
    }

    /** The newest migration that is applied, of this program's or a newer one's; throws Misconfigured where migrations are missing. */
    String version() {
        if (!missing().isEmpty()) {
            throw new Misconfigured("The database lacks migrations: run `bin/kurir db migrate` first.");
        }
        return String.valueOf(flyway.info().current().getVersion());
    }

    /** Throws Misconfigured for the version of a newer program. */
    void requireKnown(String version) {
        if (Arrays.stream(flyway.info().all())
                .noneMatch(migration -> String.valueOf(migration.getVersion()).equals(version))) {
            throw new Misconfigured("The backup has schema version " + version
                    + ", which this Kurir does not know: use the one that wrote it, or a newer one.");
        }
    }

    /** As {@link #migrate}, no further than to that version. */
    void migrateTo(String version) {
        try {
            Flyway.configure()
                    .configuration(flyway.getConfiguration())
                    .target(version)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw failed(e);
        }
    }

    /** For what is done to the database as a whole. */
    Connection connect() {
        try {
            return target.connect();
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private void reach() {
        try {
            target.connect().close();
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private Misconfigured unreachable(SQLException e) {
        var what = "Cannot use the database " + target.database() + " at " + target.server() + " as " + target.user()
                + ": ";
        return new Misconfigured(what
                + switch (String.valueOf(e.getSQLState())) {
                    case "3D000" ->
                        "there is no such database; make it with `bin/kurir db setup`, or correct DATABASE_URL.";
                    case "28P01", "28000" -> "it refuses the login; correct user and password in DATABASE_URL.";
                    default ->
                        "it does not answer ("
                                + String.valueOf(e.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("") + "); start it, or correct DATABASE_URL.";
                });
    }

    private Misconfigured failed(FlywayException e) {
        return new Misconfigured(
                "The schema of " + target.database() + " at " + target.server() + " cannot be read or changed: "
                        + String.valueOf(e.getMessage())
                                .lines()
                                .filter(line -> !line.isBlank())
                                .findFirst()
                                .orElse("no reason is given"));
    }

    private static boolean changed(MigrationInfo migration) {
        return migration.getState().isApplied() && migration.getState().isResolved() && !migration.isChecksumMatching();
    }

    private static String named(MigrationInfo migration) {
        return migration.getVersion() + " " + migration.getDescription();
    }
}
