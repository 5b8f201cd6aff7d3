package io.kurir.contact;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.kurir.http.Problem;
import io.kurir.whatsapp.Jid;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The one place where what people write as a recipient becomes a {@link Jid}: {@code +62 812…} and bare digits are international,
 * {@code 0812…} is read in the device's country, and a full JID stays what it is. All forms of one number come out the same.
 */
public final class PhoneNumbers {
    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();
    private static final Set<String> SERVERS = Set.of(Jid.PHONE, Jid.LID, Jid.GROUP);
    private static final Pattern PERSON = Pattern.compile("[1-9][0-9]{4,19}");
    private static final Pattern GROUP = Pattern.compile("[0-9]{5,20}(-[0-9]{5,20})?");
    private static final Pattern WRITTEN = Pattern.compile("\\+?[0-9 ()./-]{5,30}");
    // 628…_1:12@s.whatsapp.net: the agent and the device of the same person
    private static final Pattern DEVICE = Pattern.compile("([_:][0-9]{1,4}){1,2}$");

    private PhoneNumbers() {}

    /** Throws {@code INVALID_PAYLOAD} that names {@code field}. {@code country} is ISO 3166 alpha-2, such as {@code ID}. */
    public static Jid recipient(String field, String written, String country) {
        String text = written.strip();
        return text.indexOf('@') >= 0 ? jid(field, text, country) : Jid.ofPhone(digits(field, text, country));
    }

    /** As {@link #recipient}, of people only. */
    public static Jid person(String field, String written, String country) {
        Jid jid = recipient(field, written, country);
        if (jid.isGroup()) {
            throw Problem.invalid(field, "is a group, not a person");
        }
        return jid;
    }

    /** A group's id, with or without {@code @g.us}: its digits are no phone number. */
    public static Jid group(String field, String written) {
        String text = written.strip().toLowerCase(Locale.ROOT);
        String suffix = "@" + Jid.GROUP;
        String user = text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
        if (!GROUP.matcher(user).matches()) {
            throw Problem.invalid(field, "is not the id of a group");
        }
        return new Jid(user, Jid.GROUP);
    }

    private static Jid jid(String field, String text, String country) {
        int at = text.indexOf('@');
        if (at < 1 || at == text.length() - 1) {
            throw Problem.invalid(field, "is not a WhatsApp id: expected user@server");
        }
        String user = DEVICE.matcher(text.substring(0, at)).replaceFirst("");
        String server = Jid.parse(text.toLowerCase(Locale.ROOT)).server();
        if (server.equals(Jid.PHONE) && (user.startsWith("+") || user.startsWith("0"))) {
            return Jid.ofPhone(digits(field, user, country));
        }
        // WhatsApp's own digits stay as they are: where they differ from E.164 (521… in Mexico), they are right here
        if (!SERVERS.contains(server)
                || !(server.equals(Jid.GROUP) ? GROUP : PERSON).matcher(user).matches()) {
            throw Problem.invalid(field, "is not a WhatsApp id of a person or a group");
        }
        return new Jid(user, server);
    }

    /** The international digits without {@code +}. */
    public static String digits(String field, String written, String country) {
        String text = written.strip();
        if (!WRITTEN.matcher(text).matches()) {
            throw Problem.invalid(field, "is not a phone number");
        }
        String international = text.startsWith("+") || text.startsWith("0") ? text : "+" + text;
        try {
            var number = NUMBERS.parse(international, country);
            // possible, not valid: new number ranges appear faster than the library's tables, and WhatsApp is asked
            // anyway
            if (!NUMBERS.isPossibleNumber(number)) {
                throw Problem.invalid(field, "is not a possible phone number");
            }
            return NUMBERS.format(number, PhoneNumberUtil.PhoneNumberFormat.E164)
                    .substring(1);
        } catch (NumberParseException unreadable) {
            throw Problem.invalid(field, "is not a phone number");
        }
    }
}
