package io.kurir.contact;

import io.kurir.access.Reach;
import io.kurir.event.EventLog;
import io.kurir.message.ChatNames;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Who is who: a person is one contact, whether WhatsApp named it by LID or by number. When it is learned which number belongs to a LID, the
 * stored messages of the LID become messages of the number, and {@code contact.merged} is logged. Safe for several threads; the futures
 * complete on the caller's context.
 */
public final class Contacts {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final int TRIES = 3;

    /** One page of a list; {@code total} counts all that match. */
    public record Listing(List<Contact> contacts, long total) {}

    /** A contact of one device. */
    public record Entry(String deviceId, long ownerId, Contact contact, Instant updatedAt) {}

    /** One page of a list over several devices; {@code total} counts all that match. */
    public record Held(List<Entry> entries, long total) {}

    private final ContactStore store;
    private final ChatNames messages;
    private final EventLog events;

    public Contacts(Pool pool, EventLog events) {
        this.store = new ContactStore(pool);
        this.messages = new ChatNames(pool);
        this.events = events;
    }

    /** Of what a device's page told by itself; changes nothing once the device has another epoch. */
    public Future<Void> learn(String deviceId, long epoch, List<Sighting> seen) {
        return learn(deviceId, Optional.of(epoch), seen);
    }

    /** Of what a device's page answered. */
    public Future<Void> learn(String deviceId, List<Sighting> seen) {
        return learn(deviceId, Optional.empty(), seen);
    }

    /** Of the device's whole address book. */
    public Future<Void> learnAll(String deviceId, List<Sighting> seen) {
        List<String> saved = seen.stream()
                .filter(each -> each.saved().orElse(false))
                .flatMap(each -> each.id().stream())
                .map(Jid::toString)
                .toList();
        return learn(deviceId, seen).compose(_ -> store.keepSaved(deviceId, saved));
    }

    /**
     * Messages are renamed before the pair is stored, so that a crash in between leaves a pair that is new once more, and after it, for what was
     * stored meanwhile.
     */
    private Future<Void> learn(String deviceId, Optional<Long> epoch, List<Sighting> seen) {
        Collection<Sighting> each = once(seen);
        if (each.isEmpty()) {
            return Future.succeededFuture();
        }
        Map<String, String> numbers = new HashMap<>();
        each.forEach(one -> one.lid()
                .ifPresent(lid -> one.phone().ifPresent(phone -> numbers.put(lid.toString(), phone.toString()))));
        if (numbers.isEmpty()) {
            return write(deviceId, epoch, each, TRIES);
        }
        return store.unknown(deviceId, numbers).compose(unknown -> {
            numbers.keySet().retainAll(unknown);
            return rename(deviceId, numbers)
                    .compose(_ -> write(deviceId, epoch, each, TRIES))
                    .compose(_ -> rename(deviceId, numbers));
        });
    }

    private Future<Void> rename(String deviceId, Map<String, String> numbers) {
        return numbers.isEmpty()
                ? Future.succeededFuture()
                : messages.rename(deviceId, numbers).mapEmpty();
    }

    private Future<Void> write(String deviceId, Optional<Long> epoch, Collection<Sighting> seen, int tries) {
        return store.learn(deviceId, epoch, seen)
                .onSuccess(merged -> {
                    if (merged > 0) {
                        events.told(deviceId);
                    }
                })
                .<Void>mapEmpty()
                // somebody else wrote the same person at the same time
                .recover(fault -> tries > 1
                                && fault instanceof PgException refused
                                && UNIQUE_VIOLATION.equals(refused.getSqlState())
                        ? write(deviceId, epoch, seen, tries - 1)
                        : Future.failedFuture(fault));
    }

    /** Everybody once: the store takes no name twice. The later one wins. */
    private static Collection<Sighting> once(List<Sighting> seen) {
        Map<Jid, Sighting> byId = new LinkedHashMap<>();
        Map<Jid, Jid> idByLid = new HashMap<>();
        for (Sighting each : seen) {
            each.id().ifPresent(id -> {
                each.lid()
                        .ifPresent(lid -> Optional.ofNullable(idByLid.put(lid, id))
                                .filter(other -> !other.equals(id))
                                .ifPresent(byId::remove));
                byId.put(id, each);
            });
        }
        return byId.values();
    }

    /** What is known of them, by the name that was asked for; whoever is not known is absent. */
    public Future<Map<Jid, Contact>> find(String deviceId, Collection<Jid> names) {
        if (names.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        Set<Jid> asked = Set.copyOf(names);
        return store.find(deviceId, asked.stream().map(Jid::toString).toList()).map(found -> {
            Map<Jid, Contact> contacts = new HashMap<>();
            found.forEach(contact -> Stream.concat(Stream.of(contact.id()), contact.lid().stream())
                    .filter(asked::contains)
                    .forEach(name -> contacts.put(name, contact)));
            return contacts;
        });
    }

    /** As {@link #find}, with a contact that knows no more than the name for whoever is not known. */
    public Future<Function<Jid, Contact>> names(String deviceId, Collection<Jid> names) {
        return find(deviceId, names).map(known -> jid -> known.getOrDefault(jid, Contact.of(jid)));
    }

    /** The name that goes outside: the number of a LID, where it is known; a LID that nobody has met is noted, for the day when it is. */
    public Future<Jid> outward(String deviceId, Jid jid) {
        if (!jid.isLid()) {
            return Future.succeededFuture(jid);
        }
        return find(deviceId, List.of(jid))
                .compose(found -> Optional.ofNullable(found.get(jid))
                        .map(known -> Future.succeededFuture(known.id()))
                        .orElseGet(() -> learn(deviceId, List.of(Sighting.of(Sighting.person(jid, Optional.empty()))))
                                .map(jid)));
    }

    /** What is remembered of people, or of groups, of all devices in reach, by device and number; {@code search} in names and numbers. */
    public Future<Held> held(
            Reach reach, Optional<String> deviceId, boolean groups, Optional<String> search, int page, int pageSize) {
        return store.held(reach, deviceId, groups, search, page, pageSize);
    }

    /** People by name; {@code search} in names and numbers. */
    public Future<Listing> list(
            String deviceId, Optional<String> search, Optional<Boolean> saved, int page, int pageSize) {
        return store.count(deviceId, search, saved)
                .compose(total -> store.list(deviceId, search, saved, page, pageSize)
                        .map(contacts -> new Listing(contacts, total)));
    }
}
