package io.kurir.session;

import io.kurir.Settings;
import io.kurir.chat.ChatNews;
import io.kurir.cluster.Leases;
import io.kurir.event.Event;
import io.kurir.event.EventLog;
import io.kurir.http.Problem;
import io.kurir.message.Traffic;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Identity;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live session of one device on the node that owns it: opens the page, follows what it reports, brings it back when it is lost. The
 * states are drawn at {@link DeviceState}. Each change is written, guarded by the epoch, in the order in which it happened.
 *
 * <p>All state belongs to the worker's context, and nothing here waits: a slow page must not hold up another one.
 * Over 300 lines: one state machine with one writer, whose transitions are to be read together.
 */
final class Session implements Leases.Holder {
    private static final Logger log = LoggerFactory.getLogger(Session.class);
    private static final int TRIES = 3;
    private static final Duration COMMAND = Duration.ofSeconds(20);

    /** What a session needs of the worker that runs it. */
    record Surroundings(
            Vertx vertx,
            DeviceStore store,
            EventLog events,
            Settings settings,
            Supplier<Future<WhatsApp>> browser,
            java.util.function.Function<Leases.Held, Traffic> traffic,
            java.util.function.Function<Leases.Held, ChatNews> news,
            java.util.function.Consumer<Session> ended) {}

    private final String deviceId;
    private final long ownerId;
    private final Surroundings around;
    private final Leases.Held lease;
    private final Traffic traffic;
    private final ChatNews news;
    private final StateWriter writer;
    private DeviceState state;
    private boolean linked;
    private boolean qrWanted;
    private int attempts;
    private String qr = "";
    private Optional<WhatsApp.Page> page = Optional.empty();
    private Promise<Void> settled = Promise.promise();
    private boolean stopping;
    // Counts the pages of this session: what an earlier page reports late is not ours any more.
    private int life;

    Session(Device device, Leases.Held lease, Surroundings around) {
        this.deviceId = device.deviceId();
        this.ownerId = device.ownerId();
        this.state = device.state();
        this.linked = device.linked();
        this.lease = lease;
        this.around = around;
        this.traffic = around.traffic().apply(lease);
        this.news = around.news().apply(lease);
        this.writer = new StateWriter(around.vertx(), around.store(), around.events(), deviceId, lease.epoch());
    }

    String deviceId() {
        return deviceId;
    }

    Leases.Held lease() {
        return lease;
    }

    String qr() {
        return qr;
    }

    boolean connected() {
        return state == DeviceState.CONNECTED;
    }

    void nudge() {
        traffic.nudge();
    }

    /** Looks for what is overdue; called about once a second. */
    void sweep() {
        traffic.sweep();
    }

    /** Idempotent. Completes when the page shows a QR code, is connected, or could not be opened. */
    Future<Void> start(boolean withQr) {
        qrWanted = withQr;
        if (page.isEmpty() && !opening()) {
            attempts = 0;
            open();
        } else if (state == DeviceState.QR_REQUIRED && qr.isEmpty()) {
            settled = Promise.promise();
            page.ifPresent(shown -> shown.execute(new Command.RefreshQr(), COMMAND));
        }
        return settled.future();
    }

    private boolean opening() {
        // life: a session begins with the stored state, which a killed process may have left at connecting
        return life > 0 && state == DeviceState.CONNECTING && !settled.future().isComplete();
    }

    private void open() {
        settled = Promise.promise();
        to(DeviceState.CONNECTING, "");
        int mine = ++life;
        Duration remaining = lease.remaining();
        if (remaining.isZero()) {
            doubtful();
            return;
        }
        around.browser()
                .get()
                .compose(browser -> browser.open(deviceId, lease.epoch(), remaining, event -> {
                    if (mine == life) {
                        on(event);
                    }
                }))
                .onComplete(
                        opened -> {
                            if (mine != life || stopping) {
                                opened.close();
                                return;
                            }
                            page = Optional.of(opened);
                            opened.extend(lease.remaining());
                            if (state == DeviceState.CONNECTED) {
                                traffic.open(opened); // it was ready before the opening was told
                            }
                            settle();
                        },
                        failed -> {
                            if (mine == life) {
                                lost("the page could not be opened: " + failed.getMessage());
                            }
                        });
    }

