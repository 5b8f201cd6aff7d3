package io.kurir.session;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
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

    public Workers(WorkerVerticle.Node node) {
        this.node = node;
        this.store = new DeviceStore(node.pool());
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
        vertx.setPeriodic(1, RESTORE_EVERY_MS, _ -> restore());
        return Future.succeededFuture();
    }

    /** The worker that runs the device, or the fullest one with room: few browsers are cheaper than many. */
    private Future<WorkerVerticle> place(String deviceId) {
        io.vertx.core.Promise<WorkerVerticle> promise = io.vertx.core.Promise.promise();
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
        return workers.stream()
                .filter(worker ->
                        worker.load() < node.settings().whatsapp().browser().devicesPerBrowser())
                .max((one, other) -> Integer.compare(one.load(), other.load()))
                .map(Future::succeededFuture)
                .orElseGet(this::deploy);
    }

    private Future<WorkerVerticle> deploy() {
        WorkerVerticle worker = new WorkerVerticle(workers.size() + 1, node);
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
        long before = System.nanoTime();
        return place(deviceId)
                .compose(worker -> worker.begin(deviceId, false))
                .onSuccess(_ -> log.info(
                        "{}: restored in {} ms", deviceId, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)))
                .onFailure(why -> log.info("{}: not restored: {}", deviceId, why.getMessage()));
    }
}
