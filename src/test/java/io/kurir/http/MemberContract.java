package io.kurir.http;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What {@code asyncapi.yaml} says of the addresses for programs in the cluster. */
final class MemberContract {
    private static final Map<String, JsonObject> CHANNELS = new LinkedHashMap<>();
    private static final Map<String, String> ADDRESSES = new LinkedHashMap<>();

    static {
        EventContract.document().getJsonObject("channels").forEach(entry -> {
            JsonObject channel = (JsonObject) entry.getValue();
            String address = channel.getString("address");
            if (address != null && address.startsWith("kurir.")) {
                CHANNELS.put(address, channel.getJsonObject("messages"));
                ADDRESSES.put(entry.getKey(), address);
            }
        });
    }

    private MemberContract() {}

    static List<String> channels() {
        return List.copyOf(ADDRESSES.keySet());
    }

    static List<String> addresses() {
        return List.copyOf(ADDRESSES.values());
    }

    /** {@code which}: request or reply. */
    static List<Problem.Detail> faults(String address, String which, JsonObject payload) {
        return new Schema(message(address, which).getJsonObject("payload")).check(which, payload);
    }

    static List<JsonObject> examples(String address, String which) {
        return message(address, which).getJsonArray("examples").stream()
                .map(each -> ((JsonObject) each).getJsonObject("payload"))
                .toList();
    }

    private static JsonObject message(String address, String which) {
        return Objects.requireNonNull(CHANNELS.get(address), address).getJsonObject(which);
    }
}
