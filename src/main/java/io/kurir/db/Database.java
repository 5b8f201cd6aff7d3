package io.kurir.db;

import io.kurir.Settings;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.Map;

/** Opens the pool that all stores share. */
public final class Database {
    private Database() {}

    public static Pool open(Vertx vertx, Settings.Database settings) {
        PgConnectOptions options = PgConnectOptions.fromUri(settings.url())
                .setCachePreparedStatements(true)
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
