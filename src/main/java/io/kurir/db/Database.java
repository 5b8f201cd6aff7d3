package io.kurir.db;

import io.kurir.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.Map;

/** Opens the pool that all stores share. */
public final class Database {
    private Database() {}

    /** Whether PostgreSQL could not be asked, as opposed to having refused: it may be asked again. */
    public static boolean away(Throwable failure) {
        return switch (failure) {
            case ClosedConnectionException _, ConnectException _, SocketException _ -> true;
            // 08 connection, 53 resources, 57P shutting down or starting
            case PgException refused ->
                refused.getSqlState() != null
                        && (refused.getSqlState().startsWith("08")
                                || refused.getSqlState().startsWith("53")
                                || refused.getSqlState().startsWith("57P"));
            // no classes of their own: no connection in time; one that had broken before it was used
            case VertxException pooled ->
                String.valueOf(pooled.getMessage()).startsWith("Timeout")
                        || String.valueOf(pooled.getMessage()).startsWith("Connection is not active");
            default -> false;
        };
    }

    /** Whether the connection broke under the statement, so that nobody knows whether it was carried out. */
    public static boolean brokenMeanwhile(Throwable failure) {
        return switch (failure) {
            case ConnectException _ -> false;
            case ClosedConnectionException _, SocketException _ -> true;
            case PgException refused ->
                refused.getSqlState() != null
                        && (refused.getSqlState().startsWith("08")
                                || refused.getSqlState().equals("57P01")
                                || refused.getSqlState().equals("57P02"));
            default -> false;
        };
    }

    /** Fails while PostgreSQL does not answer. */
    public static Future<Void> ping(Pool pool) {
        return pool.query("select 1").execute().mapEmpty();
    }

    public static Pool open(Vertx vertx, Settings.Database settings) {
        PgConnectOptions options = PgConnectOptions.fromUri(settings.url())
                .setCachePreparedStatements(true)
                // the default leaves out what is longer than 2,048 characters: the statements that are run most,
                // planned anew each time
                .setPreparedStatementCacheSqlLimit(Integer.MAX_VALUE)
                .setPipeliningLimit(64)
                .setProperties(Map.of(
                        "application_name",
                        "kurir",
                        "search_path",
                        "public",
                        // a statement that waits longer than this is of no use to anybody who asked for it
                        "statement_timeout",
                        "30s",
                        "TimeZone",
                        "UTC"));
        return PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(settings.poolSize())
                        .setConnectionTimeout(5)
                        .setConnectionTimeoutUnit(java.util.concurrent.TimeUnit.SECONDS))
                .connectingTo(options)
                .using(vertx)
                .build();
    }
}
