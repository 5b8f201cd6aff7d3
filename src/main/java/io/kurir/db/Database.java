package io.kurir.db;

import io.kurir.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Opens the pool that all stores share. */
public final class Database {
    private static final int SILENT_S = 8;
    private static final int UNANSWERED_MS = 20_000;

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
        // a connection over a cut network would otherwise be waited for until TCP gives it up, after a quarter of an
        // hour
        NetClientOptions cut = new NetClientOptions().setTcpKeepAlive(true).setTcpUserTimeout(UNANSWERED_MS);
        return pool(vertx, options(settings), settings.poolSize(), cut);
    }

    /**
     * For renewals, which must not wait behind anybody's query. A connection of which nothing is heard for {@value #SILENT_S} s is closed: it leads to a
     * server that is gone, and renewals are never as far apart.
     */
    public static Pool openForLeases(Vertx vertx, Settings.Database settings) {
        NetClientOptions silent =
                new NetClientOptions().setIdleTimeout(SILENT_S).setIdleTimeoutUnit(TimeUnit.SECONDS);
        return pool(vertx, options(settings), 2, silent);
    }

    private static PgConnectOptions options(Settings.Database settings) {
        return PgConnectOptions.fromUri(settings.url())
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
    }

    private static Pool pool(Vertx vertx, PgConnectOptions options, int size, NetClientOptions sockets) {
        return PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(size)
                        .setConnectionTimeout(5)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS))
                .with(sockets)
                .connectingTo(options)
                .using(vertx)
                .build();
    }
}
