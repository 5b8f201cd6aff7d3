package io.kurir.whatsapp;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A place where pages of several devices live; in production one Chromium. All its callbacks and completions come on the Vert.x
 * context that opened it.
 */
public interface WhatsApp {

    /**
     * Opens the device's page on its kept profile, or on an empty one. Completes when our bridge in the page answers; whether the device is
     * linked is told by the first event ({@link PageEvent.QrCode}, {@link PageEvent.Ready}).
     *
     * @param remaining the first deadline of the dead man's switch
     */
    Future<Page> open(String deviceId, long epoch, Duration remaining, Consumer<PageEvent> events);

    /** Forgets the device's profile in every generation. The page must be closed. */
    Future<Void> wipe(String deviceId);

    /** Closes every page cleanly, then ends the browser. */
    Future<Void> close();

    /** Completes when the browser is gone, for whatever reason. */
    Future<Void> gone();

    /** One device's page. Every command carries its epoch and fails with {@link PageException} once the page is fenced or gone. */
    interface Page {

        <R> Future<R> execute(Command<R> command, Duration timeout);

        /** Extends the dead man's switch: the page closes its socket by itself when this much time passes without another call. */
        Future<Void> extend(Duration remaining);

        /** Lets the page write what it holds, and closes it; the profile is clean afterwards. */
        Future<Void> close();
    }
}
