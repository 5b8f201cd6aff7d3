package io.kurir.session;

import io.kurir.proxy.Proxy;
import io.kurir.whatsapp.WhatsApp;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The browser of one worker: started with the first session that needs it, closed a while after the last, and replaced by a fresh one from time to
 * time or when a device needs that. Belongs to the worker's context.
 *
 * <pre>
 *   none ──get──► running ──nobody needs it──► closing ──► none
 *                    │ renew: a second one is started, the sessions move one after the other, the first one is closed
 *                    └ check: does not answer ──► killed ──► none
 * </pre>
 */
final class SharedBrowser implements Session.Browser {
    private static final Logger log = LoggerFactory.getLogger(SharedBrowser.class);
    private static final Duration ANSWER = Duration.ofSeconds(4);
    /** Of a device that does not come back in the fresh browser the others need not wait for. */
    private static final Duration MOVE = Duration.ofSeconds(90);
    /** A restart of the browser disturbs all its devices: one of them may not ask for it over and over. */
    private static final Duration BETWEEN_RENEWALS = Duration.ofMinutes(2);

    private static final Duration SAMPLE = Duration.ofSeconds(15);

    private final int worker;
    private final WorkerVerticle.Node node;
    private final Optional<Proxy> proxy;
    private final Supplier<List<Session>> sessions;
    private final MultiGauge browserMemory;
    private final MultiGauge memory;
    private final MultiGauge cpu;
    private Optional<Future<WhatsApp>> browser = Optional.empty();
    private Future<?> closing = Future.succeededFuture();
    private Optional<Future<Boolean>> checking = Optional.empty();
    private Optional<Future<Void>> renewing = Optional.empty();
    private int generation;
    private long startedNanos;
    private long renewedNanos = System.nanoTime() - BETWEEN_RENEWALS.toNanos();
    private long idleNanos;
    private long sampledNanos;
    private WhatsApp.Usage last = new WhatsApp.Usage(0, 0);
    private volatile long bytes;

    SharedBrowser(int worker, WorkerVerticle.Node node, Optional<Proxy> proxy, Supplier<List<Session>> sessions) {
        this.worker = worker;
        this.node = node;
        this.proxy = proxy;
        this.sessions = sessions;
        this.browserMemory = gauge("kurir.browser.memory.bytes", "PSS of all processes of a browser");
        this.memory = gauge("kurir.device.memory.bytes", "A device's share of its browser's memory");
        this.cpu = gauge("kurir.device.cpu.cores", "A device's share of its browser's CPU time");
    }

    private MultiGauge gauge(String name, String description) {
        return MultiGauge.builder(name).description(description).register(node.meters());
    }

    /** Bytes that the browser used when it was last looked at, 0 without one; may be read anywhere. */
    long bytes() {
        return bytes;
    }

    @Override
    public Future<WhatsApp> get() {
        idleNanos = 0;
        return browser.filter(started -> !started.failed()).orElseGet(() -> {
            Future<WhatsApp> started = closing.transform(_ -> node.launcher().launch(place()));
            browser = Optional.of(started);
            startedNanos = System.nanoTime();
            started.onSuccess(running -> running.gone().onComplete(_ -> forget(started)));
            return started;
        });
    }

    @Override
    public Optional<WhatsApp> running() {
        return browser.filter(Future::succeeded).map(Future::result);
    }

    private WorkerVerticle.Place place() {
        // two folders in turn: while sessions move, both browsers run
        return new WorkerVerticle.Place(worker + (generation % 2 == 0 ? "" : "b"), proxy);
    }

    private void forget(Future<WhatsApp> gone) {
        if (browser.filter(current -> current == gone).isPresent()) {
            browser = Optional.empty();
            bytes = 0;
        }
    }

    @Override
    public Future<Boolean> check() {
        Optional<WhatsApp> running = running();
        if (running.isEmpty()) {
            return Future.succeededFuture(true);
        }
        // one verdict for all that ask: a second one could end the browser that follows
        return checking.orElseGet(() -> {
            Future<Boolean> verdict = verdict(running.get()).onComplete(_ -> checking = Optional.empty());
            checking = verdict.isComplete() ? Optional.empty() : Optional.of(verdict);
            return verdict;
        });
    }

