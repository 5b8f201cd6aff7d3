package io.kurir.db.embedded;

import io.kurir.FolderLock;
import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.Secrets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The servers that this process starts for itself in {@code <data>/postgres} and {@code <data>/redis}. What an earlier process
 * left running there after a {@code kill -9} is stopped first; a server that dies meanwhile is started again on its port.
 *
 * <p>The caller closes it after everything that uses it, and registers no shutdown hook that would race with that.
 */
public final class EmbeddedDatabases implements AutoCloseable {
    private final FolderLock lock;
    private final Optional<EmbeddedPostgres> postgres;
    private final Optional<EmbeddedRedis> redis;

    /** What can be embedded. */
    public enum Kind {
        POSTGRES,
        REDIS
    }

    private EmbeddedDatabases(FolderLock lock, Optional<EmbeddedPostgres> postgres, Optional<EmbeddedRedis> redis) {
        this.lock = lock;
        this.postgres = postgres;
        this.redis = redis;
    }

    /** Starts both. */
    public static EmbeddedDatabases start(Path data, Progress progress) throws InterruptedException {
        return start(data, EnumSet.allOf(Kind.class), progress);
    }

    /**
     * Starts those that are named and returns when they answer.
     *
     * @throws Misconfigured when the folder is in use, was written by another major version or a server does not come up
     * @throws InterruptedException when the thread is interrupted; what was started is stopped
     */
    public static EmbeddedDatabases start(Path data, Set<Kind> kinds, Progress progress) throws InterruptedException {
        var folder = data.toAbsolutePath().normalize();
        var lock = FolderLock.take(folder, "databases.lock");
        var secrets = new Secrets(folder);
        Optional<EmbeddedPostgres> postgres = Optional.empty();
        try {
            if (kinds.contains(Kind.POSTGRES)) {
                postgres = Optional.of(EmbeddedPostgres.start(folder, secrets, progress));
            }
            Optional<EmbeddedRedis> redis = kinds.contains(Kind.REDIS)
                    ? Optional.of(EmbeddedRedis.start(folder, secrets, progress))
                    : Optional.empty();
            return new EmbeddedDatabases(lock, postgres, redis);
        } catch (Exception e) {
            // an interrupt comes in many clothes (ClosedByInterruptException …); with its flag up nothing could be
            // stopped
            var interrupted = Thread.interrupted() || e instanceof InterruptedException;
            postgres.ifPresent(EmbeddedPostgres::close);
            lock.close();
            if (interrupted) {
                throw (InterruptedException) new InterruptedException().initCause(e);
            }
            throw e instanceof Misconfigured known
                    ? known
                    : new Misconfigured("An embedded database did not start (" + e.getMessage() + "): look into "
                            + folder.resolve("log") + ", or name your own by DATABASE_URL and REDIS_URL.");
        }
    }

    /** The URL of the PostgreSQL that another process runs in that folder. */
    public static Optional<String> running(Path data) {
        return EmbeddedPostgres.running(data.toAbsolutePath().normalize());
    }

    /** The URL of the Redis that another process runs in that folder. */
    public static Optional<String> runningRedis(Path data) {
        return EmbeddedRedis.running(data.toAbsolutePath().normalize());
    }

    /** {@code postgresql://user:password@127.0.0.1:port/kurir}. */
    public String databaseUrl() {
        return postgres.orElseThrow(() -> new IllegalStateException("PostgreSQL is not embedded"))
                .url();
    }

    /** {@code redis://:password@127.0.0.1:port}. */
    public String redisUrl() {
        return redis.orElseThrow(() -> new IllegalStateException("Redis is not embedded"))
                .url();
    }

    /** Stops them in order, at most some seconds each; safe to call twice. */
    @Override
    public void close() {
        redis.ifPresent(EmbeddedRedis::close);
        postgres.ifPresent(EmbeddedPostgres::close);
        lock.close();
    }
}
