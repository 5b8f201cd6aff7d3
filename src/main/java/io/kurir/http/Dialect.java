package io.kurir.http;

import java.util.Locale;

/**
 * In whose words an operation speaks: ours, or those of a system that Kurir takes the place of. Stored at a device, as the one that made it.
 *
 * <p>{@code x-dialect} in the contract says it of an operation. Where two share a path it lists both: then a client that comes with {@code x-api-key}
 * speaks the first and any other one the second, until the operation itself knows better ({@link Problem#in}).
 */
public enum Dialect {
    NATIVE,
    /** 000: refusals are {@code {error: "text", code, traceId}}. */
    ACCOUNTS,
    /** 001: refusals are {@code {success: false, error: "text"}}. */
    CONNECTIONS,
    /** 004: refusals are {@code {error: {code, message, traceId}}}. */
    AGENTS;

    /** As stored and as written in the contract. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Dialect of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
