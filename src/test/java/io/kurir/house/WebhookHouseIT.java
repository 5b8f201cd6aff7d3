package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.http.Effect;
import io.kurir.webhook.Receiver;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Webhooks through the API of a whole node. */
class WebhookHouseIT {
    private static final String HOOKS = "/api/webhooks";
    private static final String PUBLIC = "http://127.0.0.1:1/";

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;
    private static ContractClient user;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(
                data,
                Map.of(
                        "KURIR_WEBHOOK_ALLOW_URLS", "127.0.0.1",
                        "KURIR_WEBHOOK_RETRY_DELAY", "50ms",
                        "KURIR_WEBHOOK_PROBE_DELAY", "100ms",
                        "KURIR_EVENTS_SWEEP", "100ms"));
        admin = house.admin;
        user = house.user("somebody");
        house.connect("shop");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    @Effect({
        "createWebhook",
        "getWebhook",
        "listWebhooks",
        "testWebhook",
        "listWebhookDeliveries",
        "rotateWebhookSecret",
        "replayWebhook",
        "updateWebhook",
        "deleteWebhook"
    })
    void whatHappensIsToldSignedAndListedAndToldAgain() {
        Receiver receiver = new Receiver(house.vertx);
        JsonObject made = admin.post(
                        HOOKS,
                        new JsonObject()
                                .put("url", receiver.url())
                                .put("deviceId", "shop")
                                .put("events", new JsonArray().add("message.status"))
                                .put("headers", new JsonObject().put("Authorization", "Bearer of news")))
                .data();
        String path = HOOKS + "/" + made.getString("id");
        String secret = made.getString("secret");
        assertThat(secret).startsWith("whsec_").hasSizeGreaterThan(40);
        assertThat(made.getJsonArray("headerNames")).containsExactly("Authorization");
        assertThat(admin.get(path).text()).doesNotContain(secret).doesNotContain("Bearer of news");
        assertThat(admin.get(HOOKS + "?deviceId=shop").text())
                .doesNotContain(secret)
                .contains(made.getString("id"));

        JsonObject tested = admin.post(path + "/test").data();
        assertThat(tested.getBoolean("delivered")).isTrue();
        assertThat(tested.getString("reply")).startsWith("answer").hasSize(1024);
        Receiver.Got sample = receiver.got.getFirst();
        assertThat(sample.signature()).isEqualTo(sample.signedBy(secret));
        assertThat(sample.body().getString("type")).isEqualTo("webhook.test");
        assertThat(sample.eventId()).isEqualTo(tested.getString("eventId"));

        Reply sent = admin.post(
                FakeHouse.DEVICES + "/shop/send-message",
                new JsonObject().put("to", "081234500011").put("message", "hello"));
        patiently().until(() -> receiver.taken.size() >= 2);
        Receiver.Got told = receiver.got.get(1);
        assertThat(told.signature()).isEqualTo(told.signedBy(secret));
        assertThat(told.own()).isEqualTo("Bearer of news");
        assertThat(told.body().getString("type")).isEqualTo("message.status");
        assertThat(told.body().getJsonObject("data").getLong("id"))
                .isEqualTo(sent.data().getLong("id"));
        assertThat(told.body().fieldNames())
                .containsExactlyInAnyOrder("id", "type", "deviceId", "seq", "prevSeq", "at", "data");

        patiently()
                .until(() -> !deliveries(path + "/deliveries?state=delivered").isEmpty());
        JsonObject delivery = deliveries(path + "/deliveries?state=delivered&type=message.status&limit=1")
                .getJsonObject(0);
        assertThat(delivery.getString("eventId")).isEqualTo(told.eventId());
        assertThat(delivery.getInteger("status")).isEqualTo(200);
        assertThat(deliveries(path + "/deliveries?state=dead")).isEmpty();
        String before = admin.get(path + "/deliveries?limit=1").data().getString("nextBefore");
        assertThat(deliveries(path + "/deliveries?before=" + before)).isEmpty();

        JsonObject rotated =
                admin.post(path + "/rotate-secret", new JsonObject()).data();
        Reply replayed =
                admin.post(path + "/replay", new JsonObject().put("eventIds", new JsonArray().add(told.eventId())));
        assertThat(replayed.status()).isEqualTo(202);
        assertThat(replayed.data().getInteger("replayed")).isEqualTo(1);
        patiently()
                .until(() -> receiver.got.stream()
                                .filter(got -> got.eventId().equals(told.eventId()))
                                .count()
                        == 2);
        Receiver.Got again = receiver.got.stream()
                .filter(got -> got.eventId().equals(told.eventId()))
                .skip(1)
                .findFirst()
                .orElseThrow();
        assertThat(again.body()).isEqualTo(told.body());
        assertThat(List.of(again.signature().split(",")))
                .containsExactlyInAnyOrder(again.signedBy(secret), again.signedBy(rotated.getString("secret")));
        assertThat(rotated.getString("previousSecretUntil")).isNotNull();

        assertThat(admin.put(path, new JsonObject().put("enabled", false))
                        .data()
                        .getString("state"))
                .isEqualTo("disabled");
        Reply disabled = admin.post(path + "/replay", new JsonObject().put("state", "delivered"));
        assertThat(disabled.status()).isEqualTo(409);
        assertThat(admin.delete(path).status()).isEqualTo(200);
        assertThat(admin.get(path).status()).isEqualTo(404);
    }

