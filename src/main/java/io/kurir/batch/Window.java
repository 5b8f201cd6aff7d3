package io.kurir.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * The time of day in which messages may go out: from {@code from}, included, to {@code to}, excluded; over midnight where {@code from} is the later
 * one. A local time that does not exist on a day, or exists twice, is settled as {@code java.time} does.
 */
public record Window(LocalTime from, LocalTime to, ZoneId zone) {

    /** {@code at} itself where the window is open then, else when it opens next. */
    public Instant next(Instant at) {
        ZonedDateTime local = at.atZone(zone);
        LocalDate today = local.toLocalDate();
        // yesterday's may reach into today
        for (LocalDate day = today.minusDays(1); ; day = day.plusDays(1)) {
            Instant opens = day.atTime(from).atZone(zone).toInstant();
            LocalDate lastDay = from.isBefore(to) ? day : day.plusDays(1);
            Instant closes = lastDay.atTime(to).atZone(zone).toInstant();
            // a window within an hour that the clock skips does not open on that day
            if (at.isBefore(closes) && opens.isBefore(closes)) {
                return at.isBefore(opens) ? opens : at;
            }
        }
    }
}
