package io.kurir.http;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.Optional;

/** Bodies that are too long for the memory: they go to the disk as they come in, and from there when their request ends. */
final class Spool {
    private static final String BODY = "kurir.spooled-body";

    private Spool() {}

    /** To be called on a virtual thread; goes on with the next handler, or fails with 413. */
    static void body(RoutingContext ctx, Path into, long limit) {
        HttpServerRequest request = ctx.request();
        request.pause();
        if (declared(request) > limit) {
            ctx.fail(413);
            return;
        }
        if (Optional.ofNullable(request.getHeader(HttpHeaders.EXPECT))
                .filter("100-continue"::equalsIgnoreCase)
                .isPresent()) {
            request.response().writeContinue();
        }
        var files = ctx.vertx().fileSystem();
        ctx.put(BODY, into);
        ctx.addEndHandler(_ -> files.delete(into.toString()));
        AsyncFile file = files.open(into.toString(), new OpenOptions().setCreateNew(true))
                .await();
        boolean whole = copy(request, file, limit);
        file.close().await();
        if (whole) {
            ctx.next();
        } else {
            ctx.fail(413);
        }
    }

    private static long declared(HttpServerRequest request) {
        String length = Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_LENGTH))
                .orElse("");
        return length.matches("\\d{1,18}") ? Long.parseLong(length) : 0;
    }

    /** False when it is larger than it may be; the rest is read and dropped. */
    private static boolean copy(HttpServerRequest request, AsyncFile file, long limit) {
        Promise<Boolean> done = Promise.promise();
        long[] size = new long[1]; // only the request's context touches it
        request.exceptionHandler(done::tryFail);
        request.endHandler(_ -> done.tryComplete(true));
        request.handler(piece -> {
            size[0] += piece.length();
            if (size[0] > limit) {
                done.tryComplete(false);
            } else {
                write(request, file, piece);
            }
        });
        request.resume();
        return done.future().await();
    }

    private static void write(HttpServerRequest request, AsyncFile file, Buffer piece) {
        file.write(piece);
        if (file.writeQueueFull()) {
            request.pause();
            file.drainHandler(_ -> request.resume());
        }
    }

    /** Where it lies. */
    static Optional<Path> of(RoutingContext ctx) {
        return Optional.ofNullable(ctx.get(BODY));
    }
}
