package io.kurir.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How much of large JSON bodies may be in memory at once: a file that comes as Base64 is whole in the heap, unlike the one of a form, and the process ends
 * when the heap is full. What finds no room gets 503 before it is read. Shared by all instances of {@link HttpVerticle}.
 */
public final class LargeBodies {
    /**
     * Bytes of heap for one of a body: at its worst the parser holds it as characters (2), as the string that it makes of them (1 to build, 1 to keep) and
     * the buffer that it reads, which was doubled as it grew (up to 2).
     */
    private static final int EACH = 6;

    /** The share of the heap that bodies may have: as much is left to all else. */
    private static final int SHARE = 2;

    /** Whoever does not get 32 MiB to us meanwhile (2 Mbit/s) would keep others out for as long as they like. */
    private static final Duration READING = Duration.ofMinutes(2);

    /** Most are gone within a send's time. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private static final String HELD = "kurir.large-body";

    private enum Stage {
        READING,
        ANSWERING,
        OVER
    }

    private final long room;
    private final AtomicLong taken = new AtomicLong();

    /** @param room bytes of all bodies together; one that is alone is read whatever its size */
    public LargeBodies(long room) {
        this.room = room;
    }

    /** For a heap of that many bytes: 512 MiB give room for 42 MiB of bodies, 4 GiB for 341. */
    public static LargeBodies ofHeap(long bytes) {
        return new LargeBodies(bytes / SHARE / EACH);
    }

    /** What one request holds. A client that goes away frees nothing while its request is still answered. */
    private final class Held {
        private final long bytes;
        private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.READING);

        Held(long bytes) {
            this.bytes = bytes;
        }

        void answering() {
            stage.compareAndSet(Stage.READING, Stage.ANSWERING);
        }

        boolean free(Stage from) {
            boolean mine = stage.compareAndSet(from, Stage.OVER);
            if (mine) {
                taken.addAndGet(-bytes);
            }
            return mine;
        }
    }

    /**
     * Goes before what reads the body.
     *
     * @param limit bytes of a body that does not say how long it is
     * @param forms whether forms go to the disk here
     */
    Handler<RoutingContext> before(long limit, boolean forms) {
        return ctx -> {
            if (!Bodies.fewBytes(ctx) && !(forms && Bodies.isForm(ctx))) {
                hold(ctx, Math.min(limit, Bodies.declared(ctx).orElse(limit)));
            }
            ctx.next();
        };
    }

    private void hold(RoutingContext ctx, long bytes) {
        if (!take(bytes)) {
            ctx.request().pause();
            ctx.response().putHeader(HttpHeaders.CONNECTION, "close"); // the body is not read
            throw Problem.later(
                    Problem.Code.NOT_AVAILABLE,
                    "Too many large bodies are being read; try again, or send the file as a form",
                    SOON);
        }
        Held held = new Held(bytes);
        ctx.put(HELD, held);
        long timer = ctx.vertx().setTimer(READING.toMillis(), _ -> {
            if (held.free(Stage.READING)) {
                ctx.request().connection().close();
            }
        });
        ctx.addEndHandler(_ -> {
            ctx.vertx().cancelTimer(timer);
            held.free(Stage.READING);
        });
    }

    private boolean take(long bytes) {
        while (true) {
            long now = taken.get();
            if (now > 0 && now + bytes > room) {
                return false;
            }
            if (taken.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
    }

    /** Goes around what answers. */
    Handler<RoutingContext> around(Handler<RoutingContext> answer) {
        return ctx -> {
            Optional<Held> held = Optional.ofNullable(ctx.get(HELD));
            held.ifPresent(Held::answering);
            try {
                answer.handle(ctx);
            } finally {
                held.ifPresent(mine -> mine.free(Stage.ANSWERING));
            }
        };
    }
}
