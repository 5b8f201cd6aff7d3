package io.kurir.message;

import io.kurir.bus.Address;
import io.kurir.bus.Bus;
import io.kurir.schedule.Promotion;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.Collection;
import java.util.List;

/** What others do with the outbox: promote what is due, and look for what a lost nudge left behind. */
public final class Outbox implements Promotion {
    private static final int AT_ONCE = 500;

    /** Tells the owner of a device that {@code count} messages are ready. */
    public record Nudge(String deviceId, int count) {}

    /** How many rows of a device were made ready. */
    public record Promoted(String deviceId, int count) {}

    private final OutboxStore store;
    private final Bus bus;

    public Outbox(Pool pool, Bus bus) {
        this.store = new OutboxStore(pool);
        this.bus = bus;
    }

    /** Served by the owner of the device, and only by it. */
    public static Address<Nudge, Void> nudges(String deviceId) {
        return new Address<>("outbox." + deviceId, Nudge.class, Void.class);
    }

    public void nudge(String deviceId, int count) {
        bus.tell(nudges(deviceId), new Nudge(deviceId, count));
    }

    @Override
    public String name() {
        return "retries";
    }

    /** Makes due retries ready and nudges their owners. */
    @Override
    public Future<Boolean> promote() {
        return store.promote(AT_ONCE).map(promoted -> {
            promoted.forEach(device -> nudge(device.deviceId(), device.count()));
            return promoted.stream().mapToInt(Promoted::count).sum() == AT_ONCE;
        });
    }

    /** Which of the devices have something to send. */
    public Future<List<String>> ready(Collection<String> devices) {
        return store.ready(devices);
    }
}
