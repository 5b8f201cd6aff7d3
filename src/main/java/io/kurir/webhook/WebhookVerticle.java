package io.kurir.webhook;

import io.kurir.Settings;
import io.kurir.Vault;
import io.kurir.bus.Bus;
import io.kurir.event.EventLog;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** From the event log to the endpoints. Every node may run one: webhooks and deliveries are taken with {@code skip locked}. */
public final class WebhookVerticle extends VerticleBase {
    private static final Duration MEASURE = Duration.ofSeconds(15);
    // Kurir itself gives up after 4 s
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Pool pool;
    private final Bus bus;
    private final EventLog events;
    private final Settings.Webhook settings;
    private final Duration sweep;
    private final Vault vault;
    private final MeterRegistry registry;
    private final List<Bus.Registration> registrations = new ArrayList<>();
    private List<Couriers> couriers = List.of();

    /** {@code sweep}: how often it looks for what no notice has brought. */
    public WebhookVerticle(
            Pool pool,
            Bus bus,
            EventLog events,
            Settings.Webhook settings,
            Duration sweep,
            Vault vault,
            MeterRegistry registry) {
        this.pool = pool;
        this.bus = bus;
        this.events = events;
        this.settings = settings;
        this.sweep = sweep;
        this.vault = vault;
        this.registry = registry;
    }

    @Override
    public Future<?> start() {
        Meters meters = new Meters(registry);
        Couriers calls = new Couriers(
                new ClaimStore(pool, vault),
                new SettleStore(pool, settings),
                new Poster(vertx, settings.allowUrls()),
                events,
                meters,
                settings.parallel());
        FanOut fanOut = new FanOut(vertx, new FanOutStore(pool), calls::go);
        DeliveryStore deliveries = new DeliveryStore(pool);
        couriers = List.of(calls);
        registrations.add(bus.hear(EventLog.APPENDED, _ -> fanOut.appended()));
        registrations.add(bus.hear(Webhooks.REPLAYED, replayed -> calls.go(replayed.webhookId())));
        vertx.setPeriodic(sweep.toMillis(), _ -> {
            fanOut.look();
            calls.sweep();
        });
        vertx.setPeriodic(MEASURE.toMillis(), _ -> deliveries.state().onSuccess(meters::now));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return Future.join(registrations.stream().map(Bus.Registration::end).toList())
                .otherwiseEmpty()
                .compose(_ -> Future.join(
                        couriers.stream().map(calls -> calls.stop(PATIENCE)).toList()));
    }
}
