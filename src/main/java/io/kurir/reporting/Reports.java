package io.kurir.reporting;

import io.kurir.access.Reach;
import io.kurir.contact.Contacts;
import io.kurir.group.Groups;
import io.kurir.http.Problem;
import io.kurir.message.Message;
import io.kurir.session.Device;
import io.kurir.session.DeviceState;
import io.kurir.session.Devices;
import io.kurir.statistics.Statistics;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The messages of all devices in reach, by number and day. A day is one of the device's time zone, and a message is found by when it was written
 * down here: that has an index and never changes. To be called on a virtual thread.
 */
public final class Reports {
    private static final Instant BEGINNING = Instant.EPOCH;
    private static final Instant END = Instant.parse("9999-12-31T00:00:00Z");

    /**
     * A message as reports show it.
     *
     * @param own the number of the device
     * @param name of the one who wrote it, or of the chat that it went to, where it is known
     * @param at WhatsApp's time, or that of the acceptance
     */
    public record Entry(
            long id,
            String stanzaId,
            String deviceId,
            Optional<String> own,
            boolean outgoing,
            Jid chat,
            Optional<Jid> author,
            Optional<String> name,
            String type,
            Content content,
            Message.Phase phase,
            Ack ack,
            Optional<String> failure,
            Instant at,
            Instant createdAt) {}

    /** One page of a list; {@code total} counts all that match. */
    public record Listing(List<Entry> entries, long total) {}

