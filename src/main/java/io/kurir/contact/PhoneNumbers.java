package io.kurir.contact;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.kurir.http.Problem;
import io.kurir.whatsapp.Jid;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The one place where what people write as a recipient becomes a {@link Jid}: {@code +62 812…} and bare digits are international,
 * {@code 0812…} is read in the device's country, and a full JID stays what it is.
 */
public final class PhoneNumbers {
    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();
    private static final Set<String> SERVERS = Set.of(Jid.PHONE, Jid.LID, Jid.GROUP);
    private static final Pattern USER = Pattern.compile("[0-9]{5,20}(-[0-9]{5,20})?");
    private static final Pattern WRITTEN = Pattern.compile("\\+?[0-9 ()./-]{5,30}");

    private PhoneNumbers() {}

    /** Throws {@code INVALID_PAYLOAD} that names {@code field}. {@code country} is ISO 3166 alpha-2, such as {@code ID}. */
    public static Jid recipient(String field, String written, String country) {
        String text = written.strip();
        return text.indexOf('@') >= 0 ? jid(field, text) : Jid.ofPhone(digits(field, text, country));
    }

    private static Jid jid(String field, String text) {
        int at = text.indexOf('@');
        if (at < 1 || at == text.length() - 1) {
            throw Problem.invalid(field, "is not a WhatsApp id: expected user@server");
        }
        Jid jid = Jid.parse(text);
        if (!SERVERS.contains(jid.server()) || !USER.matcher(jid.user()).matches()) {
            throw Problem.invalid(field, "is not a WhatsApp id of a person or a group");
        }
        return jid;
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
