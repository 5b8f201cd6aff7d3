package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract is complete and true to itself. */
class ContractTest {
    private static Contract contract;
    private static JsonObject document;

    private record Listed(String path, JsonObject operation) {
        String id() {
            return operation.getString("operationId");
        }
    }

    @BeforeAll
    static void load() {
        contract = Contract.load(URI.create("https://kurir.example/"));
        document = (JsonObject)
                Contract.inlined(contract.served(), contract.served().copy());
    }

    private static List<Listed> operations() {
        List<Listed> operations = new ArrayList<>();
        document.getJsonObject("paths")
                .forEach(path -> ((JsonObject) path.getValue())
                        .forEach(each -> operations.add(new Listed(path.getKey(), (JsonObject) each.getValue()))));
        return operations;
    }

    @Test
    void servesThePublicUrlWithoutTrailingSlash() {
        assertThat(contract.served().getJsonArray("servers"))
                .isEqualTo(new JsonArray().add(new JsonObject().put("url", "https://kurir.example")));
    }

    @Test
    void everyOperationIsDescribedAndSaysWhoMayCallIt() {
        assertThat(operations()).hasSizeGreaterThan(30);
        for (Listed each : operations()) {
            JsonObject operation = each.operation;
            assertThat(operation.getString("summary")).as(each.path).isNotBlank();
            assertThat(operation.getString("description")).as(each.path).isNotBlank();
            assertThat(operation.getJsonArray("tags")).as(each.path).hasSize(1);
            boolean open = Permission.of(each.id(), operation).open();
            boolean unsecured = new JsonArray().equals(operation.getJsonArray("security"));
            assertThat(unsecured).as(each.id() + " security").isEqualTo(open);
        }
    }

    @Test
    void everyOperationListsItsRefusals() {
        for (Listed each : operations()) {
            List<String> expected = new ArrayList<>(List.of("500"));
            if (!Permission.of(each.id(), each.operation).open()) {
                expected.addAll(List.of("401", "403"));
            }
            if (Counted.is(each.operation)) {
                expected.add("429");
            }
            if (each.operation.containsKey("requestBody")) {
                expected.addAll(List.of("400", "413", "415"));
            }
            if (each.operation.containsKey("parameters")) {
                expected.add("400");
            }
            if (each.path.contains("{deviceId}")) {
                expected.add("404");
            }
            assertThat(each.operation.getJsonObject("responses").fieldNames())
                    .as(each.id())
                    .containsAll(expected);
        }
    }

    /** Who does not know whether it was heard asks again; what has a secret in its answer is not kept for that, and a QR code changes nothing. */
    @Test
    void everyWriteOfADialectMayBeRepeated() {
        assertThat(contract.entries().values().stream()
                        .filter(entry -> !entry.dialects().equals(List.of(Dialect.NATIVE)))
                        .filter(entry -> !entry.method().name().equals("GET"))
                        .filter(entry -> entry.repeat().isEmpty())
                        .map(Contract.Entry::operationId))
                .containsExactlyInAnyOrder(
                        "createSession", "createConnection", "updateConnectionWebhook", "createSessionQr");
    }

    @Test
    void everyBodyHasExamplesThatFitItsSchema() {
        for (Listed each : operations()) {
            Map<String, JsonObject> bodies = new LinkedHashMap<>();
            if (each.operation.containsKey("requestBody")) {
                bodies.put("request", each.operation.getJsonObject("requestBody"));
            }
            each.operation
                    .getJsonObject("responses")
                    .forEach(response -> bodies.put(response.getKey(), (JsonObject) response.getValue()));
            bodies.forEach((name, body) -> body.getJsonObject("content").forEach(content -> {
                JsonObject media = (JsonObject) content.getValue();
                Schema schema = new Schema(media.getJsonObject("schema"));
                List<Object> examples = examples(media).toList();
                assertThat(examples)
                        .as(each.id() + " " + name + " has an example")
                        .isNotEmpty();
                examples.forEach(example -> assertThat(schema.check(Schema.BODY, example))
                        .as(each.id() + " " + name)
                        .isEmpty());
            }));
        }
    }

    private static Stream<Object> examples(JsonObject media) {
        return Stream.concat(
                Stream.ofNullable(media.getValue("example")),
                media.getJsonObject("examples", new JsonObject()).stream()
                        .map(entry -> ((JsonObject) entry.getValue()).getValue("value")));
    }

    @Test
    void listsEveryErrorCodeWithItsStatus() {
        JsonArray listed = document.getJsonObject("components")
                .getJsonObject("schemas")
                .getJsonObject("Error")
                .getJsonObject("properties")
                .getJsonObject("error")
                .getJsonObject("properties")
                .getJsonObject("code")
                .getJsonArray("enum");
        assertThat(listed.stream().map(Object::toString))
                .containsExactlyInAnyOrder(
                        Stream.of(Problem.Code.values()).map(Enum::name).toArray(String[]::new));
    }

    @Test
    void refusesATableThatDoesNotMatch() {
        Map<String, Operation> table = new LinkedHashMap<>();
        contract.entries().keySet().forEach(id -> table.put(id, _ -> Answer.ok("", new JsonObject())));
        Operations.mustMatch(contract, table);

        table.remove("sendMessage");
        table.put("sendTelegram", _ -> Answer.ok("", new JsonObject()));
        assertThatThrownBy(() -> Operations.mustMatch(contract, table))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[sendMessage]")
                .hasMessageContaining("[sendTelegram]");
    }

    @Test
    void knowsTheMethodsOfAPath() {
        assertThat(contract.allow("/health")).isEqualTo("GET");
        assertThat(contract.allow("/api/whatsapp-multi-device/devices/shop-1")).isEqualTo("DELETE, GET, PUT");
        assertThat(contract.allow("/nowhere")).isEmpty();
    }
}
