package io.kurir.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts that would do harm to whoever took them for SQL, HTML or JSON; each has a number, by which it is found again. */
final class HostileText {
    /** Doubled: what is sealed is random letters and digits, in which z2z is found now and then. */
    private static final Pattern MARK = Pattern.compile("zz(\\d+)zz");

    private HostileText() {}

    /** A long one, and a short one where that does not fit. */
    static List<String> of(int number) {
        String mark = "zz" + number + "zz";
        return List.of(mark + "'); drop table message; --<script>alert(\"\\\")</script>&amp;", mark + "';--<b>");
    }

    /**
     * The strings in {@code json} that have lost or changed a part of such a text.
     *
     * @param whole gets the numbers of those that are there as they were
     */
    static List<String> mangled(Object json, Set<Integer> whole) {
        List<String> mangled = new ArrayList<>();
        switch (json) {
            case JsonObject object ->
                object.forEach(each -> {
                    if (each.getValue() != null) {
                        mangled.addAll(mangled(each.getValue(), whole));
                    }
                });
            case JsonArray array ->
                array.forEach(item -> {
                    if (item != null) {
                        mangled.addAll(mangled(item, whole));
                    }
                });
            case String text -> {
                Matcher mark = MARK.matcher(text);
                while (mark.find()) {
                    int number = Integer.parseInt(mark.group(1));
                    if (of(number).stream().anyMatch(each -> text.contains(each) || text.contains(inJson(each)))) {
                        whole.add(number);
                    } else {
                        mangled.add(text);
                    }
                }
            }
            default -> {}
        }
        return mangled;
    }

    private static String inJson(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
