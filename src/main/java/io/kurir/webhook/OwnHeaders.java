package io.kurir.webhook;

import io.kurir.http.Problem;
import io.kurir.http.Problem.Detail;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Headers that an owner wants in each call, such as an authorization. */
final class OwnHeaders {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]{0,1024}");

    /** They frame the request, or are ours. */
    private static final Set<String> OURS = Set.of(
            "host",
            "content-length",
            "content-type",
            "content-encoding",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "expect");

    private OwnHeaders() {}

    /** Throws {@code INVALID_PAYLOAD} that names {@code headers.<name>}. */
    static Map<String, String> read(JsonObject written) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        List<Detail> wrong = new ArrayList<>();
        for (String name : written.fieldNames()) {
            String value = written.getString(name);
            String lower = name.toLowerCase(Locale.ROOT);
            if (!NAME.matcher(name).matches()) {
                wrong.add(new Detail("headers." + name, "is not the name of a header"));
            } else if (OURS.contains(lower) || lower.startsWith("x-kurir-") || lower.startsWith("proxy-")) {
                wrong.add(new Detail("headers." + name, "cannot be set"));
            } else if (!VALUE.matcher(value).matches()) {
                wrong.add(new Detail("headers." + name, "must have at most 1024 printable ASCII characters"));
            } else if (headers.put(name, value) != null) {
                wrong.add(new Detail("headers." + name, "is there twice"));
            }
        }
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
        return headers;
    }
}
