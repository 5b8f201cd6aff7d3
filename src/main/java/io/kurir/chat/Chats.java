package io.kurir.chat;

import io.kurir.access.Reach;
import io.kurir.contact.Contact;
import io.kurir.contact.Contacts;
import io.kurir.contact.Recent;
import io.kurir.contact.Sighting;
import io.kurir.session.Devices;
import io.kurir.session.Pages;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Request;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A device's chats, now and on a day. To be called on a virtual thread. */
public final class Chats {
    private static final Duration MOMENT = Duration.ofSeconds(5);
    private static final Duration ASKING = Duration.ofSeconds(20);

    /** {@code contact}: with whom, or the group. */
    public record Chat(
            Contact contact,
            Optional<String> name,
            int unread,
            Optional<Instant> lastAt,
            boolean archived,
            boolean pinned) {

        /** WhatsApp has two chats with somebody who was known by the LID alone when the first began: one conversation. */
        Chat with(Chat other) {
            Chat newer = other.at().isAfter(at()) ? other : this;
            int both = Math.max(unread, 0) + Math.max(other.unread, 0);
            return new Chat(
                    newer.contact,
                    newer.name,
                    both == 0 ? Math.min(unread, other.unread) : both,
                    newer.lastAt,
                    archived && other.archived,
                    pinned || other.pinned);
        }

        Instant at() {
            return lastAt.orElse(Instant.EPOCH);
        }
    }

    /** One page of a list; {@code total} counts all that match; {@code last} is what our table has as the newest of a chat. */
    public record Listing(List<Chat> chats, Map<Jid, HistoryMessage> last, long total) {}

    /** What went on in one chat on a day. */
    public record DayChat(Jid chat, Optional<String> name, long incoming, long outgoing, HistoryMessage last) {}

    /** One part of a day's chats; {@code timezone} is the device's, which decides when the day began. */
    public record Day(String timezone, List<DayChat> chats, long total) {}

    private final Devices devices;
    private final Pages pages;
    private final Contacts contacts;
    private final ChatStore store;
    private final ZoneId zone;
    private final Recent<List<Chat>> recent = new Recent<>(MOMENT);

    /** {@code zone}: of devices that have none of their own. */
    public Chats(Pool pool, Devices devices, Pages pages, Contacts contacts, ZoneId zone) {
        this.store = new ChatStore(pool);
        this.devices = devices;
        this.pages = pages;
        this.contacts = contacts;
        this.zone = zone;
    }

    /** As WhatsApp shows them: pinned first, then the newest; {@code search} in names and numbers. */
    public Listing list(Reach reach, String deviceId, Optional<String> search, int page, int pageSize) {
        devices.get(reach, deviceId);
        List<Chat> all = recent.get(deviceId, () -> ask(deviceId)).await();
        String wanted = search.orElse("").toLowerCase(Locale.ROOT);
        List<Chat> matching = all.stream()
                .filter(chat -> chat.name().orElse("").toLowerCase(Locale.ROOT).contains(wanted)
                        || chat.contact().id().toString().contains(wanted))
                .toList();
        List<Chat> onPage =
                matching.stream().skip((page - 1L) * pageSize).limit(pageSize).toList();
        List<Jid> ids = onPage.stream().map(chat -> chat.contact().id()).toList();
        return new Listing(onPage, store.last(deviceId, ids).await(), matching.size());
    }

    private Future<List<Chat>> ask(String deviceId) {
        return pages.ask(deviceId, new Request.ListChats(), ASKING).compose(answer -> {
            List<Request.Chat> chats = answer.chats();
            return contacts.learn(deviceId, chats.stream().map(Chats::sighting).toList())
                    .compose(_ -> contacts.names(
                            deviceId, chats.stream().map(Request.Chat::chat).toList()))
                    .map(names -> chats.stream()
                            .map(chat -> chat(chat, names.apply(chat.chat())))
                            .collect(Collectors.toMap(chat -> chat.contact().id(), chat -> chat, Chat::with))
                            .values()
                            .stream()
                            .sorted(Comparator.comparing((Chat chat) -> !chat.pinned())
                                    .thenComparing(Chat::at, Comparator.reverseOrder()))
                            .toList());
        });
    }

    private static Sighting sighting(Request.Chat chat) {
        return chat.chat().isGroup()
                ? Sighting.group(chat.chat(), chat.name())
                : Sighting.of(Sighting.person(chat.chat(), chat.lid()));
    }

    private static Chat chat(Request.Chat chat, Contact contact) {
        return new Chat(
                contact,
                Optional.of(chat.name()).filter(name -> !name.isEmpty()).or(contact::displayName),
                chat.unread(),
                chat.lastAt(),
                chat.archived(),
                chat.pinned());
    }

    /** The chats that had messages on that day of the device's time zone, or the node's where the device has none, the newest first. */
    public Day day(Reach reach, String deviceId, LocalDate date, boolean groups, int limit, int offset) {
        ZoneId theirs = devices.get(reach, deviceId).timezone().map(ZoneId::of).orElse(zone);
        return store.between(
                        deviceId,
                        date.atStartOfDay(theirs),
                        date.plusDays(1).atStartOfDay(theirs),
                        groups,
                        limit,
                        offset)
                .await();
    }
}
