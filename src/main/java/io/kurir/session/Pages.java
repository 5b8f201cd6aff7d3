package io.kurir.session;

import io.kurir.bus.Bus;
import io.kurir.http.Problem;
import io.kurir.whatsapp.Request;
import io.vertx.core.Future;
import java.time.Duration;

/** Asks the pages of devices, wherever in the cluster they are. */
public final class Pages {
    /** What the way there and back may take beside the page's own time. */
    private static final Duration WAY = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Owners owners;

    public Pages(Owners owners) {
        this.owners = owners;
    }

    /** To be called on a virtual thread; throws {@link Problem}: {@code SESSION_NOT_READY}, or what {@link PageProblems} makes of a refusal. */
    public <R extends Record> R ask(String deviceId, Request<R> request) {
        return ask(deviceId, request, PATIENCE).await();
    }

    public <R extends Record> Future<R> ask(String deviceId, Request<R> request, Duration timeout) {
        SessionApi.Execute execute = new SessionApi.Execute(deviceId, request, timeout);
        return owners.ask(deviceId, SessionApi.execute(deviceId), execute, timeout.plus(WAY))
                .map(executed -> request.answer().cast(executed.answer()))
                .recover(why -> Future.failedFuture(
                        why instanceof Bus.Nobody || why instanceof Bus.NotOwner
                                ? Problem.of(Problem.Code.SESSION_NOT_READY, "the device's session is not running")
                                : why));
    }
}
