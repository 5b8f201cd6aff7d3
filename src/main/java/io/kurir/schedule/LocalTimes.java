package io.kurir.schedule;

import io.kurir.http.Problem;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;

/** Local times as people write them. */
public final class LocalTimes {
    // uuuu: of the strict style, yyyy would need an era
    private static final DateTimeFormatter WRITTEN =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

    private LocalTimes() {}

    /** Throws {@code INVALID_PAYLOAD} for what is no IANA name. */
    public static ZoneId zone(String field, String written) {
        if (!ZoneId.getAvailableZoneIds().contains(written)) {
            throw Problem.invalid(field, "is no time zone such as Asia/Jakarta");
        }
        return ZoneId.of(written);
    }

    /**
     * Reads {@code yyyy-MM-dd HH:mm:ss}. A time that the zone skips is as much later as it skips; of one that it has twice, the first is meant.
     * Throws {@code INVALID_PAYLOAD} for what is no such time.
     */
    public static Instant instant(String field, String written, ZoneId zone) {
        try {
            return LocalDateTime.parse(written, WRITTEN).atZone(zone).toInstant();
        } catch (DateTimeParseException unreadable) {
            throw Problem.invalid(field, "is no local time written as yyyy-MM-dd HH:mm:ss");
        }
    }

    /** As {@link #instant}; also throws for what is not after {@code now}. */
    public static Instant future(String field, String written, ZoneId zone, Instant now) {
        Instant instant = instant(field, written, zone);
        if (!instant.isAfter(now)) {
            throw Problem.invalid(field, "is in the past: it was " + instant);
        }
        return instant;
    }
}
