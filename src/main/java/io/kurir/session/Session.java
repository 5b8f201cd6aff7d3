package io.kurir.session;

import io.kurir.Settings;
import io.kurir.chat.ChatNews;
import io.kurir.cluster.Leases;
import io.kurir.event.Event;
import io.kurir.event.EventLog;
import io.kurir.http.Problem;
import io.kurir.http.QrPicture;
import io.kurir.message.Traffic;
import io.kurir.profile.Copies;
import io.kurir.profile.DamagedException;
import io.kurir.profile.Profiles;
import io.kurir.profile.Snapshots;
import io.kurir.profile.Source;
import io.kurir.session.Healing.Cause;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Identity;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.WhatsApp;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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
    private static final Duration COMMAND = Duration.ofSeconds(20);
    /** For a page that was reloaded to be connected again; a page that loads for the first time has the open-timeout. */
    private static final Duration RELOADED = Duration.ofSeconds(15);
    /** For a snapshot of a closed profile, while its device waits for its next page. */
    private static final Duration SNAPSHOT = Duration.ofSeconds(15);
    /** When the node stops: the whole stop has 4 s, and its own next start finds the folder. */
    private static final Duration LAST_SNAPSHOT = Duration.ofSeconds(2);
    /** For a freshly linked page to have its history; large accounts take minutes. */
    private static final Duration SYNCED = Duration.ofMinutes(15);

    /** What a session needs of the worker that runs it. */
    record Surroundings(
            Vertx vertx,
            DeviceStore store,
            Copies copies,
            EventLog events,
            Settings settings,
            Supplier<Settings.OnLogout> onLogout,
            Browser browser,
            MeterRegistry meters,
            java.util.function.Function<Leases.Held, Traffic> traffic,
            java.util.function.Function<Leases.Held, ChatNews> news,
            java.util.function.Consumer<Session> ended) {}

    /** The browser that this session shares with others. */
    interface Browser {
        /** The one that runs, started if need be. */
        Future<WhatsApp> get();

        /** The one that runs, if it has started. */
        Optional<WhatsApp> running();

        /** Whether the browser answers; one that does not is ended, which all its sessions hear. */
        Future<Boolean> check();

        /**
         * Moves every session to a fresh browser, one after the other, and ends the present one; while that is under way already, completes at
         * once: {@link #get} answers the fresh one.
         */
        Future<Void> renew();
    }

    private final String deviceId;
    private final long ownerId;
    private final Surroundings around;
    private final Leases.Held lease;
    private final Traffic traffic;
    private final ChatNews news;
    private final StateWriter writer;
    private final Healing healing;
    private final Probes probes;
    private DeviceState state;
    private boolean linked;
    private boolean qrWanted;
    private String qr = "";
    private Optional<WhatsApp.Page> page = Optional.empty();
    private Promise<Void> settled = Promise.promise();
    private boolean stopping;
    private Optional<WhatsApp> host = Optional.empty();
    /** Completes when the last opening has a page, or none and nothing of it is left. */
    private Future<?> opening = Future.succeededFuture();
    /** Completes when all pages that are being closed are closed. */
    private Future<Void> closed = Future.succeededFuture();

    private Runnable firstConnected = () -> {};
    private boolean reloading;
    private boolean travels;
    /** The browser did not say that a page is closed. */
    private boolean unclosed;

    /** Went on with an older profile, which has not shown yet that it is good for anything. */
    private boolean recovering;
    /** The page says that it is connected, which an older profile is not believed until WhatsApp's server has answered it. */
    private boolean checking;
    /** What the page is opened from, until it is connected. */
    private Optional<Snapshots.Taken> unproved = Optional.empty();

    // Counts the pages of this session: what an earlier page reports late is not ours any more.
    private int life;

    Session(Device device, Leases.Held lease, Surroundings around) {
        this.deviceId = device.deviceId();
        this.ownerId = device.ownerId();
        this.state = device.state();
        this.linked = device.linked();
        this.recovering = device.state() == DeviceState.RECOVERING;
        this.lease = lease;
        this.around = around;
        this.traffic = around.traffic().apply(lease);
        this.news = around.news().apply(lease);
        this.writer = new StateWriter(around.vertx(), around.store(), around.events(), deviceId, lease.epoch());
        this.healing = new Healing(around.meters(), around.settings().device().reconnectDelay());
        this.probes = new Probes(around.settings().health(), around.meters(), diagnosis());
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

    /** After its end: whether another node can go on with the profile. */
    boolean travels() {
        return travels;
    }

    void nudge() {
        traffic.nudge();
    }

    /** Once, when the device is connected for the first time in this session. */
    void whenConnected(Runnable told) {
        firstConnected = told;
    }

    /** Looks for what is overdue; called about once a second. */
    void sweep() {
        traffic.sweep();
        probes.sweep();
    }

    /** Idempotent. Completes when the page shows a QR code, is connected, or could not be opened. */
    Future<Void> start(boolean withQr) {
        qrWanted = withQr;
        if (page.isEmpty() && !opening()) {
            healing.reset();
            open();
        } else if (state == DeviceState.QR_REQUIRED && qr.isEmpty()) {
            unsettled();
            page.ifPresent(shown -> shown.execute(new Command.RefreshQr(), COMMAND));
        }
        return settled.future();
    }

    private boolean opening() {
        // life: a session begins with the stored state, which a killed process may have left at connecting
        return life > 0
                && (state == DeviceState.CONNECTING || state == DeviceState.RECOVERING)
                && !settled.future().isComplete();
    }

    private void open() {
        unsettled();
        to(onItsWay(), recovering ? "an older profile is being checked" : "");
        int mine = ++life;
        if (lease.remaining().isZero()) {
            doubtful();
            return;
        }
        opening = around.browser()
                .get()
                .compose(browser -> {
                    host = Optional.of(browser);
                    return mine != life
                            ? Future.<WhatsApp>failedFuture("no longer wanted")
                            : written(browser).map(browser);
                })
                .compose(browser -> mine != life
                        ? Future.failedFuture("no longer wanted")
                        : browser.open(deviceId, lease.epoch(), lease::remaining, event -> {
                            if (mine == life) {
                                on(event);
                            } else {
                                late(event);
                            }
                        }))
                .compose(opened -> mine == life && !stopping ? opened(opened) : opened.close())
                .onFailure(fault -> {
                    if (mine == life) {
                        notOpened(fault);
                    }
                });
    }

    /** The state of a device whose page is not connected yet. */
    private DeviceState onItsWay() {
        return recovering ? DeviceState.RECOVERING : DeviceState.CONNECTING;
    }

    /** No page opens before it is written down that this opening's copy of the profile is the present one. */
    private Future<Void> written(WhatsApp browser) {
        long epoch = lease.epoch();
        return around.copies()
                .choose(browser, deviceId, epoch, linked)
                .compose(source -> allowed(source)
                        .compose(_ -> around.copies().ready(browser, deviceId, epoch, source))
                        .recover(fault -> fault instanceof DamagedException
                                ? written(browser) // with the next best: it is dropped
                                : Future.failedFuture(fault)));
    }

    private Future<Void> allowed(Source source) {
        return switch (source) {
            case Source.Folder _ -> Future.succeededFuture();
            case Source.Snapshot(Snapshots.Taken taken) -> {
                log.info("{}: goes on with the snapshot of epoch {}", deviceId, taken.epoch());
                unproved = Optional.of(taken);
                yield Future.succeededFuture();
            }
            case Source.OldFolder(long epoch) -> rolledBack(epoch, Optional.empty());
            case Source.OldSnapshot(Snapshots.Taken taken) -> rolledBack(taken.epoch(), Optional.of(taken));
            case Source.Nothing _ -> Future.failedFuture(new NotHere("it is not on this node"));
        };
    }

    /** Whoever went on with an older profile forgot what it did since: its history is another one from here on (newLink). */
    private Future<Void> rolledBack(long epoch, Optional<Snapshots.Taken> from) {
        if (around.settings().profile().onStale() == Settings.OnStale.RELINK) {
            return Future.failedFuture(new NotHere("there is only an older one, of epoch " + epoch));
        }
        String reason = "goes on with an older profile, of epoch " + epoch;
        log.warn("{}: {}", deviceId, reason);
        recovering = true;
        unproved = from;
        state = DeviceState.RECOVERING;
        return writer.write(new DeviceStore.Change(
                state,
                reason,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                healing.attempts(),
                true));
    }

    /** The profile that the link is in is not to be had. */
    private static final class NotHere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotHere(String why) {
            super("the profile that was opened last cannot be reached: " + why + "; link again");
        }
    }

    private Future<Void> opened(WhatsApp.Page opened) {
        page = Optional.of(opened);
        opened.extend(lease::remaining);
        if (up()) {
            ready(opened); // it was ready before the opening was told
        }
        settle();
        within(around.settings().whatsapp().browser().openTimeout(), onItsWay(), "nothing came of the page");
        return Future.succeededFuture();
    }

    /** A page that was fenced while it loaded has done nothing wrong: its owner could not renew the lease. */
    private void notOpened(Throwable fault) {
        switch (fault) {
            case NotHere elsewhere -> notHere(elsewhere);
            case Profiles.NotWritten _ -> doubtful();
            case PageException page when page.kind() == PageException.Kind.FENCED -> doubtful();
            default -> trouble(Cause.OPENING, "the page could not be opened: " + fault.getMessage());
        }
    }

    /** Ends as after a logout, but that nothing is removed: what lies here is old, and the link goes on elsewhere or is lost. */
    private void notHere(NotHere elsewhere) {
        if (stopping) {
            return;
        }
        log.warn("{}: {}", deviceId, elsewhere.getMessage());
        stopping = true;
        linked = false;
        closePage().onComplete(_ -> end(DeviceState.LOGGED_OUT, Objects.requireNonNull(elsewhere.getMessage())));
    }

    /** No device stays in a state that should pass. */
    private void within(Duration patience, DeviceState passing, String reason) {
        int mine = life;
        around.vertx().setTimer(patience.toMillis(), _ -> {
            if (mine == life && state == passing && !stopping) {
                trouble(Cause.OPENING, reason);
            }
        });
    }

    /** The page says that it is connected. */
    private boolean up() {
        return connected() || checking;
    }

    private void ready(WhatsApp.Page here) {
        traffic.broadcasts(!checking);
        traffic.open(here);
        probes.watch(here, checking);
        int mine = life;
        int before = healing.troubles();
        around.vertx().setTimer(around.settings().health().healthyAfter().toMillis(), _ -> {
            if (mine == life && connected() && before == healing.troubles()) {
                healing.reset();
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
                within(SYNCED, DeviceState.SYNCING, "the history did not come");
            }
            case PageEvent.Ready ready -> {
                qr = "";
                linked = true;
                reloading = false;
                checking = recovering;
                healing.connected();
                identified(checking ? DeviceState.RECOVERING : DeviceState.CONNECTED, ready.me(), false);
                unproved.ifPresent(this::proved);
                page.ifPresent(this::ready);
                if (!checking) {
                    nowConnected();
                }
            }
            case PageEvent.SocketLost _ -> socketLost();
            case PageEvent.Fact fact -> {
                if (fact instanceof PageEvent.Acked) {
                    probes.heard();
                }
                noted(fact);
            }
            case PageEvent.SendFailed failed -> traffic.sendFailed(failed);
            case PageEvent.Presence presence ->
                live("presence", JsonObject.of("chat", presence.chat().toString(), "state", presence.state()));
            case PageEvent.LoggedOut out -> loggedOut(out.reason());
            case PageEvent.Replaced _ -> trouble(Cause.REPLACED, "another page of the same link took over");
            case PageEvent.Fenced _ -> {
                if (page.isPresent()) { // else the opening fails, and counts
                    doubtful();
                }
            }
            case PageEvent.Gone gone -> gone(gone.reason());
        }
    }

    private void nowConnected() {
        firstConnected.run();
        firstConnected = () -> {};
        settle();
    }

    private void proved(Snapshots.Taken from) {
        unproved = Optional.empty();
        around.copies()
                .proved(deviceId, from)
                .onFailure(away -> log.warn("{}: snapshot not marked as proved: {}", deviceId, away.getMessage()));
    }

    /** WhatsApp's server has answered the page: the older profile will do. */
    private void recovered() {
        if (!checking) {
            return;
        }
        checking = false;
        recovering = false;
        log.info("{}: the older profile works", deviceId);
        to(DeviceState.CONNECTED, "");
        traffic.broadcasts(true);
        nowConnected();
    }

    private void noted(PageEvent.Fact fact) {
        switch (fact) {
            case PageEvent.Acked acked -> traffic.acked(acked);
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
        }
    }

    /** Of a page that is being closed. What it had still to send is asked for again by the next one. */
    private void late(PageEvent event) {
        if (event instanceof PageEvent.Fact fact) {
            noted(fact);
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
        live("qr-code", JsonObject.of("qr", code, "qrCode", QrPicture.pngDataUrl(code)));
        settle();
    }

    /** A start has an end when there is a page and somebody can do something with it: its news may come before itself. */
    private void settle() {
        if (page.isPresent() && (state == DeviceState.CONNECTED || !qr.isEmpty())) {
            settled();
        }
    }

    /** Whoever waited for the end of a start reads the device's row next: it must say what we say. */
    private void settled() {
        Promise<Void> ended = settled;
        writer.written().onComplete(_ -> ended.tryComplete());
    }

    /** What was settled no longer is; who still waits for the start before waits for this one. */
    private void unsettled() {
        Promise<Void> before = settled;
        settled = Promise.promise();
        settled.future().onComplete(_ -> before.tryComplete());
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
                next == DeviceState.CONNECTED ? 0 : healing.attempts(),
                newLink));
    }

    /** The page reconnects by itself; when it does not, it is helped. */
    private void socketLost() {
        if (reloading) {
            return; // the old document says so on its way out
        }
        checking = false;
        traffic.pause();
        probes.stop();
        to(DeviceState.DISCONNECTED, "connection to WhatsApp lost");
        int mine = life;
        around.vertx().setTimer(reconnectDelay(), _ -> {
            if (mine == life && state == DeviceState.DISCONNECTED && !stopping) {
                trouble(Cause.SOCKET, "connection to WhatsApp lost");
            }
        });
    }

    /** The page's browser went with it when it does not answer any more. */
    private void gone(String reason) {
        if (lease.remaining().isZero()) {
            doubtful(); // it closed itself when nobody extended its deadline: no crash
            return;
        }
        boolean browser = host.map(WhatsApp::gone).filter(Future::isComplete).isPresent();
        trouble(browser ? Cause.BROWSER : Cause.CRASHED, "the page is gone: " + reason);
    }

    /** Told by the probes. Where a page does not answer because its browser does not, all its sessions hear that it is gone. */
    private Probes.Diagnosis diagnosis() {
        return new Probes.Diagnosis() {
            @Override
            public void suspect() {
                around.browser().check();
            }

            @Override
            public void sick(Cause cause, String reason) {
                if (up()) {
                    trouble(cause, reason);
                }
            }

            @Override
            public void well() {
                recovered();
            }
        };
    }

    /** Something is wrong that does not pass by itself: the next step of the ladder, or none any more. */
    private void trouble(Cause cause, String reason) {
        if (stopping) {
            return;
        }
        log.warn("{}: {}", deviceId, reason);
        unsettled();
        Optional<Healing.Try> next = healing.next(cause);
        boolean stays = next.filter(one -> one.step() == Healing.Step.RELOAD).isPresent() && page.isPresent();
        checking = false;
        if (stays) {
            traffic.pause();
            probes.stop();
        } else {
            closePage();
        }
        if (next.isEmpty()) {
            to(DeviceState.ERROR, reason + "; gave up after " + Healing.TRIES + " tries");
            settled();
            return;
        }
        Healing.Try chosen = next.get();
        to(DeviceState.DISCONNECTED, reason);
        writer.write(() -> around.store().healing(deviceId, lease.epoch(), chosen, reason));
        int mine = life;
        around.vertx().setTimer(Math.max(1, chosen.delay().toMillis()), _ -> {
            if (mine == life && state == DeviceState.DISCONNECTED && !stopping) {
                take(chosen);
            }
        });
    }

    private void take(Healing.Try chosen) {
        switch (chosen.step()) {
            case RELOAD -> page.ifPresentOrElse(here -> reload(here, chosen.cause()), this::open);
            case REOPEN -> open();
            case RESTART -> {
                int mine = life;
                around.browser().renew().onComplete(_ -> {
                    if (mine == life && state == DeviceState.DISCONNECTED && !stopping) {
                        open(); // a renewal was under way already
                    }
                });
            }
        }
    }

    private void reload(WhatsApp.Page here, Cause cause) {
        reloading = true;
        to(onItsWay(), "");
        here.reload();
        int mine = life;
        Duration open = around.settings().whatsapp().browser().openTimeout();
        Duration patience = open.compareTo(RELOADED) < 0 ? open : RELOADED;
        around.vertx().setTimer(patience.toMillis(), _ -> {
            if (mine == life && reloading && !stopping) {
                trouble(cause, "reloading the page did not help");
            }
        });
    }

    /** For the worker: closes the page cleanly and opens it again, in another browser where there is one by then. */
    Future<Void> move() {
        return opening.transform(_ -> {
            if (stopping || state == DeviceState.ERROR) {
                return Future.succeededFuture();
            }
            if (page.isEmpty()) {
                open();
                return settled.future();
            }
            if (host.equals(around.browser().running())) {
                return settled.future(); // it has come there by itself
            }
            int before = life;
            to(onItsWay(), "moving to a fresh browser");
            return closeInOrder(SNAPSHOT).compose(_ -> {
                if (life == before + 1 && !stopping) {
                    open();
                }
                return settled.future();
            });
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
                open();
            }
        });
    }

    private long reconnectDelay() {
        return around.settings().device().reconnectDelay().toMillis();
    }

    /** Completes when nothing of the page is left, also of one that was still opening, and of those before. */
    private Future<Void> closePage() {
        return closeOrFail().otherwiseEmpty();
    }

    /** Likewise; fails for a page that did not close in order. */
    private Future<Void> closeOrFail() {
        life++;
        qr = "";
        reloading = false;
        checking = false;
        traffic.pause();
        probes.stop();
        Optional<WhatsApp.Page> closing = page;
        page = Optional.empty();
        if (!opening.isComplete()) {
            host.ifPresent(browser -> browser.abandonOpening(deviceId));
        }
        Future<?> ended = opening;
        Future<Void> before = closed;
        Future<Void> mine = closing.map(here -> here.close().onFailure(_ -> unclosed = true))
                .orElseGet(Future::succeededFuture)
                .eventually(() -> ended.otherwiseEmpty())
                .eventually(() -> before);
        closed = mine.otherwiseEmpty();
        return mine;
    }

    private void loggedOut(String reason) {
        if (stopping) {
            return;
        }
        log.info("{}: logged out: {}", deviceId, reason);
        stopping = true;
        linked = false;
        closePage().compose(_ -> wipe()).onComplete(_ -> end(DeviceState.LOGGED_OUT, reason, this::purged));
    }

    /** Closes and opens the page; the link stays. */
    Future<Void> restart() {
        healing.reset();
        int before = life;
        return closeInOrder(SNAPSHOT).compose(_ -> {
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
        unsettled();
        Future<Void> ended = switch (ending) {
            case CLOSE -> closeInOrder(LAST_SNAPSHOT);
            case MOVE -> closeInOrder(SNAPSHOT);
            case LOGOUT ->
                logout().eventually(this::closePage).eventually(this::wipe).mapEmpty();
            case WIPE -> closePage().eventually(this::wipe);
        };
        ended.onComplete(_ -> {
            switch (ending) {
                case CLOSE -> end(DeviceState.DISCONNECTED, "stopped");
                case MOVE -> end(DeviceState.DISCONNECTED, "moving to another node");
                case LOGOUT -> end(DeviceState.DISCONNECTED, "disconnected on request");
                case WIPE -> end(DeviceState.CANCELLED, "wiped on request");
            }
        });
        return settled.future();
    }

    /** Whoever opens the profile next knows that it is complete: written before the lease is given up. */
    private Future<Void> closeInOrder(Duration patience) {
        Optional<WhatsApp> from = host.filter(_ -> page.isPresent());
        return closeOrFail()
                .compose(_ -> from.map(
                                browser -> around.copies().closed(browser, deviceId, lease.epoch(), linked, patience))
                        .orElseGet(() -> Future.succeededFuture(!linked)))
                .otherwise(false)
                .onSuccess(kept -> travels = kept)
                .mapEmpty();
    }

    private Future<Boolean> logout() {
        return page.filter(_ -> linked)
                .map(here -> here.execute(new Command.Logout(), COMMAND).otherwise(false))
                .orElseGet(() -> Future.succeededFuture(false));
    }

    private Future<Void> wipe() {
        linked = false;
        return around.browser()
                .get()
                .compose(browser -> browser.wipe(deviceId))
                .eventually(() -> around.copies().forget(deviceId));
    }

    private void end(DeviceState last, String reason) {
        end(last, reason, Future::succeededFuture);
    }

    private void end(DeviceState last, String reason, Supplier<Future<?>> then) {
        boolean stays = linked;
        Future<Void> written = traffic.close();
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
                .eventually(() -> written)
                .compose(_ -> then.get())
                .transform(_ -> silent())
                .onComplete(_ -> {
                    settled.tryComplete();
                    around.ended().accept(this);
                });
    }

    /** What may not be closed sends until its deadline at most; nobody may open another page of the device before. */
    private Future<?> silent() {
        long left = unclosed ? lease.remaining().toMillis() : 0;
        return left == 0 ? Future.succeededFuture() : around.vertx().timer(left);
    }

    /** Whoever follows the device has been told of the logout before the device is no more. */
    private Future<?> purged() {
        return around.onLogout().get() == Settings.OnLogout.PURGE
                ? around.store().delete(deviceId)
                : Future.succeededFuture();
    }

    @Override
    public void renewed() {
        page.ifPresentOrElse(
                here -> here.extend(lease::remaining),
                () -> host.ifPresent(browser -> browser.extendOpening(deviceId)));
    }

    @Override
    public void lost() {
        log.warn("{}: somebody else owns it now", deviceId);
        writer.abandon();
        traffic.close();
        news.close();
        if (stopping) {
            return; // it ends when its page is closed
        }
        stopping = true;
        // the new owner may be this node, by a request that it had given up: it opens the device again when nothing of
        // this page is left
        closePage().onComplete(_ -> {
            settled.tryComplete();
            around.ended().accept(this);
        });
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
                healing.attempts(),
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
