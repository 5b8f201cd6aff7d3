package io.kurir.whatsapp.browser;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** Brings calls from any thread to the context that owns the state, and answers there. */
final class OnContext {
    private OnContext() {}

    /** Runs work on the context and completes there. */
    static <T> Future<T> run(Context context, Supplier<Future<T>> work) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(run -> {
            try {
                work.get().onComplete(done -> {
                    if (Vertx.currentContext() == context) {
                        promise.handle(done);
                    } else {
                        context.runOnContext(back -> promise.handle(done));
                    }
                });
            } catch (RuntimeException fault) {
                promise.fail(fault);
            }
        });
        return promise.future();
    }
}
