package io.kurir.http;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Instants as the API writes them: ISO 8601, UTC, always three digits of milliseconds. */
public final class Timestamps {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Timestamps() {}

    public static String write(Instant instant) {
        return FORMAT.format(instant);
    }

    /** Reads what the contract's {@code date-time} lets through, with any offset. */
    public static Instant read(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
