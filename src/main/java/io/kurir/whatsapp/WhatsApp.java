package io.kurir.whatsapp;

import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A place where pages of several devices live; in production one Chromium. All its callbacks and completions come on the Vert.x
 * context that opened it.
 */
public interface WhatsApp {

    /**
     * Looks for the device's newest profile and, where that is the one that was opened last, names it for this epoch, so that {@link #open} finds it.
     * Any other stays as it is.
     *
     * @param opened the epoch of the last opening that was written down; 0 for none
     */
    default Future<Kept> claim(String deviceId, long epoch, long opened) {
        return Future.succeededFuture(new Kept.Current(epoch));
    }

    /**
     * Opens the device's page on its kept profile, or on an empty one. Completes when our bridge in the page answers; whether the device is
     * linked is told by the first event ({@link PageEvent.QrCode}, {@link PageEvent.Ready}).
     *
     * @param remaining how long the page may still send, for the dead man's switch; asked for whenever it is handed on, and after the clocks were
     *     read, because this process may stand still between any two steps
     */
    Future<Page> open(String deviceId, long epoch, Supplier<Duration> remaining, Consumer<PageEvent> events);

    /** As {@link Page#extend} for a page that is still opening: what takes long to load must not be fenced for that. Unknown devices are ignored. */
    default void extendOpening(String deviceId) {}

    /** The opening of the device's page, if one is under way, fails soon. */
    default void abandonOpening(String deviceId) {}

    /** Whether the browser itself, rather than a page, answers within this time; never fails. */
    default Future<Boolean> answers(Duration patience) {
        return Future.succeededFuture(true);
    }

    /** Ends the browser by force, when it does not answer; its profiles are as after a crash. */
    default Future<Void> kill() {
        return close();
    }

    /** What all processes of the browser use now. */
    default Future<Usage> usage() {
        return Future.succeededFuture(new Usage(0, 0));
    }

    /** {@code memory} in bytes, each shared page counted in part (PSS); {@code cpuSeconds} since the processes began. */
    record Usage(long memory, double cpuSeconds) {}

    /** The files of the device's newest profile that a copy needs, by their names in it. Its page must be closed, and stay so while they are read. */
    default Future<Map<String, Path>> files(String deviceId) {
        return Future.succeededFuture(Map.of());
    }

    /**
     * Makes what {@code fill} writes into an empty folder the device's only profile, named for this epoch, so that {@link #open} finds it. When
     * {@code fill} fails nothing is changed. The page must be closed.
     */
    default Future<Void> replace(String deviceId, long epoch, Function<Path, Future<Void>> fill) {
        return Future.failedFuture(new PageException(PageException.Kind.FAILED, "profiles are not kept here"));
    }

    /** Forgets the device's profile in every generation. The page must be closed. */
    Future<Void> wipe(String deviceId);

    /** Closes every page cleanly, then ends the browser. */
    Future<Void> close();

    /** Completes when the browser is gone, for whatever reason. */
    Future<Void> gone();

    /** One device's page. Every command carries its epoch and fails with {@link PageException} once the page is fenced or gone. */
    interface Page {

        <R> Future<R> execute(Command<R> command, Duration timeout);

        /**
         * Extends the dead man's switch: the page closes its socket by itself when this much time passes without another call.
         *
         * @param remaining as for {@link WhatsApp#open}
         */
        Future<Void> extend(Supplier<Duration> remaining);

        /** Loads WhatsApp Web anew in the same page; completes when the browser began, {@link PageEvent.Ready} follows. */
        default Future<Void> reload() {
            return Future.failedFuture(new PageException(PageException.Kind.FAILED, "this page cannot be reloaded"));
        }

        /**
         * Lets the page write what it holds, and closes it; the profile is clean afterwards. Fails where the browser does not say that it is closed: such a
         * page may send until its deadline.
         */
        Future<Void> close();
    }
}
