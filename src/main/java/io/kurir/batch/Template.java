package io.kurir.batch;

import io.kurir.http.Problem.Detail;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with places such as {@code {name}}, each to be filled in with the recipient's variable of that name: letters, digits, {@code _}, {@code -}
 * and {@code .}, beginning with a letter. Other braces are plain text; {@code {{name}}} stands for the words {@code {name}}.
 */
record Template(String text) {
    private static final Pattern PLACE = Pattern.compile("\\{\\{([^{}]*)}}|\\{(\\p{L}[\\p{L}\\p{N}_.-]{0,63})}");

    /** Of no use where the variables were not {@link #check}ed: what is missing stays as it is written. */
    String fill(JsonObject variables) {
        Matcher place = PLACE.matcher(text);
        StringBuilder filled = new StringBuilder(text.length() + 64);
        while (place.find()) {
            String words = place.group(1) != null
                    ? "{" + place.group(1) + "}"
                    : value(variables, place.group(2)).orElse(place.group());
            place.appendReplacement(filled, Matcher.quoteReplacement(words));
        }
        return place.appendTail(filled).toString();
    }

    /** Whether anything in it is not plain text. */
    boolean hasPlaces() {
        return PLACE.matcher(text).find();
    }

    /** What the template needs and the variables of {@code at} do not have. */
    List<Detail> check(String at, JsonObject variables) {
        TreeSet<String> names = new TreeSet<>();
        Matcher place = PLACE.matcher(text);
        while (place.find()) {
            if (place.group(2) != null && value(variables, place.group(2)).isEmpty()) {
                names.add(place.group(2));
            }
        }
        return names.stream()
                .map(name -> new Detail(at + "variables." + name, "is missing"))
                .toList();
    }

    private static Optional<String> value(JsonObject variables, String name) {
        return switch (variables.getValue(name)) {
            case String words -> Optional.of(words);
            case Number number -> Optional.of(number.toString());
            case Boolean truth -> Optional.of(truth.toString());
            case null, default -> Optional.empty();
        };
    }
}