    @Test
    void aTestCallSaysWhatWentWrong() {
        Receiver receiver = new Receiver(house.vertx);
        receiver.answer = _ -> Future.succeededFuture(418);
        assertThat(tested(receiver.url()).getInteger("status")).isEqualTo(418);
        JsonObject away = tested(PUBLIC);
        assertThat(away.getBoolean("delivered")).isFalse();
        assertThat(away.getString("error")).isEqualTo("no connection");
    }

    private static JsonObject tested(String url) {
        String id = admin.post(HOOKS, new JsonObject().put("url", url).put("enabled", false))
                .data()
                .getString("id");
        return admin.post(HOOKS + "/" + id + "/test").data();
    }

    @Test
    void othersWebhooksAreNotThere() {
        Receiver receiver = new Receiver(house.vertx);
        String mine = admin.post(
                        HOOKS, new JsonObject().put("url", receiver.url()).put("deviceId", "shop"))
                .data()
                .getString("id");
        String path = HOOKS + "/" + mine;
        List<Reply> asked = List.of(
                user.get(path),
                user.put(path, new JsonObject().put("enabled", false)),
                user.delete(path),
                user.post(path + "/test"),
                user.post(path + "/rotate-secret", new JsonObject()),
                user.get(path + "/deliveries"),
                user.post(path + "/replay", new JsonObject().put("state", "dead")));
        assertThat(asked).extracting(Reply::status).containsOnly(404);
        assertThat(user.get(HOOKS).json().getJsonArray("data")).isEmpty();
        assertThat(house.stranger.get(path).status()).isEqualTo(401);
        String theirs = user.post(HOOKS, new JsonObject().put("url", receiver.url()))
                .data()
                .getString("id");
        assertThat(admin.get(HOOKS + "/" + theirs).status()).isEqualTo(200);
        Reply foreign =
                user.post(HOOKS, new JsonObject().put("url", receiver.url()).put("deviceId", "shop"));
        assertThat(foreign.status()).isEqualTo(403);
        Reply all = user.post(HOOKS, new JsonObject().put("url", receiver.url()).put("allOwners", true));
        assertThat(all.status()).isEqualTo(403);
        assertThat(all.fields()).contains("allOwners");
        assertThat(admin.delete(path).status()).isEqualTo(200);
    }

