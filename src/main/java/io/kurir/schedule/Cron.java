package io.kurir.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.kurir.http.Problem;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/**
 * A cron expression of five fields (minute, hour, day of the month, month, day of the week; where both days are given, either does) in a time
 * zone. In a night whose clock goes forward a time that is skipped runs as much later as is skipped, as java.time has it; in one that goes back,
 * a fixed hour runs once and {@code *} goes on by the real time.
 */
final class Cron {
    private final ExecutionTime times;
    private final ZoneId zone;

    private Cron(ExecutionTime times, ZoneId zone) {
        this.times = times;
        this.zone = zone;
    }

    /** Throws {@code INVALID_PAYLOAD} that says what is wrong. */
    static Cron parse(String field, String expression, ZoneId zone) {
        try {
            // neither the parser nor its definition is said to be safe for several threads
            CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
            return new Cron(ExecutionTime.forCron(parser.parse(expression).validate()), zone);
        } catch (IllegalArgumentException broken) {
            throw Problem.invalid(field, "is no cron expression of five fields: " + broken.getMessage());
        }
    }

    /** The first time after {@code after}; empty when there is none, as for the 30th of February. Takes about 0.5 ms. */
    Optional<Instant> next(Instant after) {
        ZonedDateTime from = after.atZone(zone);
        Optional<Instant> regular = times.nextExecution(from).map(ZonedDateTime::toInstant);
        Optional<Instant> shifted = shifted(from);
        return shifted.filter(late -> regular.map(late::isBefore).orElse(true)).or(() -> regular);
    }

    /** The next time that the clock skips, moved by what it skips: cron-utils would leave the day out. */
    private Optional<Instant> shifted(ZonedDateTime from) {
        LocalDateTime cursor = from.toLocalDateTime();
        ZoneOffsetTransition last =
                zone.getRules().previousTransition(from.toInstant().plusNanos(1));
        if (last != null
                && last.isGap()
                && from.toInstant().isBefore(last.getInstant().plus(last.getDuration()))) {
            cursor = cursor.minus(last.getDuration()); // what was moved by it may be still to come
        }
        Optional<ZonedDateTime> local = times.nextExecution(cursor.atZone(ZoneOffset.UTC));
        return local.map(ZonedDateTime::toLocalDateTime)
                .filter(skipped -> zone.getRules().getValidOffsets(skipped).isEmpty())
                .map(skipped -> skipped.atZone(zone).toInstant())
                .filter(from.toInstant()::isBefore);
    }
}
