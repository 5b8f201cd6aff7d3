package io.kurir.statistics;

import io.kurir.access.Reach;
import io.kurir.http.Problem;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What each device did on each day of its time zone. Read from {@code chat_quarter}, which the database keeps true with every change of a message:
 * a message counts when its outcome is known, at the time that WhatsApp gives it. To be called on a virtual thread.
 */
public final class Statistics {
    private static final int MOST_DAYS = 366;
    /** Of all devices together, which may be hundreds: a quarter of a year. */
    private static final int MOST_DAYS_TOGETHER = 92;

    /**
     * What went on.
     *
     * @param failed outgoing messages that failed for good
     * @param activeChats chats in which a message came or went
     * @param incomingChats chats in which a message came
     * @param answeredChats those of them in which one went within 24 hours after one of these
     */
    public record Counts(
            long incoming, long outgoing, long failed, long activeChats, long incomingChats, long answeredChats) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

        /** Percent with two decimals; empty where nothing came. */
        public Optional<Double> responseRate() {
            return incomingChats == 0
                    ? Optional.empty()
                    : Optional.of(Math.round(10_000.0 * answeredChats / incomingChats) / 100.0);
        }
    }

    public record Day(LocalDate date, Counts counts) {}

    /**
     * Days without a gap, both ends with them.
     *
     * @param total of all days; a chat that was active on several is one active chat, and one chat to be answered for each day
     */
    public record Range(String deviceId, ZoneId zone, List<Day> days, Counts total) {}

    /** As {@link Range}, of several devices: a chat that two of them have is two chats. */
    public record Together(long devices, ZoneId zone, List<Day> days, Counts total) {}

    private final StatisticsStore store;
    private final Devices devices;
    private final ZoneId zone;
    private final InstantSource clock;

    /** {@code zone}: of devices that have none of their own. */
    public Statistics(Pool pool, Devices devices, ZoneId zone, InstantSource clock) {
        this.store = new StatisticsStore(pool);
        this.devices = devices;
        this.zone = zone;
        this.clock = clock;
    }

    /**
     * Without an end until today, without a beginning {@code usual} days.
     *
     * @throws Problem {@code INVALID_PAYLOAD} for more than 366 days or an end before the beginning
     */
    public Range range(Reach reach, String deviceId, Optional<LocalDate> from, Optional<LocalDate> to, int usual) {
        ZoneId theirs = zone(devices.get(reach, deviceId));
        List<LocalDate> dates = dates(theirs, from, to, usual, MOST_DAYS);
        StatisticsStore.Counted counted =
                store.days(deviceId, begins(dates, theirs), past(dates, theirs)).await();
        return new Range(deviceId, theirs, days(dates, counted), counted.total());
    }

    /**
     * One device as {@link #range}, or all in reach, whose days are then those of the settings' zone.
     *
     * @throws Problem {@code INVALID_PAYLOAD} also for more than 92 days of all
     */
    public Together together(
            Reach reach, Optional<String> deviceId, Optional<LocalDate> from, Optional<LocalDate> to, int usual) {
        if (deviceId.isPresent()) {
            Range one = range(reach, deviceId.get(), from, to, usual);
            return new Together(1, one.zone(), one.days(), one.total());
        }
        List<LocalDate> dates = dates(zone, from, to, usual, MOST_DAYS_TOGETHER);
        StatisticsStore.Counted counted =
                store.days(reach, begins(dates, zone), past(dates, zone)).await();
        long count = store.devices(reach).await();
        return new Together(count, zone, days(dates, counted), counted.total());
    }

    private List<LocalDate> dates(
            ZoneId theirs, Optional<LocalDate> from, Optional<LocalDate> to, int usual, int most) {
        LocalDate last = to.orElseGet(() -> LocalDate.ofInstant(clock.instant(), theirs));
        LocalDate first = from.orElse(last.minusDays(usual - 1L));
        if (last.isBefore(first)) {
            throw Problem.invalid("endDate", "is before startDate");
        }
        if (first.until(last, ChronoUnit.DAYS) >= most) {
            throw Problem.invalid("endDate", "is more than " + most + " days after startDate");
        }
        return first.datesUntil(last.plusDays(1)).toList();
    }

    private static List<Integer> begins(List<LocalDate> dates, ZoneId zone) {
        return dates.stream().map(date -> quarter(date, zone)).toList();
    }

    private static int past(List<LocalDate> dates, ZoneId zone) {
        return quarter(dates.getLast().plusDays(1), zone);
    }

    private static List<Day> days(List<LocalDate> dates, StatisticsStore.Counted counted) {
        List<Day> days = new ArrayList<>(dates.size());
        for (int i = 0; i < dates.size(); i++) {
            days.add(new Day(dates.get(i), counted.days().getOrDefault(i, Counts.NONE)));
        }
        return List.copyOf(days);
    }

    private ZoneId zone(Device device) {
        return device.timezone().map(ZoneId::of).orElse(zone);
    }

    /** The quarter of an hour that the day begins with. */
    static int quarter(LocalDate date, ZoneId zone) {
        return Math.toIntExact(Math.floorDiv(date.atStartOfDay(zone).toEpochSecond(), 900L));
    }

    /**
     * How much two numbers wrote to each other, as one device saw it.
     *
     * @param partner the chat: a number, a LID or a group
     * @param name of the partner, where it is known
     * @param incoming from the partner
     */
    public record Partner(
            String deviceId,
            Optional<String> phone,
            String partner,
            Optional<String> name,
            long incoming,
            long outgoing,
            Optional<Span> in,
            Optional<Span> out) {}

    /** From the first message to the last. */
    public record Span(Instant first, Instant last) {}

    /** One page of a list; {@code total} counts all that match. */
    public record Partners(List<Partner> partners, long total) {}

    /** With whom a number wrote, as a device of its own or as somebody's chat; those who wrote last come first. */
    public Future<Partners> partners(Reach reach, String digits, List<Section> sections, int page, int pageSize) {
        return sections.isEmpty()
                ? Future.succeededFuture(new Partners(List.of(), 0))
                : store.partners(reach, digits, sections, page, pageSize);
    }

    /** The days of one device that matter, its own day borders applied; {@code past} is the day after the last. */
    public record Section(String deviceId, int firstQuarter, int pastQuarter) {

        public static Section of(String deviceId, ZoneId zone, Optional<LocalDate> from, Optional<LocalDate> to) {
            return new Section(
                    deviceId,
                    from.map(date -> quarter(date, zone)).orElse(0),
                    to.map(date -> quarter(date.plusDays(1), zone)).orElse(Integer.MAX_VALUE));
        }
    }
}
