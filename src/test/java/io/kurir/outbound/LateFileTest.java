package io.kurir.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is slower than the time of a download: what it opens late is closed and deleted. */
class LateFileTest {
    private static final int WAIT = 20;

    // one thread for all files: a pipe that nobody writes to holds up the disk
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setInternalBlockingPoolSize(1));

    @TempDir
    private Path folder;

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(WAIT, TimeUnit.SECONDS);
    }

    private static long open(Path file) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> target(descriptor).startsWith(file.toString()))
                    .count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    @Test
    void aFileThatOpensAfterTheTimeIsClosedAndDeleted() throws Exception {
        HttpServer server = get(vertx.createHttpServer()
                .requestHandler(request -> request.response().setChunked(true).write("the beginning"))
                .listen(0, "127.0.0.1"));
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path into = folder.resolve("late");
        Future<AsyncFile> held = vertx.fileSystem().open(pipe.toString(), new OpenOptions().setWrite(false));

        Outbound outbound = new Outbound(vertx, new UrlGuard(vertx, List.of("127.0.0.1")));
        Future<Outbound.Head> download = outbound.download(
                Outbound.Call.get("http://127.0.0.1:" + server.actualPort() + "/", Duration.ofMillis(500), 1_000),
                into);
        assertThat(download.toCompletionStage().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(WAIT))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(TimeoutException.class);
        assertThat(into).doesNotExist();

        try (FileChannel _ = FileChannel.open(pipe, StandardOpenOption.WRITE)) {
            get(held.compose(AsyncFile::close));
        }
        // asked of the same thread, so it comes after the opening
        get(vertx.fileSystem().exists(pipe.toString()));
        await().atMost(Duration.ofSeconds(WAIT)).untilAsserted(() -> {
            assertThat(into).doesNotExist();
            assertThat(open(into)).isZero();
        });
    }
}
