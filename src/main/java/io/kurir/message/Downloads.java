package io.kurir.message;

import io.kurir.cluster.Leases;
import io.kurir.event.EventLog;
import io.kurir.media.Media;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the files of a device's incoming messages from its page into the media store. What is still to be done is a row, so that it goes on
 * after a restart or on another node. Belongs to the context that made it.
 */
final class Downloads {
    private static final Logger log = LoggerFactory.getLogger(Downloads.class);
    private static final int AT_ONCE = 3;
    private static final int ATTEMPTS = 6;
    private static final Duration BASE_DELAY = Duration.ofSeconds(5);
    private static final Duration COMMAND = Duration.ofSeconds(60);
    private static final long AGAIN_MS = 2_000;

    private final Vertx vertx;
    private final Context context;
    private final String deviceId;
    private final DownloadStore store;
    private final Media media;
    private final EventLog events;
    private final Leases.Held lease;
    private Optional<WhatsApp.Page> page = Optional.empty();
    private boolean working;
    private boolean more;
    // Only the last timer that was set counts.
    private long timers;

    Downloads(Vertx vertx, String deviceId, DownloadStore store, Media media, EventLog events, Leases.Held lease) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.deviceId = deviceId;
        this.store = store;
        this.media = media;
        this.events = events;
        this.lease = lease;
    }

    void open(WhatsApp.Page ready) {
        page = Optional.of(ready);
        look();
    }

    void pause() {
        page = Optional.empty();
    }

    /** Something is wanted. */
    void look() {
        if (working) {
            more = true;
            return;
        }
        page.ifPresent(here -> {
            working = true;
            more = false;
            store.next(deviceId, AT_ONCE)
                    .compose(wanted -> bring(here, wanted))
                    .onComplete(done -> here(() -> {
                        working = false;
                        if (done.failed()) {
                            log.warn(
                                    "{}: files of messages: {}",
                                    deviceId,
                                    done.cause().getMessage());
                            lookIn(Duration.ofMillis(AGAIN_MS));
                        } else if (more) {
                            look();
                        } else {
                            done.result().ifPresent(this::lookIn);
                        }
                    }));
        });
    }

    private void here(Runnable deed) {
        context.runOnContext(_ -> deed.run());
    }

    private void lookIn(Duration wait) {
        long mine = ++timers;
        vertx.setTimer(Math.max(1, wait.toMillis()), _ -> {
            if (mine == timers) {
                look();
            }
        });
    }

    /** Answers when to look again; empty when nothing is wanted. */
    private Future<Optional<Duration>> bring(WhatsApp.Page from, List<DownloadStore.Wanted> wanted) {
        List<DownloadStore.Wanted> due =
                wanted.stream().filter(one -> one.in().isZero()).toList();
        if (due.isEmpty()) {
            return Future.succeededFuture(
                    wanted.stream().map(DownloadStore.Wanted::in).findFirst());
        }
        return Future.join(due.stream().map(one -> bring(from, one)).toList()).map(_ -> Optional.of(Duration.ZERO));
    }

    private Future<Void> bring(WhatsApp.Page from, DownloadStore.Wanted wanted) {
        return media.unfinished()
                .compose(into -> from.execute(new Command.Download(wanted.chat(), wanted.stanzaId(), into), COMMAND)
                        .compose(downloaded -> keep(wanted, into, downloaded))
                        .onFailure(_ -> vertx.fileSystem().delete(into.toString())))
                .recover(why -> failed(wanted, why));
    }

    private Future<Void> keep(DownloadStore.Wanted wanted, Path into, Command.Downloaded downloaded) {
        if (downloaded.size() > media.settings().maxSize()) {
            return vertx.fileSystem()
                    .delete(into.toString())
                    .compose(_ -> told(
                            store.gone(deviceId, lease.epoch(), wanted.messageId(), "larger than media.max-size")));
        }
        // the message goes on saying what its sender said; the file is served as what it is
        return media.keepByContent(into, downloaded.mimetype())
                .compose(stored -> told(store.stored(
                        deviceId,
                        lease.epoch(),
                        wanted.messageId(),
                        stored.hash(),
                        downloaded.mimetype(),
                        stored.size())));
    }

    private Future<Void> failed(DownloadStore.Wanted wanted, Throwable why) {
        if (why instanceof PageException lost
                && (lost.kind() == PageException.Kind.GONE || lost.kind() == PageException.Kind.FENCED)) {
            return Future.failedFuture(why); // the next page tries; this was no fault of the file
        }
        boolean hopeless = why instanceof PageException refused
                && refused.refusal()
                        .filter(reason ->
                                reason == Request.Refusal.MEDIA_GONE || reason == Request.Refusal.MESSAGE_NOT_FOUND)
                        .isPresent();
        log.info("{}: file of {} not brought: {}", deviceId, wanted.stanzaId(), why.getMessage());
        if (hopeless || wanted.attempt() + 1 >= ATTEMPTS) {
            return told(store.gone(deviceId, lease.epoch(), wanted.messageId(), String.valueOf(why.getMessage())));
        }
        return store.again(
                deviceId, lease.epoch(), wanted.messageId(), Fibonacci.delay(BASE_DELAY, wanted.attempt() + 1));
    }

    private Future<Void> told(Future<Boolean> change) {
        return change.map(changed -> {
                    if (changed) {
                        events.told(deviceId);
                    }
                    return changed;
                })
                .mapEmpty();
    }
}