    private void on(PageEvent event) {
        switch (event) {
            case PageEvent.QrCode code -> qrShown(code.code());
            case PageEvent.QrExpired _ -> {
                qr = "";
                to(DeviceState.QR_REQUIRED, "the QR code expired; connect again for a new one");
            }
            case PageEvent.Linked link -> {
                qr = "";
                linked = true;
                identified(DeviceState.SYNCING, link.me(), true);
            }
            case PageEvent.Ready ready -> {
                qr = "";
                linked = true;
                attempts = 0;
                identified(DeviceState.CONNECTED, ready.me(), false);
                page.ifPresent(here -> traffic.open(here));
                settle();
            }
            case PageEvent.SocketLost _ -> socketLost();
            case PageEvent.Acked acked -> traffic.acked(acked);
            case PageEvent.SendFailed failed -> traffic.sendFailed(failed);
            case PageEvent.Received received -> {
                traffic.received(received);
                news.received(received);
            }
            case PageEvent.GroupChanged change -> news.groupChanged(change);
            case PageEvent.Paired pair -> news.paired(pair);
            case PageEvent.Reacted reacted -> traffic.reacted(reacted);
            case PageEvent.Edited edited -> traffic.edited(edited);
            case PageEvent.Revoked revoked -> traffic.revoked(revoked);
            case PageEvent.Voted voted -> traffic.voted(voted);
            case PageEvent.Presence presence ->
                live("presence", JsonObject.of("chat", presence.chat().toString(), "state", presence.state()));
            case PageEvent.LoggedOut out -> loggedOut(out.reason());
            case PageEvent.Replaced _ -> lost("another page of the same link took over");
            case PageEvent.Fenced _ -> {
                if (page.isPresent()) { // else the opening fails, and counts
                    doubtful();
                }
            }
            case PageEvent.Gone gone -> lost("the page is gone: " + gone.reason());
        }
    }

    private void qrShown(String code) {
        if (!qrWanted) {
            // restored, and the link is no more: nobody asked for a QR code
            loggedOut("the kept profile is no longer linked");
            return;
        }
        qr = code;
        if (state != DeviceState.QR_REQUIRED && state != DeviceState.PAIRING) {
            to(DeviceState.QR_REQUIRED, "");
        }
        live("qr-code", JsonObject.of("qr", code, "qrCode", code));
        settle();
    }

    /** A start has an end when there is a page and somebody can do something with it: its news may come before itself. */
    private void settle() {
        if (page.isPresent() && (state == DeviceState.CONNECTED || !qr.isEmpty())) {
            settled.tryComplete();
        }
    }

    private void identified(DeviceState next, Identity me, boolean newLink) {
        change(new DeviceStore.Change(
                next,
                "",
                Optional.of(me.phone().user()),
                me.lid().map(Jid::user),
                Optional.of(me.name()),
                Optional.of(true),
                Optional.of(true),
                attempts,
                newLink));
    }

    /** The page reconnects by itself; when it does not, it is opened anew. */
    private void socketLost() {
        traffic.pause();
        to(DeviceState.DISCONNECTED, "connection to WhatsApp lost");
        int mine = life;
        around.vertx().setTimer(reconnectDelay(), _ -> {
            if (mine == life && state == DeviceState.DISCONNECTED && !stopping) {
                lost("connection to WhatsApp lost");
            }
        });
    }

    /** The page is no more: opened again after a while, at most three times in a row. */
    private void lost(String reason) {
        if (stopping) {
            return;
        }
        closePage();
        log.warn("{}: {}", deviceId, reason);
        attempts++;
        if (attempts > TRIES) {
            to(DeviceState.ERROR, reason + "; gave up after " + TRIES + " tries");
            settled.tryComplete();
            return;
        }
        to(DeviceState.DISCONNECTED, reason);
        int mine = life;
        around.vertx().setTimer(reconnectDelay() << (attempts - 1), _ -> {
            if (mine == life && state == DeviceState.DISCONNECTED && !stopping) {
                reopen();
            }
        });
    }

    /** PostgreSQL is away, or this process stood still: no fault of the page, so no try of ours, however long it takes. */
    private void doubtful() {
        if (stopping) {
            return;
        }
        closePage();
        log.warn("{}: ownership was not renewed in time", deviceId);
        to(DeviceState.DISCONNECTED, "ownership was not renewed in time");
        reopenWhenOurs();
    }

    private void reopenWhenOurs() {
        int mine = life;
        around.vertx().setTimer(reconnectDelay(), _ -> {
            if (mine != life || state != DeviceState.DISCONNECTED || stopping) {
                return;
            }
            if (lease.remaining().isZero()) {
                reopenWhenOurs();
            } else {
                reopen();
            }
        });
    }

    private void reopen() {
        Promise<Void> waiting = settled;
        open();
        settled.future().onComplete(_ -> waiting.tryComplete());
    }

    private long reconnectDelay() {
        return around.settings().device().reconnectDelay().toMillis();
    }

    private Future<Void> closePage() {
        life++;
        qr = "";
        traffic.pause();
        Optional<WhatsApp.Page> closing = page;
        page = Optional.empty();
        return closing.map(here -> here.close().otherwiseEmpty()).orElseGet(Future::succeededFuture);
    }