    /** One kind of message; what is empty does not matter. {@code own}: the device's number. */
    public record Side(Optional<String> own, Optional<Jid> chat, Optional<Boolean> outgoing) {
        public static final Side ANY = new Side(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** When; what is empty is open. */
    public sealed interface When {
        When EVER = new Days(Optional.empty(), Optional.empty());

        /** Both ends with them, in the time zone of each device. */
        record Days(Optional<LocalDate> from, Optional<LocalDate> to) implements When {
            static Days of(Optional<LocalDate> date) {
                return new Days(date, date);
            }
        }

        /** Until just before {@code until}. */
        record Instants(Optional<Instant> from, Optional<Instant> until) implements When {}
    }

    /**
     * What is asked for.
     *
     * @param sides no message may be of two of them; where one takes all of a device, the next ones leave that device out
     * @param phases empty: any
     */
    public record Query(
            Optional<String> deviceId, List<Side> sides, When when, Set<Message.Phase> phases, boolean oldestFirst) {
        static Query of(When when, boolean oldestFirst, Side... sides) {
            return new Query(Optional.empty(), List.of(sides), when, Set.of(), oldestFirst);
        }

        static Query of(String deviceId, When when) {
            return new Query(Optional.of(deviceId), List.of(Side.ANY), when, Set.of(), false);
        }
    }

    /** A device that messages are looked for on. */
    record Source(String deviceId, Optional<String> phone, Optional<String> timezone) {}

    /** A group, with the link that invites into it where the device may know it. */
    public record GroupLink(Contacts.Entry group, Optional<String> link) {}

    /** One page of a list; {@code total} counts all that match. */
    public record GroupLinks(List<GroupLink> links, long total) {}

    private final ReportStore store;
    private final Totals<ReportStore.Matching> totals;
    private final Devices devices;
    private final Contacts contacts;
    private final Groups groups;
    private final Statistics statistics;
    private final ZoneId zone;

    /** {@code zone}: of devices that have none of their own. */
    public Reports(Pool pool, Devices devices, Contacts contacts, Groups groups, Statistics statistics, ZoneId zone) {
        this.store = new ReportStore(pool);
        this.totals = new Totals<>(store::count);
        this.devices = devices;
        this.contacts = contacts;
        this.groups = groups;
        this.statistics = statistics;
        this.zone = zone;
    }

    /** {@code SESSION_NOT_FOUND} and {@code FORBIDDEN} as {@link Devices#get}, where one device is named. */
    public Listing messages(Reach reach, Query query, int page, int pageSize) {
        query.deviceId().ifPresent(deviceId -> devices.get(reach, deviceId));
        List<Source> sources = store.sources(reach, query.deviceId()).await();
        List<ReportStore.Stretch> stretches = new ArrayList<>();
        Set<String> whole = new HashSet<>();
        for (Side side : query.sides()) {
            sources.stream()
                    .filter(source -> side.own().isEmpty() || side.own().equals(source.phone()))
                    .filter(source -> !whole.contains(source.deviceId()))
                    .map(source -> stretch(source, side, query.when()))
                    .forEach(stretches::add);
            if (side.chat().isEmpty() && side.outgoing().isEmpty()) {
                stretches.forEach(stretch -> whole.add(stretch.deviceId()));
            }
        }
        if (stretches.isEmpty()) {
            return new Listing(List.of(), 0);
        }
        ReportStore.Matching matching = new ReportStore.Matching(reach, List.copyOf(stretches), query.phases());
        return store.messages(matching, query.oldestFirst(), page, pageSize)
                .compose(entries -> totals.of(matching).map(total -> new Listing(entries, total)))
                .await();
    }

    private ReportStore.Stretch stretch(Source source, Side side, When when) {
        ZoneId theirs = source.timezone().map(ZoneId::of).orElse(zone);
        Instant from = switch (when) {
            case When.Days days ->
                days.from().map(date -> date.atStartOfDay(theirs).toInstant()).orElse(BEGINNING);
            case When.Instants instants -> instants.from().orElse(BEGINNING);
        };
        Instant until = switch (when) {
            case When.Days days ->
                days.to()
                        .map(date -> date.plusDays(1).atStartOfDay(theirs).toInstant())
                        .orElse(END);
            case When.Instants instants -> instants.until().orElse(END);
        };
        return new ReportStore.Stretch(source.deviceId(), from, until, side.chat(), side.outgoing());
    }

    /** What a number wrote and what was written to it: as a device's own, and as somebody that other devices write with. */
    static Query ofNumber(String digits, When when, boolean oldestFirst) {
        return Query.of(
                when,
                oldestFirst,
                new Side(Optional.of(digits), Optional.empty(), Optional.empty()),
                new Side(Optional.empty(), Optional.of(Jid.ofPhone(digits)), Optional.empty()));
    }

    /** With whom a number wrote on these days. */
    public Statistics.Partners partners(Reach reach, String digits, When.Days days, int page, int pageSize) {
        List<Statistics.Section> sections = store.sources(reach, Optional.empty()).await().stream()
                .map(source -> Statistics.Section.of(
                        source.deviceId(), source.timezone().map(ZoneId::of).orElse(zone), days.from(), days.to()))
                .toList();
        return statistics.partners(reach, digits, sections, page, pageSize).await();
    }

    /** The device's groups that are remembered. Their links are asked of WhatsApp, one after the other, for an admin and of a connected device. */
    public GroupLinks groupLinks(Reach reach, String deviceId, int page, int pageSize) {
        Device device = devices.get(reach, deviceId);
        boolean ask = reach.equals(Reach.ALL) && device.state() == DeviceState.CONNECTED;
        Contacts.Held held = contacts.held(reach, Optional.of(deviceId), true, Optional.empty(), page, pageSize)
                .await();
        return new GroupLinks(
                held.entries().stream()
                        .map(group -> new GroupLink(group, ask ? link(reach, group) : Optional.empty()))
                        .toList(),
                held.total());
    }

    /** Only its admins learn a group's link, and one that WhatsApp refuses must not cost the others. */
    private Optional<String> link(Reach reach, Contacts.Entry group) {
        try {
            return Optional.of(
                    groups.inviteLink(reach, group.deviceId(), group.contact().id()));
        } catch (Problem refused) {
            return Optional.empty();
        }
    }

    /** Of nobody else: {@code FORBIDDEN} for a caller who asks for another user's. */
    public Devices.Listing sessionsOf(Reach reach, long userId, int page, int pageSize) {
        if (reach.owner().filter(own -> own != userId).isPresent()) {
            throw Problem.of(Problem.Code.FORBIDDEN, "user " + userId + " is somebody else");
        }
        return devices.list(
                new Reach(Optional.of(userId), reach.devices()), Optional.empty(), Optional.empty(), page, pageSize);
    }

    /** What was noted, by device; a device without a note is absent. */
    public Map<String, String> remarks(List<Device> of) {
        return store.remarks(of.stream().map(Device::deviceId).toList()).await();
    }

    /** Notes it in the place of what was noted before. */
    public Device remark(Reach reach, String deviceId, String remark) {
        Device device = devices.get(reach, deviceId);
        store.remark(deviceId, remark).await();
        return device;
    }
}
