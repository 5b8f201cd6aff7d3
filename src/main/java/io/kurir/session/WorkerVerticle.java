package io.kurir.session;

import io.kurir.Settings;
import io.kurir.Vault;
import io.kurir.bus.Address;
import io.kurir.bus.Bus;
import io.kurir.chat.ChatNews;
import io.kurir.cluster.Leases;
import io.kurir.cluster.Nodes;
import io.kurir.config.StoredConfig;
import io.kurir.event.EventLog;
import io.kurir.http.Problem;
import io.kurir.media.Media;
import io.kurir.message.Outbox;
import io.kurir.message.Traffic;
import io.kurir.profile.Copies;
import io.kurir.profile.Profiles;
import io.kurir.profile.Snapshots;
import io.kurir.proxy.Proxy;
import io.kurir.trace.Traces;
import io.kurir.whatsapp.WhatsApp;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the sessions of the devices that share one Chromium ({@link SharedBrowser}). An event-loop
 * verticle: everything about its sessions happens on its context, and nothing there waits. Over 300 lines: one handler per address.
 */
public final class WorkerVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(WorkerVerticle.class);
    private static final Duration SWEEP = Duration.ofSeconds(1);
    /** With the lease's default of 20 s a device is to be back within 25. */
    private static final Duration[] TAKEOVERS = IntStream.of(1, 2, 5, 10, 15, 20, 25, 30, 60)
            .mapToObj(Duration::ofSeconds)
            .toArray(Duration[]::new);

    private static final Duration REACHED = Duration.ofSeconds(2);
    /** For the next owner to open the device. */
    private static final Duration HANDED_OVER = Duration.ofSeconds(45);

    /** What every worker of a node shares. */
    public record Node(
            Pool pool,
            Bus bus,
            Leases leases,
            Nodes nodes,
            EventLog events,
            Settings settings,
            StoredConfig config,
            Outbox outbox,
            Media media,
            MeterRegistry meters,
            Vault vault,
            Launcher launcher,
            Traces traces) {}

    /** Where a browser keeps its profiles, below the node's folder of browsers, and what it reaches the network through. */
    public record Place(String folder, Optional<Proxy> proxy) {}

    /** Starts a browser; its callbacks come on the caller's context. */
    public interface Launcher {
        Future<WhatsApp> launch(Place place);
    }

    private record Owned(Session session, List<Bus.Registration> addresses) {}

    private final int number;
    private final Node node;
    private final DeviceStore store;
    private Optional<Copies> copies = Optional.empty();
    private final Map<String, Owned> owned = new HashMap<>();
    private final Map<String, Future<Session>> starting = new HashMap<>();
    private final Optional<Proxy> proxy;
    private final Set<String> expected = new HashSet<>();
    private Optional<SharedBrowser> browser = Optional.empty();
    private Optional<Context> home = Optional.empty();
    private volatile int load;
    // the node looks for devices to restore until its very end: what stops here must not begin again
    private boolean stopping;
    private final Map<String, Handover> leaving = new HashMap<>();

    /** A device on its way to another node; {@code given} completes when it may be taken there. */
    private record Handover(Optional<String> to, Promise<Leases.Held> given) {}

    public WorkerVerticle(int number, Optional<Proxy> proxy, Node node) {
        this.number = number;
        this.proxy = proxy;
        this.node = node;
        this.store = new DeviceStore(node.pool());
    }

    @Override
    public Future<?> start() {
        home = Optional.of(context);
        browser = Optional.of(new SharedBrowser(number, node, proxy, this::sessions));
        copies = Optional.of(new Copies(
                new Profiles(
                        node.pool(), node.settings().profile().sharedFolder().isPresent()),
                new Snapshots(vertx, node.pool(), node.vault(), node.meters()),
                node.settings().profile().snapshots()));
        vertx.setPeriodic(SWEEP.toMillis(), _ -> sweep());
        return Future.succeededFuture();
    }

    private List<Session> sessions() {
        return owned.values().stream().map(Owned::session).toList();
    }

    /** How many devices it runs or is about to; may be read anywhere. */
    int load() {
        return load;
    }

    /** Bytes that its browser uses; may be read anywhere. */
    long bytes() {
        return browser.map(SharedBrowser::bytes).orElse(0L);
    }

    Optional<Proxy> proxy() {
        return proxy;
    }

    /** A device that is placed here counts at once, not only when its lease was taken. */
    Future<Void> expect(String deviceId) {
        return here(() -> {
            expected.add(deviceId);
            count();
            return Future.succeededFuture();
        });
    }

    private void count() {
        Set<String> all = new HashSet<>(expected);
        all.addAll(owned.keySet());
        all.addAll(starting.keySet());
        load = all.size();
    }

    /** Moves its devices to a fresh browser, one after the other; completes when the old browser is closed. */
    Future<Void> recycle() {
        return here(() -> browser.orElseThrow().recycle());
    }

    /** Runs on the worker's context whatever the caller's is; the caller is told on its own. */
    private <T> Future<T> here(Supplier<Future<T>> deed) {
        Promise<T> promise = Promise.promise();
        Optional<Context> caller = Optional.ofNullable(Vertx.currentContext());
        home.orElseThrow()
                .runOnContext(_ -> deed.get()
                        .onComplete(done -> caller.ifPresentOrElse(
                                back -> back.runOnContext(_ -> promise.handle(done)), () -> promise.handle(done))));
        return promise.future();
    }

    Future<Boolean> runs(String deviceId) {
        return here(() -> Future.succeededFuture(owned.containsKey(deviceId) || starting.containsKey(deviceId)));
    }

    Future<List<String>> running() {
        return here(() -> Future.succeededFuture(List.copyOf(owned.keySet())));
    }

    /** Takes the device and starts its session; completes as {@link Session#start} does. */
    Future<Void> begin(String deviceId, boolean withQr) {
        return here(() -> take(deviceId).compose(session -> session.start(withQr)));
    }

    private Future<Session> take(String deviceId) {
        Optional<Owned> mine = Optional.ofNullable(owned.get(deviceId));
        if (mine.isPresent()) {
            return Future.succeededFuture(mine.get().session());
        }
        if (stopping) {
            return Future.failedFuture(
                    Problem.later(Problem.Code.NOT_AVAILABLE, "this node is stopping", Duration.ofSeconds(5)));
        }
        // two callers at once must not make two sessions
        return Optional.ofNullable(starting.get(deviceId)).orElseGet(() -> {
            Future<Session> taking = acquire(deviceId).onComplete(_ -> {
                starting.remove(deviceId);
                expected.remove(deviceId);
                count();
            });
            if (!taking.isComplete()) {
                starting.put(deviceId, taking);
            }
            return taking;
        });
    }

    private Future<Session> acquire(String deviceId) {
        Mailbox mailbox = new Mailbox();
        return store.get(deviceId)
                .compose(found -> found.map(device -> node.leases()
                                .acquire(deviceId, Integer.toString(number), mailbox)
                                .compose(lease -> lease.map(held -> Future.succeededFuture(own(device, held, mailbox)))
                                        .orElseGet(() -> Future.failedFuture(ownedElsewhere(deviceId)))))
                        .orElseGet(() -> Future.failedFuture(
                                Problem.of(Problem.Code.SESSION_NOT_FOUND, "no device " + deviceId))));
    }

    private static Problem ownedElsewhere(String deviceId) {
        return Problem.later(
                Problem.Code.NOT_AVAILABLE,
                "device " + deviceId + " is owned by another node, or by one that is gone",
                Duration.ofSeconds(5));
    }

    /** Hands the lease's news to the session on the worker's context; the session exists only after the lease. */
    private final class Mailbox implements Leases.Holder {
        private Optional<Session> session = Optional.empty();

        @Override
        public void renewed() {
            home.orElseThrow().runOnContext(_ -> session.ifPresent(Session::renewed));
        }

        @Override
        public void lost() {
            home.orElseThrow().runOnContext(_ -> session.ifPresent(Session::lost));
        }
    }

    private Session own(Device device, Leases.Held lease, Mailbox mailbox) {
        Session session = new Session(
                device,
                lease,
                new Session.Surroundings(
                        vertx,
                        store,
                        copies.orElseThrow(),
                        node.events(),
                        node.settings(),
                        node.config()::onLogout,
                        browser.orElseThrow(),
                        node.meters(),
                        held -> new Traffic(
                                vertx,
                                node.pool(),
                                node.bus(),
                                node.events(),
                                node.config()::delivery,
                                node.config()::send,
                                node.media(),
                                node.settings().suppression().words(),
                                held,
                                node.traces(),
                                node.meters()),
                        held -> new ChatNews(vertx, node.pool(), node.events(), held),
                        this::ended));
        mailbox.session = Optional.of(session);
        lease.abandoned().ifPresent(after -> takenOver(session, after));
        owned.put(device.deviceId(), new Owned(session, serve(session)));
        count();
        return session;
    }

    /** How long a dead owner's device stood still, by phase: until its lease was free and taken, and from then until it was connected. */
    private void takenOver(Session session, Duration standstill) {
        long taken = System.nanoTime();
        tookOver("lease", standstill);
        session.whenConnected(() -> {
            Duration opening = Duration.ofNanos(System.nanoTime() - taken);
            tookOver("connect", opening);
            log.info(
                    "{}: taken over {} ms after its owner's last renewal, connected {} ms later",
                    session.deviceId(),
                    standstill.toMillis(),
                    opening.toMillis());
        });
    }

    private void tookOver(String phase, Duration took) {
        Timer.builder("kurir.takeover")
                .tag("phase", phase)
                .serviceLevelObjectives(TAKEOVERS)
                .register(node.meters())
                .record(took);
    }

    private List<Bus.Registration> serve(Session session) {
        String id = session.deviceId();
        SessionApi.Done done = new SessionApi.Done();
        return List.of(
                serve(
                        session,
                        SessionApi.start(id),
                        start -> session.start(start.qr()).map(done)),
                serve(
                        session,
                        SessionApi.stop(id),
                        stop -> session.stop(stop.ending()).map(done)),
                serve(session, SessionApi.restart(id), _ -> session.restart().map(done)),
                serve(session, SessionApi.look(id), _ -> Future.succeededFuture(new SessionApi.Seen(session.qr()))),
                serve(
                        session,
                        SessionApi.pairingCode(id),
                        asked -> session.pairingCode(asked.phone()).map(SessionApi.Code::new)),
                serve(
                        session,
                        SessionApi.execute(id),
                        asked -> node.traces()
                                .ask("page " + asked.request().getClass().getSimpleName())
                                .until(session.execute(asked.request(), asked.timeout()))
                                .map(SessionApi.Executed::new)),
                serve(
                        session,
                        SessionApi.checkNumbers(id),
                        asked -> node.traces()
                                .ask("page CheckNumbers")
                                .until(session.checkNumbers(asked.numbers()))
                                .map(SessionApi.Numbers::new)),
                serve(
                        session,
                        SessionApi.move(id),
                        move -> move(id, move.node()).map(SessionApi.Moved::new)));
    }

    /** Who was frozen or is cut off may still be registered beside the present owner. */
    private <C, R> Bus.Registration serve(Session session, Address<C, R> address, Function<C, Future<R>> deed) {
        return node.bus()
                .serve(
                        address,
                        command -> session.lease().remaining().isZero()
                                ? Future.failedFuture(new Bus.NotOwner(
                                        address.name(), session.lease().epoch()))
                                : deed.apply(command));
    }

    private void ended(Session session) {
        Optional.ofNullable(owned.remove(session.deviceId()))
                .ifPresent(gone -> gone.addresses().forEach(Bus.Registration::end));
        count();
        Optional<Handover> handover = Optional.ofNullable(leaving.remove(session.deviceId()));
        boolean stays = handover.isPresent() && !session.travels();
        node.leases()
                .release(session.lease(), stays ? Optional.of(node.leases().node()) : handover.flatMap(Handover::to))
                .onSuccess(_ -> node.bus().publish(SessionApi.FREED, new SessionApi.Freed(session.deviceId())))
                .onFailure(away -> log.warn("{}: lease not released: {}", session.deviceId(), away.getMessage()))
                .onComplete(_ -> handover.ifPresent(next -> {
                    if (stays) {
                        next.given().fail(leftBehind(session.deviceId()));
                    } else {
                        next.given().complete(session.lease());
                    }
                }));
    }

    private static Problem leftBehind(String deviceId) {
        return Problem.later(
                Problem.Code.NOT_AVAILABLE,
                "the profile of device " + deviceId + " could not be kept for another node: it stays",
                Duration.ofSeconds(5));
    }

    /** Hands the device to that node, or the one with the most room; answers its name when the device is open there. */
    private Future<String> move(String deviceId, Optional<String> wished) {
        if (!node.settings().profile().travels()) {
            return Future.failedFuture(Problem.of(
                    Problem.Code.CONFLICT,
                    "profiles stay on their nodes: neither profile.shared-folder nor profile.snapshots is set"));
        }
        String here = node.leases().node();
        return node.nodes()
                .candidates(deviceId)
                .compose(candidates -> candidates.stream()
                        .map(io.kurir.cluster.Node::name)
                        .filter(name -> !name.equals(here))
                        .filter(name -> wished.map(name::equals).orElse(true))
                        .findFirst()
                        .map(next -> handOver(deviceId, next).map(next))
                        .orElseGet(() -> Future.failedFuture(Problem.of(
                                Problem.Code.CONFLICT,
                                wished.map(name -> "node " + name + " has the device, is not there or takes no devices")
                                        .orElse("no other node takes devices")))));
    }

    /**
     * Closes the device's page cleanly, passes its lease and has the other node open it; completes when it is open there, or could not be opened. A
     * node that has just been frozen or cut off is still taken for alive: one that does not answer gets nothing.
     */
    Future<Void> handOver(String deviceId, String to) {
        return node.bus()
                .ask(SessionApi.reach(to), new SessionApi.Reach(), REACHED)
                .recover(why -> Future.failedFuture(Problem.later(
                        Problem.Code.NOT_AVAILABLE, "node " + to + " does not answer", Duration.ofSeconds(5))))
                .compose(_ -> pass(deviceId, to));
    }

    private Future<Void> pass(String deviceId, String to) {
        return here(() -> {
            Optional<Owned> mine = Optional.ofNullable(owned.get(deviceId));
            if (mine.isEmpty() || leaving.containsKey(deviceId)) {
                return Future.failedFuture(Problem.of(
                        Problem.Code.SESSION_NOT_READY, "device " + deviceId + " does not run here, or is leaving"));
            }
            Handover handover = new Handover(Optional.of(to), Promise.promise());
            leaving.put(deviceId, handover);
            long before = System.nanoTime();
            mine.get().session().stop(SessionApi.Ending.MOVE);
            return handover.given()
                    .future()
                    .compose(given -> node.bus()
                            .ask(SessionApi.startOn(to), new SessionApi.Start(deviceId, false), HANDED_OVER)
                            .onSuccess(_ -> log.info(
                                    "{}: handed over to {} in {} ms",
                                    deviceId,
                                    to,
                                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)))
                            .recover(why -> {
                                log.warn("{}: {} did not take it: {}", deviceId, to, why.getMessage());
                                return node.leases()
                                        .release(given)
                                        .<SessionApi.Done>mapEmpty()
                                        .onSuccess(_ ->
                                                node.bus().publish(SessionApi.FREED, new SessionApi.Freed(deviceId)));
                            })
                            .<Void>mapEmpty());
        });
    }

    /** Those that may be handed over without disturbing anybody who is linking one. */
    Future<List<String>> movable() {
        return here(() -> Future.succeededFuture(sessions().stream()
                .filter(session -> session.connected() && !leaving.containsKey(session.deviceId()))
                .map(Session::deviceId)
                .toList()));
    }

    /** Forgets the profile of a device that runs nowhere; fails when somebody else owns it. */
    Future<Void> forget(String deviceId) {
        return here(() -> take(deviceId).compose(session -> session.stop(SessionApi.Ending.WIPE)));
    }

    /** A nudge can be lost: what is ready is looked for. */
    private void sweep() {
        sessions().forEach(Session::sweep);
        browser.orElseThrow().sweep(!owned.isEmpty() || !starting.isEmpty());
        List<String> connected = owned.values().stream()
                .map(Owned::session)
                .filter(Session::connected)
                .map(Session::deviceId)
                .toList();
        if (!connected.isEmpty()) {
            node.outbox()
                    .ready(connected)
                    .onSuccess(ready -> ready.forEach(device -> Optional.ofNullable(owned.get(device))
                            .ifPresent(mine -> mine.session().nudge())));
        }
    }

    /** Closes every page cleanly and gives the devices up, so that another node may take them at once. */
    @Override
    public Future<?> stop() {
        stopping = true;
        List<Future<Void>> stopped = new ArrayList<>();
        List.copyOf(owned.values()).forEach(mine -> stopped.add(mine.session().stop(SessionApi.Ending.CLOSE)));
        return Future.join(stopped)
                .otherwiseEmpty()
                .compose(_ -> browser.orElseThrow().close());
    }
}
