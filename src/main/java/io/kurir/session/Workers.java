package io.kurir.session;

import io.kurir.access.Reach;
import io.kurir.cluster.Placement;
import io.kurir.http.Dialect;
import io.kurir.http.Problem;
import io.kurir.proxy.Proxy;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of a node: finds one with room for a device, deploys another one when all are full, and brings back what is to run and runs
 * nowhere. An event-loop verticle: one device is placed at a time.
 */
public final class Workers extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(Workers.class);
    // Devices that are restored at once; a page costs a core for a second or two while it loads.
    private static final int WAVE = 2;
    private static final long RESTORE_EVERY_MS = 2_000;
    private static final long ABANDONED_EVERY_MS = 250;
    /** After a hand-over that failed: who does not answer counts as gone some seconds later. */
    private static final long AGAIN_MS = 500;
    /** Looked at at once. */
    private static final int MOST_UNOWNED = 500;
    /** After so long a device that another node should take is anybody's. */
    private static final long LEFT_BY_OTHERS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final WorkerVerticle.Node node;
    private final DeviceStore store;
    // read by others for its sizes
    private final List<WorkerVerticle> workers = new CopyOnWriteArrayList<>();
    private boolean placing;
    private final List<Runnable> queue = new ArrayList<>();
    private boolean looking;
    private final Set<String> restoring = new HashSet<>();
    /** Something was freed while a look was under way. */
    private boolean again;

    private boolean rebalancing;
    private final Map<String, Long> seenUnowned = new HashMap<>();
    private Optional<Context> home = Optional.empty();
    private boolean toldFull;
    private final Budget budget;

    private record Candidate(WorkerVerticle worker, String deviceId) {}

    public Workers(WorkerVerticle.Node node) {
        this.node = node;
        this.store = new DeviceStore(node.pool());
        this.budget = new Budget(node.settings().whatsapp().memoryBudget());
    }

    @Override
    public Future<?> start() {
        SessionApi.Done done = new SessionApi.Done();
        home = Optional.of(context);
        node.nodes()
                .measure(() -> workers.stream().mapToLong(WorkerVerticle::bytes).sum());
        List.of(SessionApi.ANY_WORKER, SessionApi.startOn(node.nodes().name()))
                .forEach(address -> node.bus()
                        .serve(
                                address,
                                start -> place(start.deviceId())
                                        .compose(worker -> worker.begin(start.deviceId(), start.qr()))
                                        .map(done)));
        node.bus()
                .serve(
                        SessionApi.FORGET,
                        forget -> place(forget.deviceId())
                                .compose(worker -> worker.forget(forget.deviceId()))
                                .map(done));
        node.bus().serve(SessionApi.reach(node.nodes().name()), _ -> Future.succeededFuture(done));
        node.bus().serve(SessionApi.RECYCLE, _ -> recycle().map(done));
        node.bus().hear(SessionApi.FREED, _ -> restore());
        vertx.setPeriodic(1, RESTORE_EVERY_MS, _ -> restore());
        vertx.setPeriodic(ABANDONED_EVERY_MS, _ -> {
            if (!node.leases().abandoned().isEmpty()) {
                restore();
            }
        });
        vertx.setPeriodic(node.settings().cluster().rebalanceEvery().toMillis(), _ -> rebalance());
        vertx.setTimer(RESTORE_EVERY_MS, _ -> openNamed());
        return Future.succeededFuture();
    }

    /** Every browser of this node is replaced by a fresh one, one browser after the other. */
    private Future<Void> recycle() {
        Future<Void> all = Future.succeededFuture();
        for (WorkerVerticle worker : List.copyOf(workers)) {
            all = all.transform(_ -> worker.recycle());
        }
        return all;
    }

    /**
     * Devices that the settings name are opened once, linked or not, and made where they are not there: the accounts that 000 starts. What was ended on
     * purpose stays ended.
     */
    private void openNamed() {
        Future<?> before = Future.succeededFuture();
        for (String name : node.settings().device().restore()) {
            before = before.transform(_ -> named(name).compose(found -> {
                if (found.isEmpty()) {
                    log.warn("device.restore names {}: there is no such device, and no admin to make it for", name);
                }
                return found.filter(Workers::opensByItself)
                        .map(device -> begin(device.deviceId(), !device.linked()))
                        .orElseGet(Future::succeededFuture);
            }));
        }
    }

    private Future<Optional<Device>> named(String name) {
        return store.find(Reach.ALL, Dialect.ACCOUNTS, name)
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(found.map(DeviceStore.Found::device))
                        : store.createNamed(Devices.idFor(name), Dialect.ACCOUNTS, name));
    }

    /** Not one that lost its link: nobody is there to scan the QR code. */
    private static boolean opensByItself(Device device) {
        boolean unlinked = device.state() == DeviceState.DISCONNECTED
                && !device.linked()
                && device.phone().isPresent();
        return device.state().mayBeOpened() && !unlinked;
    }

    /** The worker that runs the device, or the fullest one with room and the same proxy: few browsers are cheaper than many. */
    private Future<WorkerVerticle> place(String deviceId) {
        Promise<WorkerVerticle> promise = Promise.promise();
        queue.add(() -> find(deviceId, 0).onComplete(found -> {
            promise.handle(found);
            placing = false;
            next();
        }));
        next();
        return promise.future();
    }

    private void next() {
        if (!placing && !queue.isEmpty()) {
            placing = true;
            queue.removeFirst().run();
        }
    }

    private Future<WorkerVerticle> find(String deviceId, int from) {
        if (from < workers.size()) {
            WorkerVerticle worker = workers.get(from);
            return worker.runs(deviceId)
                    .compose(runs -> runs ? Future.succeededFuture(worker) : find(deviceId, from + 1));
        }
        return store.proxy(deviceId, node.vault())
                .compose(this::withRoom)
                .compose(worker -> worker.expect(deviceId).map(worker));
    }

    private Future<WorkerVerticle> withRoom(Optional<Proxy> proxy) {
        int most = node.settings().whatsapp().browser().devicesPerBrowser();
        Optional<WorkerVerticle> shared = workers.stream()
                .filter(worker -> worker.proxy().equals(proxy) && worker.load() < most)
                .max(Comparator.comparingInt(WorkerVerticle::load));
        int devices = workers.stream().mapToInt(WorkerVerticle::load).sum();
        long bytes = workers.stream().mapToLong(WorkerVerticle::bytes).sum();
        boolean freshBrowser = shared.filter(worker -> worker.load() > 0).isEmpty();
        return budget.refusal(bytes, devices, freshBrowser)
                .map(Future::<WorkerVerticle>failedFuture)
                .orElseGet(() -> shared.map(Future::succeededFuture).orElseGet(() -> deploy(proxy)));
    }

    private Future<WorkerVerticle> deploy(Optional<Proxy> proxy) {
        WorkerVerticle worker = new WorkerVerticle(workers.size() + 1, proxy, node);
        return vertx.deployVerticle(worker, new DeploymentOptions().setThreadingModel(ThreadingModel.EVENT_LOOP))
                .map(_ -> {
                    workers.add(worker);
                    return worker;
                });
    }

    /**
     * Looks for devices to restore and fills the free places with them; each that is done makes place for the next. A slow page thus delays nobody but
     * itself: a node that waited for its whole wave left the others' share of a dead node's devices standing for 5 s more.
     */
    private void restore() {
        if (looking || restoring.size() >= WAVE || node.nodes().draining()) {
            again |= looking;
            return;
        }
        looking = true;
        again = false;
        unowned().compose(this::ourShare).onComplete(done -> {
            looking = false;
            if (done.failed()) {
                log.warn("cannot look for devices to restore: {}", done.cause().getMessage());
                return;
            }
            done.result().stream()
                    .filter(deviceId -> !restoring.contains(deviceId))
                    .limit(WAVE - restoring.size())
                    .toList()
                    .forEach(this::restore);
            if (again) {
                restore();
            }
        });
    }

    private void restore(String deviceId) {
        restoring.add(deviceId);
        begin(deviceId, false).onComplete(done -> {
            restoring.remove(deviceId);
            if (done.succeeded()) {
                restore(); // the next one; what failed waits for the timer
            }
        });
    }

    private Future<List<DeviceStore.Unowned>> unowned() {
        return running()
                .compose(running -> store.toRestore(
                        node.leases().node(),
                        running,
                        node.leases().abandoned(),
                        MOST_UNOWNED,
                        node.settings().profile().waitForNode()));
    }

    private Future<List<String>> running() {
        return Future.all(workers.stream().map(WorkerVerticle::running).toList())
                .map(all ->
                        all.<List<String>>list().stream().flatMap(List::stream).toList());
    }

    /** What only this node may take, its share of the rest, and what another one should have taken long ago. */
    private Future<List<String>> ourShare(List<DeviceStore.Unowned> unowned) {
        long now = System.nanoTime();
        seenUnowned
                .keySet()
                .retainAll(unowned.stream().map(DeviceStore.Unowned::deviceId).toList());
        unowned.forEach(device -> seenUnowned.putIfAbsent(device.deviceId(), now));
        if (unowned.stream().allMatch(DeviceStore.Unowned::ours)) {
            return Future.succeededFuture(
                    unowned.stream().map(DeviceStore.Unowned::deviceId).toList());
        }
        List<String> anybodys = unowned.stream()
                .filter(device -> !device.ours())
                .map(DeviceStore.Unowned::deviceId)
                .toList();
        return node.nodes().all().map(nodes -> {
            Set<String> share = new HashSet<>(
                    Placement.spread(anybodys, nodes).getOrDefault(node.nodes().name(), List.of()));
            return unowned.stream()
                    .filter(device -> device.ours()
                            || share.contains(device.deviceId())
                            || now - seenUnowned.getOrDefault(device.deviceId(), now) > LEFT_BY_OTHERS_NANOS)
                    .map(DeviceStore.Unowned::deviceId)
                    .toList();
        });
    }

    /** Hands one device to a node that has more room, if there is such a one. */
    private void rebalance() {
        if (rebalancing
                || !restoring.isEmpty()
                || node.nodes().draining()
                || !node.settings().profile().travels()) {
            return;
        }
        rebalancing = true;
        node.nodes()
                .all()
                .compose(nodes -> nodes.stream()
                        .filter(mine -> mine.name().equals(node.nodes().name()))
                        .findFirst()
                        .flatMap(mine -> Placement.relief(mine, nodes))
                        .map(this::handOneTo)
                        .orElseGet(Future::succeededFuture))
                .onFailure(why -> log.warn("not rebalanced: {}", why.getMessage()))
                .onComplete(_ -> rebalancing = false);
    }

    private Future<Void> handOneTo(io.kurir.cluster.Node other) {
        return Future.all(workers.stream()
                        .map(worker -> worker.movable()
                                .map(devices ->
                                        devices.stream().findFirst().map(device -> new Candidate(worker, device))))
                        .toList())
                .map(all -> all.<Optional<Candidate>>list().stream()
                        .flatMap(Optional::stream)
                        .findFirst())
                .compose(candidate -> candidate
                        .map(one -> one.worker().handOver(one.deviceId(), other.name()))
                        .orElseGet(Future::succeededFuture));
    }

    /**
     * Hands all devices over to other nodes, a few at a time, while this one still serves the rest; completes when none is left, or when nobody
     * takes them. May be called on any thread.
     */
    public Future<Void> drain() {
        Promise<Void> drained = Promise.promise();
        home.orElseThrow()
                .runOnContext(
                        _ -> node.nodes().drain().compose(_ -> handAllOver()).onComplete(drained));
        return drained.future();
    }

    private Future<Void> handAllOver() {
        return running()
                .compose(devices -> node.nodes().all().compose(nodes -> {
                    Map<String, List<String>> spread = Placement.spread(devices, nodes);
                    if (spread.isEmpty() || !node.settings().profile().travels()) {
                        return Future.succeededFuture();
                    }
                    List<Future<Void>> wave = spread.entrySet().stream()
                            .flatMap(each -> each.getValue().stream().map(device -> handOver(device, each.getKey())))
                            .limit(WAVE)
                            .toList();
                    return Future.join(wave)
                            .recover(_ -> vertx.timer(AGAIN_MS).compose(_ -> Future.succeededFuture()))
                            .compose(_ -> handAllOver());
                }));
    }

    private Future<Void> handOver(String deviceId, String to) {
        return place(deviceId).compose(worker -> worker.handOver(deviceId, to));
    }

    private Future<Void> begin(String deviceId, boolean withQr) {
        long before = System.nanoTime();
        return place(deviceId)
                .compose(worker -> worker.begin(deviceId, withQr))
                .onSuccess(_ -> log.info(
                        "{}: restored in {} ms", deviceId, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)))
                .onFailure(why -> {
                    boolean full = why instanceof Problem problem && problem.code() == Problem.Code.NODE_FULL;
                    if (!full || !toldFull) {
                        log.warn("{}: not restored: {}", deviceId, why.getMessage());
                    }
                    toldFull |= full;
                });
    }
}
