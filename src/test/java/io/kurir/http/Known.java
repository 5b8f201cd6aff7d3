package io.kurir.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the contract's examples stand for where requests are tried.
 *
 * @param ids of what is there, by the parameter's name, or by the path up to it ({@code /api/webhooks/{id}}) where the name says too little
 * @param numbers of phones, likewise: a path only filters by them, since they belong to nobody
 * @param fields of bodies whose example does not do here, by name
 * @param fresh fields that must be another's in each request, by operation: what it makes must not be there
 */
record Known(
        Map<String, String> ids,
        Map<String, String> numbers,
        Map<String, Object> fields,
        Map<String, List<String>> fresh) {
    /** Parameters and fields that name a device, in any of the dialects. */
    private static final Pattern DEVICE =
            Pattern.compile("(devices?|sessions?|connections?|clients?|agents?)(_?ids?)?", Pattern.CASE_INSENSITIVE);

    static final String DEVICE_ID = "deviceId";

    static boolean namesADevice(String name) {
        return DEVICE.matcher(name).matches();
    }

    Optional<String> id(Contract.Entry entry, String name) {
        return owned(entry, name)
                .or(() -> Optional.ofNullable(numbers.get(until(entry, name))))
                .or(() -> Optional.ofNullable(numbers.get(name)));
    }

    private static String until(Contract.Entry entry, String name) {
        String parameter = "{" + name + "}";
        return entry.path().substring(0, Math.max(0, entry.path().indexOf(parameter))) + parameter;
    }

    private Optional<String> owned(Contract.Entry entry, String name) {
        return Optional.ofNullable(ids.get(until(entry, name)))
                .or(() -> Optional.ofNullable(ids.get(name)))
                .or(() -> namesADevice(name) ? Optional.ofNullable(ids.get(DEVICE_ID)) : Optional.empty());
    }

    /** Whether the path names what somebody owns here. */
    boolean ownedByPath(Contract.Entry entry) {
        return entry.parameters().stream()
                .anyMatch(parameter -> parameter.in().equals("path")
                        && owned(entry, parameter.name()).isPresent());
    }

    /** An example's value as it can be sent: with our ids, and with no address but one of this machine that nobody may call. */
    Object adapted(Object value) {
        return switch (value) {
            case JsonObject object -> {
                JsonObject copy = new JsonObject();
                object.forEach(each -> copy.put(each.getKey(), field(each.getKey(), each.getValue())));
                yield copy;
            }
            case JsonArray array -> {
                JsonArray copy = new JsonArray();
                array.forEach(item -> copy.add(adapted(item)));
                yield copy;
            }
            case String text when text.matches("[a-z0-9+]+://.*") -> "http://127.0.0.2:1/refused";
            default -> value;
        };
    }

    private @Nullable Object field(String name, @Nullable Object value) {
        if (value == null || fields.containsKey(name)) {
            return fields.get(name);
        }
        if (!namesADevice(name)) {
            return adapted(value);
        }
        String device = String.valueOf(ids.get(DEVICE_ID));
        return switch (value) {
            case String _ -> device;
            case JsonArray _ -> new JsonArray().add(device);
            default -> value;
        };
    }
}
