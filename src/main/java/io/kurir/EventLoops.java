package io.kurir;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;

/** The event loops of a Vert.x: one that is blocked stops everything that lives on it, and nothing but a new process helps. */
final class EventLoops {
    private EventLoops() {}

    /** Completes when each of them has run a task. */
    static Future<Void> answer(Vertx vertx) {
        List<Future<Void>> answers = new ArrayList<>();
        if (vertx instanceof VertxInternal internal) {
            for (EventExecutor loop : internal.nettyEventLoopGroup()) {
                Promise<Void> ran = Promise.promise();
                loop.execute(ran::tryComplete);
                answers.add(ran.future());
            }
        }
        return Future.all(answers).mapEmpty();
    }
}
