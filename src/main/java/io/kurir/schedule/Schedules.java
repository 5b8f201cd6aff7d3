package io.kurir.schedule;

import io.kurir.Names;
import io.kurir.Settings;
import io.kurir.access.Reach;
import io.kurir.http.Problem;
import io.kurir.http.Problem.Code;
import io.kurir.message.Draft;
import io.kurir.message.Messages;
import io.kurir.message.Messages.NewMessage;
import io.kurir.message.StanzaId;
import io.kurir.schedule.Schedule.Missed;
import io.kurir.schedule.Schedule.State;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Messages for later. Every method throws {@link Problem}: {@code SESSION_NOT_FOUND} and {@code FORBIDDEN} for a device that is not there or out of
 * reach, {@code SCHEDULE_NOT_FOUND}. To be called on a virtual thread.
 */
public final class Schedules {
    private static final String TIME = "scheduleTime";
    private static final String ZONE = "timezone";
    private static final String CRON = "cron";
    private static final int TRIES = 3;

    /** When: exactly one of {@code localTime} and {@code cron}. {@code timezone} empty: the device's. */
    public record When(Optional<String> localTime, Optional<String> cron, Optional<String> timezone) {}

    /** What is to be different: empty stays as it is. */
    public record Change(
            Optional<String> message,
            Optional<String> localTime,
            Optional<String> cron,
            Optional<String> timezone,
            Optional<Missed> missed) {}

    /** One page, newest first; {@code total} counts all. */
    public record Listing(List<Schedule> schedules, long total) {}

    private final Devices devices;
    private final Messages messages;
    private final ScheduleStore store;
    private final Settings.Schedule settings;
    private final ZoneId timezone;
    private final InstantSource clock;

    /** @param timezone of devices that have none of their own */
    public Schedules(
            Pool pool,
            Devices devices,
            Messages messages,
            Settings.Schedule settings,
            ZoneId timezone,
            InstantSource clock) {
        this.devices = devices;
        this.messages = messages;
        this.store = new ScheduleStore(pool);
        this.settings = settings;
        this.timezone = timezone;
        this.clock = clock;
    }

    /**
     * Keeps a message for later. The device need not be connected.
     *
     * @param missed empty: as the settings say
     * @param message asked for when all else is right, because its file may have to be brought
     * @param names an earlier run of the same request has made the same schedule, which is answered then
     * @throws Problem {@code INVALID_PAYLOAD} for a past time, an unknown zone, a broken cron, and what is wrong with the message
     */
    public Schedule create(
            Reach reach,
            String deviceId,
            When when,
            Optional<Missed> missed,
            Supplier<NewMessage> message,
            Names names) {
        Device device = devices.get(reach, deviceId);
        String name = names.hex(12);
        if (names.repeatable()) {
            Optional<Schedule> there = store.byName(reach, deviceId, name).await();
            if (there.isPresent() || names.past()) {
                return there.orElseThrow(
                        () -> Problem.of(Code.SCHEDULE_NOT_FOUND, "the schedule of this request is no longer kept"));
            }
        }
        ZoneId zone = when.timezone()
                .map(written -> LocalTimes.zone(ZONE, written))
                .orElseGet(() -> device.timezone().map(ZoneId::of).orElse(timezone));
        Instant dueAt = due(when.localTime(), when.cron(), zone);
        Draft draft = messages.draft(reach, deviceId, message.get());
        Optional<String> stanzaId = when.cron().isPresent() ? Optional.empty() : Optional.of(StanzaId.mint(names));
        return store.create(
                        new ScheduleStore.New(
                                deviceId,
                                name,
                                draft,
                                when.localTime(),
                                when.cron(),
                                zone.getId(),
                                missed.orElse(settings.missed()),
                                dueAt,
                                stanzaId),
                        reach)
                .await()
                .orElseThrow(() -> Problem.of(Code.SESSION_NOT_FOUND, "no device " + deviceId));
    }

    private Instant due(Optional<String> localTime, Optional<String> cron, ZoneId zone) {
        if (localTime.isPresent() == cron.isPresent()) {
            throw Problem.invalid(TIME, "is needed, or cron for a repeated message, and not both");
        }
        return cron.map(expression -> Cron.parse(CRON, expression, zone)
                        .next(clock.instant())
                        .orElseThrow(() -> Problem.invalid(CRON, "never comes about")))
                .orElseGet(() -> LocalTimes.future(TIME, localTime.orElseThrow(), zone, clock.instant()));
    }

    public Schedule get(Reach reach, String deviceId, long id) {
        devices.get(reach, deviceId);
        return store.get(reach, deviceId, id)
                .await()
                .orElseThrow(() -> Problem.of(Code.SCHEDULE_NOT_FOUND, "no schedule " + id));
    }

    public Listing list(Reach reach, String deviceId, Optional<State> state, int page, int pageSize) {
        devices.get(reach, deviceId);
        ScheduleStore.Listing listing = store.list(reach, deviceId, state, pageSize, (long) (page - 1) * pageSize)
                .await();
        return new Listing(listing.schedules(), listing.total());
    }

    /** {@code CONFLICT} for what is not active any more; a one-off stays one, and a repeated one too. */
    public Schedule update(Reach reach, String deviceId, long id, Change change) {
        for (int i = 0; i < TRIES; i++) {
            Schedule before = active(reach, deviceId, id);
            Optional<Schedule> updated =
                    store.update(before, changed(before, change)).await();
            if (updated.isPresent()) {
                return updated.get();
            }
        }
        throw Problem.of(Code.CONFLICT, "schedule " + id + " is being changed by others");
    }

    private Schedule active(Reach reach, String deviceId, long id) {
        Schedule schedule = get(reach, deviceId, id);
        if (schedule.state() != State.ACTIVE) {
            throw Problem.of(
                    Code.CONFLICT, "schedule " + id + " is " + schedule.state().word() + ", not active");
        }
        return schedule;
    }

    private Schedule changed(Schedule before, Change change) {
        if (change.localTime().isPresent() && before.cron().isPresent()) {
            throw Problem.invalid(TIME, "is not for a repeated message: change cron, or make another schedule");
        }
        if (change.cron().isPresent() && before.localTime().isPresent()) {
            throw Problem.invalid(CRON, "is not for a message that is sent once: make another schedule");
        }
        ZoneId zone = LocalTimes.zone(ZONE, change.timezone().orElse(before.timezone()));
        Optional<String> localTime = change.localTime().or(before::localTime);
        Optional<String> cron = change.cron().or(before::cron);
        boolean moved = change.localTime().isPresent()
                || change.cron().isPresent()
                || change.timezone().isPresent();
        return new Schedule(
                before.id(),
                before.name(),
                before.deviceId(),
                before.state(),
                change.message()
                        .map(text -> before.draft().saying("message", text))
                        .orElse(before.draft()),
                localTime,
                cron,
                zone.getId(),
                change.missed().orElse(before.missed()),
                moved ? due(localTime, cron, zone) : before.dueAt(),
                before.stanzaId(),
                before.runs(),
                before.skipped(),
                before.lastAt(),
                before.late(),
                before.createdAt(),
                before.updatedAt());
    }

    /** One that was cancelled stays so; {@code CONFLICT} for what is done. */
    public Schedule cancel(Reach reach, String deviceId, long id) {
        Schedule schedule = get(reach, deviceId, id);
        if (schedule.state() == State.CANCELLED) {
            return schedule;
        }
        return store.cancel(id).await().orElseGet(() -> active(reach, deviceId, id));
    }
}
