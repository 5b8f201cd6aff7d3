package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.event.EventType;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code asyncapi.yaml} and the catalogue of types are the same list, and the contract is closed and exact. */
class EventContractTest {

    @Test
    void theCatalogueAndTheContractListTheSameTypes() {
        Map<String, Boolean> listed = new TreeMap<>();
        EventContract.messages().forEach((word, message) -> listed.put(word, message.getBoolean("x-live", false)));
        Map<String, Boolean> known = new TreeMap<>();
        Arrays.stream(EventType.values()).forEach(type -> known.put(type.word(), type.live()));
        assertThat(listed).isEqualTo(known);
    }

    @Test
    void everyChannelCarriesEveryTypeThatItCan() {
        JsonObject channels = EventContract.document().getJsonObject("channels");
        List<String> ofEvents = List.of("stream", "log", "webhooks", "bus");
        assertThat(channels.fieldNames())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(ofEvents.stream(), MemberContract.channels().stream())
                                .toList());
        for (String channel : ofEvents) {
            List<String> carried = channels.getJsonObject(channel).getJsonObject("messages").stream()
                    .map(entry -> ((JsonObject) entry.getValue()).getString("name"))
                    .sorted()
                    .toList();
            boolean live = channel.equals("stream") || channel.equals("bus");
            assertThat(carried)
                    .as(channel)
                    .isEqualTo(Arrays.stream(EventType.values())
                            .filter(type -> live || !type.live())
                            .map(EventType::word)
                            .sorted()
                            .toList());
        }
    }

    @Test
    void everyDescriptionSaysWhenItIsEmitted() throws IOException {
        EventContract.messages()
                .forEach((word, message) -> assertThat(message.getString("description"))
                        .as(word)
                        .startsWith("Emitted when ")
                        .endsWith("."));
        String source = Files.readString(Path.of("src/main/java/io/kurir/event/EventType.java"));
        for (EventType type : EventType.values()) {
            assertThat(Pattern.compile("/\\*\\* Emitted when [^*]*\\*/\\s+" + type.name() + "\\(")
                            .matcher(source)
                            .find())
                    .as(type.name())
                    .isTrue();
        }
    }

    @Test
    void everySchemaIsClosedAndItsExampleFits() {
        List<String> open = new ArrayList<>();
        findOpen("", EventContract.document().getJsonObject("components"), open);
        assertThat(open).isEmpty();
        EventContract.messages().forEach((word, message) -> {
            JsonObject payload =
                    message.getJsonArray("examples").getJsonObject(0).getJsonObject("payload");
            assertThat(new Schema(message.getJsonObject("payload")).check("payload", payload))
                    .as(word)
                    .isEmpty();
        });
    }

    private static void findOpen(String path, Object node, List<String> open) {
        if (node instanceof JsonArray array) {
            array.forEach(each -> findOpen(path + "[]", each, open));
        } else if (node instanceof JsonObject object) {
            if ("object".equals(object.getValue("type"))
                    && !Boolean.FALSE.equals(object.getValue("additionalProperties"))) {
                open.add(path);
            }
            object.forEach(entry -> findOpen(path + "/" + entry.getKey(), entry.getValue(), open));
        }
    }

    /** The judge itself: what is not as agreed is named by type, path and reason. */
    @Test
    void whatIsNotAsAgreedIsNamed() {
        JsonObject data = EventContract.example("message.status");
        assertThat(EventContract.faults("message.status", data)).isEmpty();
        assertThat(EventContract.faults("message.status", data.copy().put("more", 1)))
                .singleElement()
                .asString()
                .startsWith("message.status: data.more is not known");
        assertThat(EventContract.faults("message.status", data.copy().put("ack", "read")))
                .singleElement()
                .asString()
                .startsWith("message.status: data.ack must be integer");
        JsonObject less = data.copy();
        less.remove("chat");
        assertThat(EventContract.faults("message.status", less))
                .singleElement()
                .asString()
                .startsWith("message.status: data.chat is missing");
        assertThat(EventContract.faults("message.stolen", data))
                .containsExactly("message.stolen: is not in asyncapi.yaml");
        EventContract.Judge judge = new EventContract.Judge();
        judge.hear("shop-1", 1, "message.status", data);
        judge.hear("shop-1", 3, "qr-code", EventContract.example("qr-code"));
        assertThatThrownBy(judge::pronounce)
                .hasMessageContaining("shop-1: after seq 1 comes 3")
                .hasMessageContaining("qr-code: is live only, and was stored");
    }
}
