package io.kurir.media;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;

/** The tables {@code media} and {@code media_chunk}: files by their hash, in pieces, so that none of them is ever whole in memory. */
final class MediaStore {
    /** Of every chunk but the last. */
    static final int CHUNK = 262_144;

    /** {@code size} in bytes. */
    record Kept(String mimetype, long size) {}

    /** Where the chunks come from, in order. */
    interface Chunks {
        Future<Buffer> read(int n);
    }

    // xmax is 0 in a row that this statement inserted
    private static final String KEEP = """
            insert into media (hash, mimetype, size) values ($1, $2, $3)
            on conflict (hash) do update set used_at = clock_timestamp()
            returning xmax = 0
            """;

    private static final String KEEP_CHUNK = "insert into media_chunk (hash, n, bytes) values ($1, $2, $3)";
    private static final String GET = "select mimetype, size from media where hash = $1";
    private static final String CHUNK_OF = "select bytes from media_chunk where hash = $1 and n = $2";

    // once an hour is often enough to know what is in use
    private static final String USED = """
            update media set used_at = clock_timestamp()
            where hash = $1 and used_at < clock_timestamp() - interval '1 hour'
            """;

    private static final String FORGET = """
            delete from media
            where hash in (
                select hash from media d
                where d.used_at < clock_timestamp() - make_interval(secs => $1)
                  and not exists (
                      select from outbox o join message m on m.id = o.message_id where m.media = d.hash)
                  and not exists (
                      select from schedule s where s.media is not null and s.media = d.hash and s.state = 'active')
                  and not exists (
                      select from batch b where b.media is not null and b.media = d.hash and b.ended_at is null)
                  and not exists (
                      select from batch_item i join batch b on b.id = i.batch_id
                      where i.media is not null and i.media = d.hash and b.ended_at is null)
                limit 100)
            """;

    private final Pool pool;

    MediaStore(Pool pool) {
        this.pool = pool;
    }

    /** In one transaction; a file that is there already is only marked as used. */
    Future<Void> keep(String hash, Kept file, Chunks chunks) {
        return pool.withTransaction(connection -> connection
                .preparedQuery(KEEP)
                .execute(Tuple.of(hash, file.mimetype(), file.size()))
                .compose(rows -> rows.iterator().next().getBoolean(0)
                        ? keepChunks(connection, hash, chunks, 0, file.size())
                        : Future.succeededFuture()));
    }

    private static Future<Void> keepChunks(SqlConnection connection, String hash, Chunks chunks, int n, long left) {
        if (left <= 0) {
            return Future.succeededFuture();
        }
        return chunks.read(n)
                .compose(bytes -> connection.preparedQuery(KEEP_CHUNK).execute(Tuple.of(hash, n, bytes)))
                .compose(_ -> keepChunks(connection, hash, chunks, n + 1, left - CHUNK));
    }

    Future<Optional<Kept>> get(String hash) {
        return pool.preparedQuery(GET).execute(Tuple.of(hash)).map(rows -> {
            Optional<Kept> kept = Optional.empty();
            for (var row : rows) {
                kept = Optional.of(new Kept(row.getString(0), row.getLong(1)));
            }
            return kept;
        });
    }

    Future<Optional<Buffer>> chunk(String hash, int n) {
        return pool.preparedQuery(CHUNK_OF).execute(Tuple.of(hash, n)).map(rows -> {
            Optional<Buffer> bytes = Optional.empty();
            for (var row : rows) {
                bytes = Optional.of(row.getBuffer(0));
            }
            return bytes;
        });
    }

    Future<Void> used(String hash) {
        return pool.preparedQuery(USED).execute(Tuple.of(hash)).mapEmpty();
    }

    /** Deletes up to 100 files that were not used for so long and that neither the outbox nor a schedule or job still needs; answers how many. */
    Future<Integer> forget(Duration unused) {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of((double) unused.toSeconds()))
                .map(rows -> rows.rowCount());
    }
}
