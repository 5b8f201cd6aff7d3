package io.kurir.erasure;

import io.kurir.access.Reach;
import io.kurir.bus.Address;
import io.kurir.bus.Bus;
import io.kurir.contact.Contact;
import io.kurir.contact.Contacts;
import io.kurir.session.Devices;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Erases what is kept of a person on a device, or of a whole device. It goes in portions, each a short transaction, because a long one would hold
 * back everybody who reads the event log; who is cut off in the middle repeats it. The contact goes last: until then the person's other names are
 * known. To be called on a virtual thread.
 */
public final class Erasure {
    /** Said when files are gone, so that no node's disk keeps them. */
    public record FilesGone(List<String> hashes) {}

    public static final Address<FilesGone, Void> FILES_GONE =
            new Address<>("erasure.files", FilesGone.class, Void.class);

    private static final int FEWEST_DIGITS = 7;

    private final ErasureStore store;
    private final Bus bus;
    private final Devices devices;
    private final Contacts contacts;
    private final List<Part> parts;

    /** {@code parts}: of the features that keep something too. */
    public Erasure(Pool pool, Bus bus, Devices devices, Contacts contacts, List<Part> parts) {
        this.store = new ErasureStore(pool);
        this.bus = bus;
        this.devices = devices;
        this.contacts = contacts;
        this.parts =
                Stream.concat(parts.stream(), Stream.of(new WorkStore(pool))).toList();
    }

    /** How many rows of what, by name. Throws {@code SESSION_NOT_FOUND}; a person who is not known has nothing, which is no error. */
    public Map<String, Long> contact(Reach reach, String deviceId, Jid contact) {
        devices.get(reach, deviceId);
        Person person = person(deviceId, contact);
        Map<String, Long> erased = new LinkedHashMap<>();
        for (Part part : parts) {
            erased.put(part.name(), part.erase(person).await());
        }
        Set<String> files = new HashSet<>();
        erased.put("messages", all(() -> store.messages(person), files));
        erased.put("changes", store.changes(person).await());
        erased.put("mentions", store.mentions(person).await());
        erased.put("events", all(() -> store.events(person)));
        erased.put("files", files(files));
        erased.put("contacts", store.contacts(person).await());
        return erased;
    }

    /** Stops the device, forgets its link, and deletes it with all that it has. */
    public Map<String, Long> device(Reach reach, String deviceId) {
        devices.wipe(reach, deviceId); // whatever runs would go on writing
        Map<String, Long> erased = new LinkedHashMap<>();
        for (Part part : parts) {
            erased.put(part.name(), part.eraseDevice(deviceId).await());
        }
        Set<String> files = new HashSet<>();
        erased.put("messages", all(() -> store.messagesOf(deviceId), files));
        devices.delete(reach, deviceId);
        erased.put("events", all(() -> store.eventsOf(deviceId)));
        erased.put("files", files(files));
        return erased;
    }

    private Person person(String deviceId, Jid contact) {
        Set<Jid> names = new LinkedHashSet<>(Set.of(contact));
        Map<Jid, Contact> known = contacts.find(deviceId, List.of(contact)).await();
        known.values()
                .forEach(each ->
                        Stream.concat(Stream.of(each.id()), each.lid().stream()).forEach(names::add));
        return new Person(
                deviceId,
                names.stream().map(Jid::toString).toList(),
                names.stream().map(Erasure::told).toList());
    }

    /** Few digits may be anything: they are looked for with their server only. */
    private static String told(Jid name) {
        return name.user().length() < FEWEST_DIGITS ? name.toString() : name.user();
    }

    /** Portion by portion, until one finds nothing. */
    private static long all(Supplier<Future<Long>> portion) {
        long sum = 0;
        for (long count = portion.get().await();
                count > 0;
                count = portion.get().await()) {
            sum += count;
        }
        return sum;
    }

    private static long all(Supplier<Future<ErasureStore.Gone>> portion, Set<String> files) {
        Function<ErasureStore.Gone, Long> gather = gone -> {
            files.addAll(gone.files());
            return gone.rows();
        };
        return all(() -> portion.get().map(gather));
    }

    private long files(Set<String> hashes) {
        for (Part part : parts) {
            hashes.removeAll(part.needed(Set.copyOf(hashes)).await());
        }
        List<String> gone = store.files(hashes).await();
        if (!gone.isEmpty()) {
            bus.publish(FILES_GONE, new FilesGone(gone));
        }
        return gone.size();
    }
}
