package io.kurir.simulator;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network's memory on disk: one JSON object per line, appended. Whatever was written survives a kill -9 of the process; the
 * last {@value #FLUSH_MS} ms may be missing, and a torn last line is ignored. Without a file it keeps nothing. Owned by the
 * simulator's context.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final int FLUSH_MS = 3;

    private final Vertx vertx;
    private Optional<AsyncFile> file = Optional.empty();
    private Buffer waiting = Buffer.buffer();
    private boolean armed;

    Journal(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Reads what the file holds into the network, writes it anew without what is past, and goes on behind that. */
    Future<Void> open(Path path, Network network) {
        return vertx.executeBlocking(() -> {
                    Restore.from(path, network);
                    return path;
                })
                .compose(compacted -> vertx.fileSystem().open(path.toString(), new OpenOptions().setAppend(true)))
                .onSuccess(opened -> file = Optional.of(opened))
                .mapEmpty();
    }

    void add(String kind, JsonObject line) {
        if (file.isEmpty()) {
            return;
        }
        waiting.appendString(line.put("k", kind).encode()).appendByte((byte) '\n');
        if (!armed) {
            armed = true;
            vertx.setTimer(FLUSH_MS, timer -> flush());
        }
    }

    private Future<Void> flush() {
        armed = false;
        if (file.isEmpty() || waiting.length() == 0) {
            return Future.succeededFuture();
        }
        Buffer lines = waiting;
        waiting = Buffer.buffer();
        return file.get()
                .write(lines)
                .onFailure(failure -> LOG.error("the simulator's state is not being kept", failure));
    }

    Future<Void> close() {
        return flush().compose(flushed -> {
            Optional<AsyncFile> open = file;
            file = Optional.empty();
            return open.map(AsyncFile::close).orElse(Future.succeededFuture());
        });
    }
}
