package io.kurir.agent;

import io.kurir.Settings;
import io.kurir.Vault;
import io.kurir.bus.Bus;
import io.kurir.event.EventLog;
import io.kurir.message.Outbox;
import io.kurir.session.Pages;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers what came in. To be deployed with {@code ThreadingModel.VIRTUAL_THREAD}. Every node may run one: runs are claimed with {@code skip locked}, under a
 * lease.
 */
public final class AgentVerticle extends VerticleBase {
    private static final Duration MEASURE = Duration.ofSeconds(15);
    // Kurir itself gives up after 4 s
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Pool pool;
    private final Bus bus;
    private final EventLog events;
    private final Outbox outbox;
    private final Pages pages;
    private final Settings.Agent settings;
    private final Duration sweep;
    private final Vault vault;
    private final MeterRegistry registry;
    private final List<Bus.Registration> registrations = new ArrayList<>();
    private final List<Rounds> rounds = new ArrayList<>();

    /** {@code sweep}: how often it looks for what is due and what no notice has brought. */
    public AgentVerticle(
            Pool pool,
            Bus bus,
            EventLog events,
            Outbox outbox,
            Pages pages,
            Settings.Agent settings,
            Duration sweep,
            Vault vault,
            MeterRegistry registry) {
        this.pool = pool;
        this.bus = bus;
        this.events = events;
        this.outbox = outbox;
        this.pages = pages;
        this.settings = settings;
        this.sweep = sweep;
        this.vault = vault;
        this.registry = registry;
    }

    @Override
    public Future<?> start() {
        Meters meters = new Meters(registry);
        meters.measured();
        RunStore runs = new RunStore(pool, vault);
        CircuitStore circuits = new CircuitStore(pool);
        Endpoints endpoints = new Endpoints(vertx, settings);
        Runner runner = new Runner(vertx, runs, circuits, endpoints, pages, outbox, events, settings, meters);
        Rounds mine = new Rounds(context, runs, runner, endpoints, settings);
        rounds.add(mine);
        registrations.add(bus.hear(Runs.WAITING, _ -> mine.look()));
        vertx.setPeriodic(sweep.toMillis(), _ -> mine.look());
        vertx.setPeriodic(MEASURE.toMillis(), _ -> circuits.open().onSuccess(meters::open));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return Future.join(registrations.stream().map(Bus.Registration::end).toList())
                .otherwiseEmpty()
                .compose(_ -> Future.join(
                        rounds.stream().map(each -> each.stop(PATIENCE)).toList()));
    }
}
