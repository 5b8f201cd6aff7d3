package io.kurir.reporting;

import java.time.Instant;
import java.util.Locale;

/**
 * Whether the history of a device is kept while its number is this one and {@code history.persist} is {@code allowed}.
 *
 * @param digits international
 */
public record AllowedNumber(
        long id, String deviceId, String digits, Status status, Instant createdAt, Instant updatedAt) {

    /** The words that the dashboard has for yes and no. */
    public enum Status {
        AKTIF,
        NONAKTIF;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
