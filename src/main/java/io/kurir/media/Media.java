package io.kurir.media;

import io.kurir.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of messages. They are kept in PostgreSQL, so that nothing accepted depends on one machine's disk; a cache on the disk has what
 * pages and clients read. May be called on any context; completes there.
 */
public final class Media {
    private static final Logger log = LoggerFactory.getLogger(Media.class);

    /** {@code size} in bytes. */
    public record Stored(String hash, String mimetype, long size) {}

    /** The file is not there (any more). */
    public static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(String hash) {
            super("no file " + hash, null, false, false);
        }
    }

    private final Vertx vertx;
    private final MediaStore store;
    private final MediaCache cache;
    private final Settings.Media settings;
    private final Path uploads;
    private Future<?> turn = Future.succeededFuture();
    private final Map<String, Future<Path>> coming = new ConcurrentHashMap<>();

    /** Keeps its files below {@code data}/media. */
    public Media(Vertx vertx, Pool pool, Settings.Media settings, Path data) {
        this.vertx = vertx;
        this.store = new MediaStore(pool);
        this.cache = new MediaCache(data.resolve("media").resolve("cache"), settings.cacheSize());
        this.settings = settings;
        this.uploads = emptied(data.resolve("media").resolve("incoming"));
    }

    /** What a killed run left there belongs to no request any more. */
    private static Path emptied(Path folder) {
        try {
            Files.createDirectories(folder);
            try (var files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where files of requests lie until they end; on the disk that {@link #keep} takes files from without copying. */
    public Path uploads() {
        return uploads;
    }

    public Settings.Media settings() {
        return settings;
    }

    /** A path for a file that is about to be made; on the disk that {@link #keep} takes files from without copying. */
    public Future<Path> unfinished() {
        return vertx.executeBlocking(cache::unfinished, false);
    }

    /** Committed when it completes. Takes the file over. */
    public Future<Stored> keep(Path file, String mimetype) {
        return vertx.executeBlocking(() -> new Stored(hash(file), mimetype, Files.size(file)), false)
                .compose(stored -> inTurn(() -> vertx.fileSystem()
                        .open(file.toString(), new OpenOptions().setWrite(false).setCreate(false))
                        .compose(opened -> store.keep(
                                        stored.hash(),
                                        new MediaStore.Kept(mimetype, stored.size()),
                                        n -> piece(opened, n, stored.size()))
                                .eventually(opened::close))
                        .compose(_ -> vertx.executeBlocking(() -> cache.take(stored.hash(), file), false))
                        .map(stored)));
    }

    /**
     * As {@link #keep}, of a stranger's file: it is what its content shows, and what the stranger says of it only decides between what the content
     * leaves open.
     */
    public Future<Stored> keepByContent(Path file, String said) {
        return vertx.executeBlocking(
                        () -> ContentTypes.detect(file, Optional.empty(), ContentTypes.canonical(said)), false)
                .compose(type -> keep(file, type));
    }

    /** One at a time: each holds a connection for as long as it lasts, and sending needs them too. */
    private synchronized <T> Future<T> inTurn(Supplier<Future<T>> deed) {
        Future<T> mine = turn.transform(_ -> deed.get());
        turn = mine;
        return mine;
    }

    private static Future<Buffer> piece(AsyncFile file, int n, long size) {
        long from = (long) n * MediaStore.CHUNK;
        int length = (int) Math.min(MediaStore.CHUNK, size - from);
        return file.read(Buffer.buffer(length), 0, from, length);
    }

    private static String hash(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] piece = new byte[65_536];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                digest.update(piece, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** What is known of a file. */
    public Future<Optional<Stored>> get(String hash) {
        return store.get(hash).map(found -> found.map(kept -> new Stored(hash, kept.mimetype(), kept.size())));
    }

    /** The file on this machine's disk, to be read within the next minutes; fails with {@link Gone}. */
    public Future<Path> file(String hash) {
        store.used(hash).onFailure(why -> log.debug("use of {} not noted: {}", hash, why.getMessage()));
        return vertx.executeBlocking(() -> cache.find(hash), false)
                .compose(found -> found.map(Future::succeededFuture).orElseGet(() -> bring(hash)));
    }

    /** Those who want the same file at once share the way. */
    private Future<Path> bring(String hash) {
        io.vertx.core.Promise<Path> promise = io.vertx.core.Promise.promise();
        Future<Path> first = coming.putIfAbsent(hash, promise.future());
        if (first != null) {
            return first;
        }
        store.get(hash)
                .compose(kept ->
                        kept.map(file -> copy(hash, file.size())).orElseGet(() -> Future.failedFuture(new Gone(hash))))
                .onComplete(done -> {
                    coming.remove(hash);
                    promise.handle(done);
                });
        return promise.future();
    }

    private Future<Path> copy(String hash, long size) {
        return unfinished()
                .compose(path -> vertx.fileSystem()
                        .open(path.toString(), new OpenOptions().setCreateNew(true))
                        .compose(file -> append(hash, file, 0, size).eventually(file::close))
                        .compose(_ -> vertx.executeBlocking(() -> cache.take(hash, path), false)));
    }

    private Future<Void> append(String hash, AsyncFile file, int n, long left) {
        if (left <= 0) {
            return Future.succeededFuture();
        }
        return store.chunk(hash, n)
                .compose(found -> found.map(file::write).orElseGet(() -> Future.failedFuture(new Gone(hash))))
                .compose(_ -> append(hash, file, n + 1, left - MediaStore.CHUNK));
    }

    /** Deletes up to 100 files that nobody has used for {@code media.retention}; answers how many. */
    public Future<Long> forget() {
        return store.forget(settings.retention()).map(Integer::longValue);
    }

    /** Deletes what this machine's disk has kept for so long without need: files of requests, and of the cache; answers how many. */
    public Future<Long> clean(Duration unused) {
        return vertx.executeBlocking(
                () -> {
                    Instant before = Instant.now().minus(unused);
                    return MediaCache.deleteUnused(uploads, before) + cache.deleteUnused(before);
                },
                false);
    }

    /** Deletes what this machine's disk has of these files, which are gone. */
    public Future<Void> drop(List<String> hashes) {
        return vertx.executeBlocking(
                () -> {
                    cache.delete(hashes);
                    return null;
                },
                false);
    }
}