    /** Input → status, code, field; {@code {id}} is a webhook of the caller's. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST  > {}                                                            | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"hello world"}                                         | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"ftp://example.com/"}                                  | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"https://10.0.0.1/hook"}                               | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"https://192.168.1.1/hook"}                            | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"https://169.254.169.254/latest"}                      | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"https://[::1]/hook"}                                  | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"https://localhost/hook"}                              | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"http://8.8.8.8/hook"}                                 | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"https://me:secret@8.8.8.8/hook"}                      | 400 | INVALID_PAYLOAD | url
            POST  > {"url":"http://127.0.0.1:1/","secret":"too short"}            | 400 | INVALID_PAYLOAD | secret
            POST  > {"url":"http://127.0.0.1:1/","secret":"fifteen letters"}      | 400 | INVALID_PAYLOAD | secret
            POST  > {"url":"http://127.0.0.1:1/","events":["message.status","message.eaten"]} | 400 | INVALID_PAYLOAD | events[1]
            POST  > {"url":"http://127.0.0.1:1/","events":"message.status"}       | 400 | INVALID_PAYLOAD | events
            POST  > {"url":"http://127.0.0.1:1/","headers":{"Host":"a"}}          | 400 | INVALID_PAYLOAD | headers.Host
            POST  > {"url":"http://127.0.0.1:1/","headers":{"content-length":"1"}} | 400 | INVALID_PAYLOAD | headers.content-length
            POST  > {"url":"http://127.0.0.1:1/","headers":{"X-Kurir-Event-Id":"a"}} | 400 | INVALID_PAYLOAD | headers.X-Kurir-Event-Id
            POST  > {"url":"http://127.0.0.1:1/","headers":{"a b":"a"}}           | 400 | INVALID_PAYLOAD | headers.a b
            POST  > {"url":"http://127.0.0.1:1/","headers":{"X-A":"a\\r\\nHost: b"}} | 400 | INVALID_PAYLOAD | headers.X-A
            POST  > {"url":"http://127.0.0.1:1/","headers":{"X-A":1}}             | 400 | INVALID_PAYLOAD | headers.X-A
            POST  > {"url":"http://127.0.0.1:1/","timeout":0}                     | 400 | INVALID_PAYLOAD | timeout
            POST  > {"url":"http://127.0.0.1:1/","timeout":31}                    | 400 | INVALID_PAYLOAD | timeout
            POST  > {"url":"http://127.0.0.1:1/","more":1}                        | 400 | INVALID_PAYLOAD | more
            POST  > {"url":"http://127.0.0.1:1/","deviceId":"x"}                  | 400 | INVALID_PAYLOAD | deviceId
            PUT /{id} > {"url":"https://10.0.0.1/"}                               | 400 | INVALID_PAYLOAD | url
            PUT /{id} > {"events":["nothing"]}                                    | 400 | INVALID_PAYLOAD | events[0]
            PUT /{id} > {"deviceId":"shop"}                                       | 400 | INVALID_PAYLOAD | deviceId
            POST /{id}/rotate-secret > {"secret":"too short"}                     | 400 | INVALID_PAYLOAD | secret
            GET /{id}/deliveries?state=lost                                       | 400 | INVALID_PAYLOAD | state
            GET /{id}/deliveries?limit=101                                        | 400 | INVALID_PAYLOAD | limit
            GET /{id}/deliveries?before=12                                        | 400 | INVALID_PAYLOAD | before
            POST /{id}/replay > {}                                                | 400 | INVALID_PAYLOAD | body
            POST /{id}/replay > {"eventIds":["1"],"types":["message.status"]} | 400 | INVALID_PAYLOAD | body
            POST /{id}/replay > {"eventIds":["first"]}                            | 400 | INVALID_PAYLOAD | eventIds[0]
            POST /{id}/replay > {"types":["nothing"]}                             | 400 | INVALID_PAYLOAD | types[0]
            POST /{id}/replay > {"from":"yesterday"}                              | 400 | INVALID_PAYLOAD | from
            POST /{id}/replay > {"state":"pending"}                               | 400 | INVALID_PAYLOAD | state
            POST /{id}/replay > {"eventIds":["1"]}                            | 404 | NOT_FOUND | eventIds[0]
            """)
    void badInputIsRefusedByName(String request, int status, String code, String field) {
        String id = hook();
        Reply reply = call(admin, request.replace("{id}", id));
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.fields()).contains(field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            GET /wh_0000000000000000                          | 404
            GET /nonsense                                     | 400
            POST  > {"url":"http://127.0.0.1:1/","deviceId":"nowhere"} | 404
            POST /wh_0000000000000000/test                    | 404
            """)
    void whatIsNotThereIsNotFound(String request, int status) {
        assertThat(call(admin, request).status()).isEqualTo(status);
    }

    private static String hook() {
        return admin.get(HOOKS + "?deviceId=shop").json().getJsonArray("data").stream()
                .map(each -> ((JsonObject) each).getString("id"))
                .findFirst()
                .orElseGet(() -> admin.post(
                                HOOKS,
                                new JsonObject()
                                        .put("url", PUBLIC)
                                        .put("deviceId", "shop")
                                        .put("events", new JsonArray().add("poll.vote")))
                        .data()
                        .getString("id"));
    }

    private static JsonArray deliveries(String path) {
        return admin.get(path).data().getJsonArray("deliveries");
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(60));
    }

    private static Reply call(ContractClient client, String request) {
        String[] parts = request.split(" > ", 2);
        String[] line = parts[0].strip().split(" ", 2);
        ContractClient with = parts.length == 2 ? client.with("Content-Type", "application/json") : client;
        return with.send(
                line[0],
                HOOKS + (line.length == 2 ? line[1] : ""),
                parts.length == 2 ? Optional.of(parts[1]) : Optional.empty());
    }
}
