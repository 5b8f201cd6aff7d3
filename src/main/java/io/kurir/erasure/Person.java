package io.kurir.erasure;

import java.util.List;

/**
 * Whose data is erased, by all names that a device knows.
 *
 * @param names as messages and events have them: number and LID, or the group's id
 * @param digits the same without their servers, as texts and mentions have them
 */
public record Person(String deviceId, List<String> names, List<String> digits) {
    /** Stands where a name must stay: it is nobody's. */
    public static final String NOBODY = "0@c.us";

    /** Stands in texts for the digits of a name; a digit, so that a number stays a number. */
    public static final String DIGIT = "1";

    String[] nameArray() {
        return names.toArray(String[]::new);
    }

    /** For {@code regexp_replace}: digits, dashes and servers. */
    String expression() {
        return String.join("|", digits).replace(".", "\\.");
    }

    /** For {@code like any}. */
    String[] patterns() {
        return digits.stream().map(each -> "%" + each + "%").toArray(String[]::new);
    }
}
