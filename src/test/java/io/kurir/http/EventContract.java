package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.event.EventType;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code asyncapi.yaml} as a judge of what was told: a suite that has events ends with {@link #check}. */
public final class EventContract {
    private static final JsonObject DOCUMENT = inlined();
    private static final Map<String, Schema> DATA = new LinkedHashMap<>();
    private static final Map<String, JsonObject> EXAMPLES = new LinkedHashMap<>();
    private static final int MOST = 20;

    static {
        messages().forEach((word, message) -> {
            JsonObject properties = message.getJsonObject("payload").getJsonObject("properties");
            DATA.put(word, new Schema(properties.getJsonObject("data")));
            EXAMPLES.put(
                    word,
                    message.getJsonArray("examples")
                            .getJsonObject(0)
                            .getJsonObject("payload")
                            .getJsonObject("data"));
        });
    }

    private EventContract() {}

    private static JsonObject inlined() {
        JsonObject document = Contract.read("asyncapi.yaml");
        return (JsonObject) Contract.inlined(document, document);
    }

    /** The whole document without references. */
    static JsonObject document() {
        return DOCUMENT;
    }

    /** By the type's word. */
    static Map<String, JsonObject> messages() {
        Map<String, JsonObject> messages = new LinkedHashMap<>();
        DOCUMENT.getJsonObject("components")
                .getJsonObject("messages")
                .forEach(entry ->
                        messages.put(((JsonObject) entry.getValue()).getString("name"), (JsonObject) entry.getValue()));
        return messages;
    }

    /** The data of the contract's own example of a type. */
    public static JsonObject example(String type) {
        return java.util.Objects.requireNonNull(EXAMPLES.get(type), type).copy();
    }

    /** What is wrong with an event: its type, the path and the reason; empty when nothing is. */
    public static List<String> faults(String type, JsonObject data) {
        Schema schema = DATA.get(type);
        if (schema == null) {
            return List.of(type + ": is not in asyncapi.yaml");
        }
        return schema.check("data", data).stream()
                .map(detail -> type + ": " + detail.field() + " " + detail.reason() + " in " + data.encode())
                .toList();
    }

    /** Of a line of the event stream, where the members of data stand beside the others. */
    static List<String> streamFaults(JsonObject line) {
        String type = line.getString("type", "");
        if (List.of("connected", "reset", "dropped").contains(type)) {
            return List.of();
        }
        JsonObject data = line.copy();
        List.of("type", "deviceId", "seq", "at").forEach(data::remove);
        return switch (type) { // the older names, beside those of the contract
            case "whatsapp-status" -> faults("device-status", data.getJsonObject("data"));
            case "message.delivered" -> faults("message.status", data);
            default -> faults(type, data);
        };
    }

    /** Every event of the log is as the contract says, and no device's counter has a gap. */
    public static void check(Pool pool) throws Exception {
        Judge judge = new Judge();
        for (Row row : pool.query("select device_id, seq, type, data from event order by device_id, seq")
                .execute()
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)) {
            judge.hear(row.getString(0), row.getLong(1), row.getString(2), row.getJsonObject(3));
        }
        judge.pronounce();
    }

    /** Likewise, of events that come in the order of device and seq. */
    public static final class Judge {
        private final List<String> faults = new ArrayList<>();
        private String device = "";
        private long seq;

        public void hear(String deviceId, long number, String type, JsonObject data) {
            if (deviceId.equals(device) && number != seq + 1) {
                faults.add(deviceId + ": after seq " + seq + " comes " + number);
            }
            device = deviceId;
            seq = number;
            EventType.of(type)
                    .filter(EventType::live)
                    .ifPresent(_ -> faults.add(type + ": is live only, and was stored"));
            faults.addAll(faults(type, data));
        }

        public void pronounce() {
            assertThat(faults.stream().limit(MOST).toList())
                    .as("events that asyncapi.yaml does not allow, " + faults.size() + " in all")
                    .isEmpty();
        }
    }
}
