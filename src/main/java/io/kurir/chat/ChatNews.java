package io.kurir.chat;

import io.kurir.cluster.Leases;
import io.kurir.contact.Contacts;
import io.kurir.contact.Sighting;
import io.kurir.contact.Sightings;
import io.kurir.db.Database;
import io.kurir.event.EventLog;
import io.kurir.group.GroupLog;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Person;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one device's page tells of people and groups, written in the order in which it came; what cannot be written while PostgreSQL is
 * away is kept and tried again.
 * Belongs to the worker's context.
 */
public final class ChatNews {
    private static final Logger log = LoggerFactory.getLogger(ChatNews.class);
    private static final long AGAIN_MS = 500;
    // PostgreSQL was away for very long: WhatsApp tells all of it again, in other messages
    private static final int MOST_KEPT = 10_000;

    private final Vertx vertx;
    private final String deviceId;
    private final long epoch;
    private final Contacts contacts;
    private final GroupLog groups;
    private final Sightings sightings = new Sightings();
    private final Queue<Supplier<Future<Void>>> writes = new ArrayDeque<>();
    private boolean writing;

    public ChatNews(Vertx vertx, Pool pool, EventLog events, Leases.Held lease) {
        this.vertx = vertx;
        this.deviceId = lease.lease().deviceId();
        this.epoch = lease.epoch();
        this.contacts = new Contacts(pool, events);
        this.groups = new GroupLog(pool, events);
    }

    public void received(PageEvent.Received received) {
        learn(sightings.of(received.message()));
    }

    public void paired(PageEvent.Paired pair) {
        learn(sightings.of(pair));
    }

    public void groupChanged(PageEvent.GroupChanged change) {
        List<Sighting> seen = new ArrayList<>();
        if (change.action().equals("subject") || change.action().equals("create")) {
            change.value().ifPresent(subject -> seen.add(Sighting.group(change.group(), subject)));
        }
        change.people().stream()
                .filter(ChatNews::hasBothNames)
                .map(Sighting::of)
                .forEach(seen::add);
        learn(seen);
        write(() -> groups.changed(deviceId, epoch, change));
    }

    private static boolean hasBothNames(Person person) {
        return person.phone().isPresent() && person.lid().isPresent();
    }

    private void learn(List<Sighting> seen) {
        if (!seen.isEmpty()) {
            write(() -> contacts.learn(deviceId, epoch, seen));
        }
    }

    private void write(Supplier<Future<Void>> write) {
        if (writes.size() < MOST_KEPT) {
            writes.add(write);
        }
        next();
    }

    private void next() {
        if (writing || writes.isEmpty()) {
            return;
        }
        writing = true;
        writes.element().get().onComplete(done -> {
            writing = false;
            if (done.failed() && Database.away(done.cause())) {
                log.warn(
                        "{}: news of people not written, tried again: {}",
                        deviceId,
                        done.cause().getMessage());
                vertx.setTimer(AGAIN_MS, _ -> next());
                return;
            }
            if (done.failed()) { // what PostgreSQL refuses once it refuses always, and must not hold up the rest
                log.error("{}: news of people lost", deviceId, done.cause());
            }
            writes.poll();
            next();
        });
    }

    /** What is not written yet is not ours to write any more. */
    public void close() {
        writes.clear();
    }
}
