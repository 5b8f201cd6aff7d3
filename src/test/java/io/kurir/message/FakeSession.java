package io.kurir.message;

import io.kurir.Settings;
import io.kurir.bus.Bus;
import io.kurir.cluster.Leases;
import io.kurir.event.EventLog;
import io.kurir.media.Media;
import io.kurir.session.SessionApi;
import io.kurir.trace.Traces;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.PageEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A connected device, made where it is not there yet, whose page is a {@link FakePage}: what it submits the server takes at once. Numbers that begin
 * with 62999 are not on WhatsApp.
 */
public final class FakeSession {
    public final FakePage page = new FakePage();
    public final String deviceId;

    private final Context context;
    private final Traffic traffic;

    public FakeSession(Vertx vertx, Pool pool, Bus bus, Media media, String deviceId, long ownerId) throws Exception {
        this.deviceId = deviceId;
        this.context = vertx.getOrCreateContext();
        EventLog events = new EventLog(pool, bus);
        get(events.maintain(Duration.ofDays(30)));
        get(pool.query("insert into device (device_id, owner_id, name, state, linked, phone) values ('" + deviceId
                        + "', "
                        + ownerId + ", 'one', 'connected', true, '6281100000001')"
                        + " on conflict (device_id) do update set state = 'connected', phone = excluded.phone, linked = true,"
                        + " last_seen = clock_timestamp()")
                .execute());
        get(pool.query("insert into event_counter (device_id) values ('" + deviceId + "') on conflict do nothing")
                .execute());
        Settings.Lease times = new Settings.Lease(Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(3));
        Leases.Held lease = get(new Leases(vertx, pool, "node-1", times).acquire(deviceId, "1", new Leases.Holder() {
                    @Override
                    public void renewed() {}

                    @Override
                    public void lost() {}
                }))
                .orElseThrow();
        Settings.Delivery delivery = new Settings.Delivery(
                3, Duration.ofMillis(20), Settings.OnUnknown.RESEND, Duration.ofSeconds(30), Duration.ofMillis(10));
        Settings.Send generous = new Settings.Send(60_000, 1_000, 500, Duration.ofSeconds(30));
        page.onSend = message -> {
            vertx.runOnContext(_ ->
                    tell(it -> it.acked(new PageEvent.Acked(message.to(), List.of(message.stanzaId()), Ack.SERVER))));
            return Future.succeededFuture(new Command.Taken());
        };
        io.vertx.core.Promise<Traffic> opened = io.vertx.core.Promise.promise();
        context.runOnContext(_ -> {
            Traffic mine = new Traffic(
                    vertx,
                    pool,
                    bus,
                    events,
                    () -> delivery,
                    () -> generous,
                    media,
                    List.of("stop"),
                    lease,
                    Traces.OFF,
                    new SimpleMeterRegistry());
            mine.open(page);
            bus.serve(
                    SessionApi.checkNumbers(deviceId),
                    asked -> Future.succeededFuture(new SessionApi.Numbers(asked.numbers().stream()
                            .filter(number -> !number.startsWith("62999"))
                            .toList())));
            bus.serve(
                    SessionApi.execute(deviceId),
                    asked -> page.execute(asked.request(), asked.timeout()).map(SessionApi.Executed::new));
            opened.complete(mine);
        });
        traffic = get(opened.future());
        Outbox outbox = new Outbox(pool, bus);
        vertx.setPeriodic(20, _ -> outbox.promote());
    }

    /** What the page tells. */
    public void tell(Consumer<Traffic> event) {
        context.runOnContext(_ -> event.accept(traffic));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
