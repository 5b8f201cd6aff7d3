package io.kurir.message;

import io.kurir.Settings;
import io.kurir.bus.Bus;
import io.kurir.cluster.Leases;
import io.kurir.event.EventLog;
import io.kurir.media.Media;
import io.kurir.trace.Traces;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.WhatsApp;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The messages of one device on their way in and out, as its session sees them. Belongs to the context that made it. */
public final class Traffic {
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final Ledger ledger;
    private final Drain drain;
    private final Tally tally;
    private final Downloads downloads;
    private final Bus.Registration nudges;

    /** {@code delivery} and {@code send} are asked each time, for they may change. */
    public Traffic(
            Vertx vertx,
            Pool pool,
            Bus bus,
            EventLog events,
            Supplier<Settings.Delivery> delivery,
            Supplier<Settings.Send> send,
            Media media,
            List<String> stopWords,
            Leases.Held lease,
            Traces traces,
            MeterRegistry registry) {
        String deviceId = lease.lease().deviceId();
        this.tally = new Tally(registry);
        OutboxStore outbox = new OutboxStore(pool);
        this.downloads = new Downloads(vertx, deviceId, new DownloadStore(pool), media, events, lease);
        this.ledger = new Ledger(
                vertx,
                deviceId,
                new MessageStore(pool),
                new IncomingStore(pool),
                media.settings().maxSize(),
                stopWords,
                outbox,
                events,
                bus,
                lease,
                this::settled,
                tally::received,
                downloads::look);
        this.drain = new Drain(
                vertx, deviceId, delivery, send, outbox, new BudgetStore(pool), media::file, ledger, lease, traces);
        this.nudges = bus.hear(
                Outbox.nudges(deviceId), nudge -> drain.context().runOnContext(_ -> drain.nudge(nudge.count())));
    }

    private void settled(List<Settled.Change> changes) {
        changes.stream().filter(drain::settled).forEach(tally::settled);
        drain.moved();
    }

    /** Sending starts, or goes on. */
    public void open(WhatsApp.Page page) {
        drain.open(page);
        downloads.open(page);
    }

    /** Whether the broadcast lane may be sent from; until this is said it may. */
    public void broadcasts(boolean allowed) {
        drain.broadcasts(allowed);
    }

    /** Sending stops; what the page still reports is written down. */
    public void pause() {
        drain.pause();
        downloads.pause();
    }

    public void sweep() {
        drain.sweep();
    }

    public void nudge() {
        drain.nudge();
    }

    public void acked(PageEvent.Acked acked) {
        acked.stanzaIds().forEach(id -> ledger.acked(id, acked.ack()));
    }

    public void sendFailed(PageEvent.SendFailed failed) {
        drain.sendFailed(failed.stanzaId(), failed.reason());
    }

    public void received(PageEvent.Received received) {
        ledger.received(received.message());
    }

    public void reacted(PageEvent.Reacted reacted) {
        ledger.changed(Change.of(reacted));
    }

    public void edited(PageEvent.Edited edited) {
        ledger.changed(Change.of(edited));
    }

    public void revoked(PageEvent.Revoked revoked) {
        ledger.changed(Change.of(revoked));
    }

    public void voted(PageEvent.Voted voted) {
        ledger.changed(Change.of(voted));
    }

    /** Completes when all that the page has told is written, for whoever owns the device next; or not in time. */
    public Future<Void> close() {
        pause();
        return Future.join(ledger.written(), drain.saveBudget(), nudges.end())
                .timeout(CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }
}
