package io.kurir.schedule;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does chores in time. Those of the cluster are rows that one node claims; it renews its claim while it works, so that a node that dies in the
 * middle is replaced when its claim has run out. A chore that failed is tried again after a minute.
 *
 * <pre>
 *   waiting ──due, claimed──► running ──done──► waiting (due in `every`)
 *      ▲                        │ ├───failed──► waiting (due in a minute)
 *      └──another one claims────┘ └───the claim ran out: its node is dead or hangs
 * </pre>
 *
 * To be deployed on an event loop, once per node; all state belongs to its context.
 */
public final class Chores extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(Chores.class);
    private static final Duration LONGEST_PORTION = Duration.ofMinutes(10);

    /** How often due chores are looked for, how long a claim lasts without renewal, and when a failed chore is tried again. */
    public record Timing(Duration look, Duration claim, Duration again) {
        public static final Timing USUAL =
                new Timing(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(1));
    }

    /** A run that goes on; {@code renewal} is its timer. */
    private record Run(Chore chore, long start, long renewal) {}

    private final ChoreStore store;
    private final MeterRegistry meters;
    private final Timing timing;
    private final Map<String, Chore> shared = new HashMap<>();
    private final List<Chore> own;
    private final Map<String, Run> running = new HashMap<>();
    private final Map<String, AtomicLong> lastRuns = new HashMap<>();
    private final String me = UUID.randomUUID().toString();
    private boolean looking;
    private boolean stopped;

    public Chores(Pool pool, MeterRegistry meters, List<Chore> chores) {
        this(pool, meters, chores, Timing.USUAL);
    }

    public Chores(Pool pool, MeterRegistry meters, List<Chore> chores, Timing timing) {
        this.store = new ChoreStore(pool);
        this.meters = meters;
        this.timing = timing;
        this.own = chores.stream()
                .filter(chore -> chore.where() == Chore.Where.NODE)
                .toList();
        chores.stream()
                .filter(chore -> chore.where() == Chore.Where.CLUSTER)
                .forEach(chore -> shared.put(chore.name(), chore));
    }

    @Override
    public Future<?> start() {
        own.forEach(chore -> vertx.setTimer(timing.look().toMillis(), _ -> doOwn(chore)));
        if (shared.isEmpty()) {
            return Future.succeededFuture();
        }
        return store.ensure(shared.keySet()).onSuccess(_ -> {
            look();
            vertx.setPeriodic(timing.look().toMillis(), _ -> look());
        });
    }

    /** Others may have what is not done yet at once. */
    @Override
    public Future<?> stop() {
        stopped = true;
        running.values().forEach(run -> vertx.cancelTimer(run.renewal()));
        return store.release(me).otherwiseEmpty(); // else they run out
    }

    private void doOwn(Chore chore) {
        long start = System.nanoTime();
        work(chore, 0, () -> !stopped).onComplete(done -> {
            note(chore, start, done.succeeded());
            if (done.failed()) {
                log.warn("{}: {}", chore.name(), done.cause().getMessage());
            }
            vertx.setTimer(
                    Math.max(1, (done.succeeded() ? chore.every() : again(chore)).toMillis()), _ -> doOwn(chore));
        });
    }

    /** One at a time: what clears away is not to take connections from what sends. */
    private void look() {
        if (stopped || looking || !running.isEmpty()) {
            return;
        }
        looking = true;
        store.claim(shared.keySet(), me, timing.claim()).onComplete(done -> {
            looking = false;
            if (done.failed()) {
                log.warn("cannot look for chores: {}", done.cause().getMessage());
            } else {
                done.result()
                        .flatMap(name -> Optional.ofNullable(shared.get(name)))
                        .ifPresent(this::run);
            }
        });
    }

    private void run(Chore chore) {
        long renewal = vertx.setPeriodic(timing.claim().toMillis() / 3, _ -> renew(chore));
        Run run = new Run(chore, System.nanoTime(), renewal);
        running.put(chore.name(), run);
        work(chore, 0, () -> run.equals(running.get(chore.name())) && !stopped).onComplete(done -> {
            vertx.cancelTimer(renewal);
            if (running.remove(chore.name(), run)) {
                note(chore, run.start(), done.succeeded());
                write(run, done.succeeded() ? done.result() : 0, Optional.ofNullable(done.cause()))
                        .onComplete(_ -> look());
            }
        });
    }

    private void renew(Chore chore) {
        store.renew(chore.name(), me, timing.claim())
                .onFailure(why -> log.warn("{}: claim not renewed: {}", chore.name(), why.getMessage()))
                .onSuccess(mine -> {
                    if (!mine) {
                        log.warn("{}: the claim has run out and another node has it", chore.name());
                        Optional.ofNullable(running.remove(chore.name()))
                                .ifPresent(run -> vertx.cancelTimer(run.renewal()));
                    }
                });
    }

    private interface Going {
        boolean on();
    }

    private static Future<Long> work(Chore chore, long before, Going going) {
        Future<Long> portion;
        try {
            portion = chore.work().portion();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
        return portion.timeout(LONGEST_PORTION.toMillis(), TimeUnit.MILLISECONDS)
                .compose(count -> count > 0 && going.on()
                        ? work(chore, before + count, going)
                        : Future.succeededFuture(before + count));
    }

    private Future<Void> write(Run run, long count, Optional<Throwable> failure) {
        Chore chore = run.chore();
        long millis = (System.nanoTime() - run.start()) / 1_000_000;
        return failure.map(why -> {
                    log.warn("{} failed: {}", chore.name(), why.getMessage());
                    return store.failed(chore.name(), me, again(chore), millis, String.valueOf(why.getMessage()));
                })
                .orElseGet(() -> store.done(chore.name(), me, chore.every(), millis, count))
                .onFailure(why -> log.warn("{}: its end is not written down: {}", chore.name(), why.getMessage()));
    }

    private Duration again(Chore chore) {
        return chore.every().compareTo(timing.again()) < 0 ? chore.every() : timing.again();
    }

    private void note(Chore chore, long start, boolean succeeded) {
        Timer.builder("kurir.chore.duration")
                .tag("chore", chore.name())
                .register(meters)
                .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        meters.counter("kurir.chore.failures", "chore", chore.name()).increment(succeeded ? 0 : 1);
        lastRuns.computeIfAbsent(
                        chore.name(),
                        name -> meters.gauge(
                                "kurir.chore.last.run.seconds",
                                List.of(io.micrometer.core.instrument.Tag.of("chore", name)),
                                new AtomicLong()))
                .set(System.currentTimeMillis() / 1000);
    }
}
