package io.kurir.message;

import io.kurir.http.Problem;
import io.kurir.whatsapp.Jid;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes mentioned people into a text: {@code {m1}} and {@code {mention1}} stand for the first of them, {@code {mention[0]}} likewise, and
 * {@code {mentions}} for all. WhatsApp shows {@code @6281…} in the text as the person's name.
 */
public final class Mentions {
    private static final Pattern PLACE = Pattern.compile(
            "\\{(?:m(?<short>\\d{1,4})|mention(?<long>\\d{1,4})|mention\\[(?<index>\\d{1,4})]|mentions)}");

    private Mentions() {}

    /**
     * Without anybody mentioned the text stays what it is: braces are no fault of a text.
     *
     * @throws Problem {@code INVALID_PAYLOAD} naming {@code field} when the text asks for more people than there are
     */
    public static String write(String field, String text, List<Jid> mentioned) {
        if (mentioned.isEmpty()) {
            return text;
        }
        return PLACE.matcher(text)
                .replaceAll(place -> java.util.regex.Matcher.quoteReplacement(names(field, place, mentioned)));
    }

    private static String names(String field, MatchResult place, List<Jid> mentioned) {
        if (place.group().equals("{mentions}")) {
            return mentioned.stream().map(Mentions::name).collect(Collectors.joining(" "));
        }
        int index = place.group("index") != null
                ? Integer.parseInt(place.group("index"))
                : Integer.parseInt(place.group("short") != null ? place.group("short") : place.group("long")) - 1;
        if (index < 0 || index >= mentioned.size()) {
            throw Problem.invalid(
                    field, "has the placeholder " + place.group() + " but only " + mentioned.size() + " are mentioned");
        }
        return name(mentioned.get(index));
    }

    private static String name(Jid person) {
        return "@" + person.user();
    }
}
