package io.kurir.session;

import io.kurir.http.Problem;
import io.kurir.proxy.Proxy;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

    private final WorkerVerticle.Node node;
    private final DeviceStore store;
    private final List<WorkerVerticle> workers = new ArrayList<>();
    private boolean placing;
    private final List<Runnable> queue = new ArrayList<>();
    private boolean restoring;
    private boolean toldFull;
    private final Budget budget;

    public Workers(WorkerVerticle.Node node) {
        this.node = node;
        this.store = new DeviceStore(node.pool());
        this.budget = new Budget(node.settings().whatsapp().memoryBudget());
    }

    @Override
    public Future<?> start() {
        SessionApi.Done done = new SessionApi.Done();
        node.bus()
                .serve(
                        SessionApi.ANY_WORKER,
                        start -> place(start.deviceId())
                                .compose(worker -> worker.begin(start.deviceId(), start.qr()))
                                .map(done));
        node.bus()
                .serve(
                        SessionApi.FORGET,
                        forget -> place(forget.deviceId())
                                .compose(worker -> worker.forget(forget.deviceId()))
                                .map(done));
        node.bus().serve(SessionApi.RECYCLE, _ -> recycle().map(done));
        vertx.setPeriodic(1, RESTORE_EVERY_MS, _ -> restore());
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

    /** Devices that the settings name are opened once, linked or not; what was ended on purpose stays ended. */
    private void openNamed() {
        Future<?> before = Future.succeededFuture();
        for (String deviceId : node.settings().device().restore()) {
            before = before.transform(_ -> store.get(deviceId).compose(found -> {
                if (found.isEmpty()) {
                    log.warn("device.restore names {}, and there is no such device", deviceId);
                }
                return found.filter(device -> device.state().mayBeOpened())
                        .map(device -> begin(deviceId, !device.linked()))
                        .orElseGet(Future::succeededFuture);
            }));
        }
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

    private void restore() {
        if (restoring) {
            return;
        }
        restoring = true;
        Future.all(workers.stream().map(WorkerVerticle::running).toList())
                .map(all ->
                        all.<List<String>>list().stream().flatMap(List::stream).toList())
                .compose(running -> store.toRestore(node.leases().node(), running, WAVE))
                .compose(devices -> Future.join(
                                devices.stream().map(this::restore).toList())
                        .otherwiseEmpty()
                        .map(devices.size()))
                .onComplete(done -> {
                    restoring = false;
                    if (done.failed()) {
                        log.warn(
                                "cannot look for devices to restore: {}",
                                done.cause().getMessage());
                    } else if (done.result() > 0) {
                        vertx.runOnContext(_ -> restore()); // the next wave
                    }
                });
    }

    private Future<Void> restore(String deviceId) {
        return begin(deviceId, false);
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