    private void loggedOut(String reason) {
        if (stopping) {
            return;
        }
        log.info("{}: logged out: {}", deviceId, reason);
        stopping = true;
        linked = false;
        closePage()
                .compose(_ -> around.browser().get())
                .compose(browser -> browser.wipe(deviceId))
                .onComplete(_ -> {
                    end(DeviceState.LOGGED_OUT, reason);
                    if (around.settings().device().onLogout() == Settings.OnLogout.PURGE) {
                        around.store().delete(deviceId);
                    }
                });
    }

    /** Closes and opens the page; the link stays. */
    Future<Void> restart() {
        attempts = 0;
        int before = life;
        return closePage().compose(_ -> {
            if (life == before + 1 && !stopping) {
                open();
            }
            return settled.future();
        });
    }

    Future<String> pairingCode(String phone) {
        if (linked) {
            return Future.failedFuture(Problem.of(Problem.Code.ALREADY_LINKED, "the device is linked already"));
        }
        return start(true)
                .compose(_ -> page.map(here -> here.execute(new Command.RequestPairingCode(phone), COMMAND)
                                .onSuccess(_ -> {
                                    if (state == DeviceState.QR_REQUIRED) {
                                        to(DeviceState.PAIRING, "");
                                    }
                                }))
                        .orElseGet(() -> Future.failedFuture(notReady())));
    }

    /** Asks the page; fails with a {@link Problem}. */
    <R extends Record> Future<R> execute(Request<R> request, Duration timeout) {
        if (!connected()) {
            return Future.failedFuture(notReady());
        }
        return page.map(here -> here.execute(request, timeout)
                        .recover(fault -> Future.failedFuture(PageProblems.problem(fault))))
                .orElseGet(() -> Future.failedFuture(notReady()));
    }

    Future<List<String>> checkNumbers(List<String> numbers) {
        if (!connected()) {
            return Future.failedFuture(notReady());
        }
        return page.map(here -> here.execute(
                                new Command.CheckNumbers(
                                        numbers.stream().map(Jid::ofPhone).toList()),
                                COMMAND)
                        .map(found -> found.keySet().stream().map(Jid::user).toList()))
                .orElseGet(() -> Future.failedFuture(notReady()));
    }

    private Problem notReady() {
        return Problem.of(Problem.Code.SESSION_NOT_READY, "device " + deviceId + " is " + state.word());
    }

    /** Ends the session; the lease is given up by the worker. */
    Future<Void> stop(SessionApi.Ending ending) {
        if (stopping) {
            return settled.future();
        }
        stopping = true;
        settled = Promise.promise();
        Future<Void> closed = switch (ending) {
            case CLOSE -> closePage();
            case LOGOUT ->
                logout().eventually(this::closePage).eventually(this::wipe).mapEmpty();
            case WIPE -> closePage().eventually(this::wipe);
        };
        closed.onComplete(_ -> {
            switch (ending) {
                case CLOSE -> end(DeviceState.DISCONNECTED, "stopped");
                case LOGOUT -> end(DeviceState.DISCONNECTED, "disconnected on request");
                case WIPE -> end(DeviceState.CANCELLED, "wiped on request");
            }
        });
        return settled.future();
    }

    private Future<Boolean> logout() {
        return page.filter(_ -> linked)
                .map(here -> here.execute(new Command.Logout(), COMMAND).otherwise(false))
                .orElseGet(() -> Future.succeededFuture(false));
    }

    private Future<Void> wipe() {
        linked = false;
        return around.browser().get().compose(browser -> browser.wipe(deviceId));
    }

    private void end(DeviceState last, String reason) {
        boolean stays = linked;
        traffic.close();
        state = last;
        writer.write(new DeviceStore.Change(
                        last,
                        reason,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(stays),
                        stays ? Optional.empty() : Optional.of(false),
                        0,
                        false))
                .onComplete(_ -> {
                    settled.tryComplete();
                    around.ended().accept(this);
                });
    }

    @Override
    public void renewed(Duration remaining) {
        page.ifPresent(here -> here.extend(remaining));
    }

    @Override
    public void lost() {
        log.warn("{}: somebody else owns it now", deviceId);
        stopping = true;
        writer.abandon();
        closePage();
        traffic.close();
        news.close();
        settled.tryComplete();
        around.ended().accept(this);
    }

    private void to(DeviceState next, String reason) {
        change(new DeviceStore.Change(
                next,
                reason,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                qrWanted ? Optional.of(true) : Optional.empty(),
                attempts,
                false));
    }

    private void change(DeviceStore.Change change) {
        state = change.state();
        writer.write(change);
    }

    private void live(String type, JsonObject data) {
        around.events().live(new Event(OptionalLong.empty(), deviceId, ownerId, 0, type, Instant.now(), data));
    }
}
