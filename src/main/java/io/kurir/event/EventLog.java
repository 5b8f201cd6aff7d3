package io.kurir.event;

import io.kurir.bus.Address;
import io.kurir.bus.Bus;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/** Writing the log. What is written is told on the bus after the commit; a lost notice costs a reader one sweep. */
public final class EventLog {
    /** Said after a commit that appended events. */
    public record Appended(String deviceId) {}

    public static final Address<Appended, Void> APPENDED = new Address<>("event.appended", Appended.class, Void.class);
    static final Address<Event, Void> LIVE = new Address<>("event.live", Event.class, Void.class);

    /**
     * Ends a {@code with} list in which {@code happened(ord, type, data)} says what happened to the device {@code $1}, so that the change and its
     * events are one statement and the counter is advanced last. A statement may use it once.
     *
     * <p>Who waits for the counter may have the older transaction id: its position is raised above the one before, so that positions rise as
     * {@code seq} does. No reader has come that far while a transaction that old was running.
     */
    public static final String APPEND = """
            counter as (
                update event_counter c
                set seq = c.seq + (select count(*) from happened),
                    position = greatest(
                        c.position + (select count(*) from happened), event_position((select count(*) from happened) - 1))
                where c.device_id = $1 and exists (select from happened)
                returning c.seq, c.position
            ), logged as (
                insert into event (position, device_id, owner_id, seq, type, at, data)
                select c.position - t.total + h.n, $1, d.owner_id, c.seq - t.total + h.n, h.type, clock_timestamp(), h.data
                from (select happened.*, row_number() over (order by ord) as n from happened) h
                cross join (select count(*) as total from happened) t
                cross join counter c
                join device d on d.device_id = $1
            )
            """;

    private final Pool pool;
    private final Bus bus;

    public EventLog(Pool pool, Bus bus) {
        this.pool = pool;
        this.bus = bus;
    }

    /** To be called after the commit of a statement that used {@link #APPEND}. */
    public void told(String deviceId) {
        bus.publish(APPENDED, new Appended(deviceId));
    }

    /** Tells what is never stored, because it is worthless a minute later. */
    public void live(Event event) {
        if (event.position().isPresent()) {
            throw new IllegalArgumentException("a stored event is not live only");
        }
        bus.publish(LIVE, event);
    }

    /** Makes the partitions of today and tomorrow and drops what is older than {@code keep}. */
    public Future<Void> maintain(Duration keep) {
        return pool.preparedQuery("call event_partitions(make_interval(secs => $1))")
                .execute(Tuple.of((double) keep.toSeconds()))
                .mapEmpty();
    }
}