    private Future<Boolean> verdict(WhatsApp asked) {
        return asked.answers(ANSWER).compose(alive -> {
            if (alive) {
                return Future.succeededFuture(true);
            }
            log.warn("the browser of worker {} does not answer and is ended", worker);
            return asked.kill().map(false);
        });
    }

    @Override
    public Future<Void> renew() {
        if (renewing.isPresent()) {
            // whoever asks need not wait for the others' moves, one of which may be its own: the fresh browser is there
            return Future.succeededFuture();
        }
        if (System.nanoTime() - renewedNanos < BETWEEN_RENEWALS.toNanos()) {
            return Future.failedFuture("the browser was renewed less than " + BETWEEN_RENEWALS.toSeconds() + " s ago");
        }
        return recycle();
    }

    /** As {@link #renew}, whenever the last one was. Every page is closed cleanly; what was under way is settled by its next page. */
    Future<Void> recycle() {
        log.info("worker {}: moving to a fresh browser", worker);
        renewedNanos = System.nanoTime();
        Optional<Future<WhatsApp>> old = browser;
        browser = Optional.empty();
        generation++;
        Future<Void> moved = Future.succeededFuture();
        for (Session session : sessions.get()) {
            moved = moved.transform(_ -> session.move().timeout(MOVE.toMillis(), TimeUnit.MILLISECONDS));
        }
        Future<Void> done = moved.transform(
                _ -> old.map(started -> started.compose(WhatsApp::close).otherwiseEmpty())
                        .orElseGet(Future::succeededFuture));
        renewing = Optional.of(done);
        return done.onComplete(_ -> renewing = Optional.empty());
    }

    /** Called about once a second; {@code needed}: a session runs or is about to. */
    void sweep(boolean needed) {
        long now = System.nanoTime();
        Duration recycleAfter = node.settings().whatsapp().browser().recycleAfter();
        Optional<WhatsApp> running = running();
        if (running.isEmpty() || renewing.isPresent()) {
            return;
        }
        if (needed) {
            idleNanos = 0;
        } else if (idleNanos == 0) {
            idleNanos = now;
        } else if (now - idleNanos
                > node.settings().whatsapp().browser().idleAfter().toNanos()) {
            close();
            return;
        }
        // somebody may be scanning a code that a move would replace
        boolean linking =
                sessions.get().stream().anyMatch(session -> !session.qr().isEmpty());
        if (needed && !linking && now - startedNanos > recycleAfter.toNanos()) {
            recycle();
        } else if (now - sampledNanos > SAMPLE.toNanos()) {
            sample(running.get(), now);
        }
    }

    private void sample(WhatsApp running, long now) {
        double seconds = (now - sampledNanos) / 1e9;
        sampledNanos = now;
        running.usage().onSuccess(usage -> {
            bytes = usage.memory();
            double cores = Math.max(0, usage.cpuSeconds() - last.cpuSeconds()) / seconds;
            last = usage;
            List<String> devices =
                    sessions.get().stream().map(Session::deviceId).toList();
            int share = Math.max(1, devices.size());
            browserMemory.register(
                    List.of(MultiGauge.Row.of(Tags.of("worker", Integer.toString(worker)), usage.memory())), true);
            memory.register(rows(devices, (double) usage.memory() / share), true);
            cpu.register(rows(devices, cores / share), true);
        });
    }

    private static List<MultiGauge.Row<?>> rows(List<String> devices, double each) {
        return devices.stream()
                .<MultiGauge.Row<?>>map(device -> MultiGauge.Row.of(Tags.of("device", device), each))
                .toList();
    }

    Future<Void> close() {
        Optional<Future<WhatsApp>> running = browser;
        browser = Optional.empty();
        bytes = 0;
        Future<Void> closed = running.map(
                        started -> started.compose(WhatsApp::close).otherwiseEmpty())
                .orElseGet(Future::succeededFuture);
        closing = closed;
        return closed;
    }
}
