package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of message from HTTP to a simulated phone and back. */
class ContentsIT {
    private static final String OWN = "6281100000001";
    private static final String FRIEND = "6281234567890";
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    @TempDir
    private static Path data;

    private static House house;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        house = new House(data, Map.of());
        admin = house.admin;
        house.link("main", OWN);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static String path(String end) {
        return House.DEVICES + "/main" + end;
    }

    private static String sent(ContractClient.Reply reply) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.data().getString("messageId");
    }

    /** What the friend's phone has; it gets it a moment after the server. */
    private static JsonObject inbox(String id) {
        return await().until(
                        () -> house.phone("GET", "/api/phones/" + FRIEND + "/messages?id=" + id, new JsonObject())
                                .getJsonArray("messages"),
                        messages -> !messages.isEmpty())
                .getJsonObject(0);
    }

    private static JsonObject read(String id) {
        var reply = admin.get(path("/messages/" + id));
        return reply.status() == 200 ? reply.data() : new JsonObject();
    }

    @Test
    void aPictureArrivesByteForByte() throws Exception {
        String id = sent(admin.form(
                path("/send-media"),
                Map.of("to", FRIEND, "mediaType", "image", "caption", "A cat"),
                "cat.png",
                "image/png",
                Base64.getDecoder().decode(PNG)));
        assertThat(inbox(id).encode()).contains("A cat");
        JsonObject file = house.phone("GET", "/api/phones/" + FRIEND + "/media/" + id, new JsonObject());
        assertThat(file.getString("mimetype")).startsWith("image/");

        String document = sent(admin.post(
                path("/send-media"),
                new JsonObject()
                        .put("to", FRIEND)
                        .put("mediaType", "document")
                        .put("base64", PNG)
                        .put("fileName", "scan.png")));
        assertThat(house.phone("GET", "/api/phones/" + FRIEND + "/media/" + document, new JsonObject())
                        .getString("base64"))
                .isEqualTo(PNG);
    }

    @Test
    void aPictureOfAFriendIsBroughtHere() throws Exception {
        String id = house.phone(
                        "POST",
                        "/api/phones/" + FRIEND + "/messages",
                        new JsonObject()
                                .put("to", OWN)
                                .put(
                                        "media",
                                        new JsonObject()
                                                .put("kind", "image")
                                                .put("base64", PNG)
                                                .put("mimetype", "image/png")
                                                .put("caption", "look")))
                .getString("id");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(read(id).getJsonObject("media", new JsonObject())
                                .getString("state"))
                        .isEqualTo("stored"));
        assertThat(read(id).getString("message")).isEqualTo("look");
        URI url =
                URI.create(admin.get(path("/messages/" + id + "/media")).data().getString("url"));
        HttpResponse<byte[]> file = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(Base64.getEncoder().encodeToString(file.body())).isEqualTo(PNG);
    }

    @Test
    void aPollIsVotedAMessageEditedReactedToAndDeleted() throws Exception {
        String poll = sent(admin.post(
                path("/send-poll"),
                new JsonObject()
                        .put("to", FRIEND)
                        .put("question", "Lunch?")
                        .put("options", new JsonArray().add("Soto").add("Sate"))));
        house.phone(
                "POST",
                "/api/phones/" + FRIEND + "/vote",
                new JsonObject().put("to", OWN).put("id", poll).put("options", new JsonArray().add("Sate")));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(read(poll).getJsonArray("votes").encode()).contains("Sate"));

        String text = sent(admin.post(
                path("/send-message"), new JsonObject().put("to", FRIEND).put("message", "one")));
        var edited = admin.put(path("/messages/" + text), new JsonObject().put("message", "two"));
        assertThat(edited.status()).as(edited.text()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(inbox(text).getString("text")).isEqualTo("two"));
        house.phone(
                "POST",
                "/api/phones/" + FRIEND + "/react",
                new JsonObject().put("to", OWN).put("id", text).put("emoji", "❤"));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(read(text).getJsonArray("reactions").encode())
                                .contains("❤"));
        var mine = admin.post(
                path("/send-reaction"), new JsonObject().put("messageId", text).put("emoji", "👍"));
        assertThat(mine.status()).as(mine.text()).isEqualTo(200);
        assertThat(read(text).getJsonArray("reactions")).hasSize(2);
        var deleted = admin.delete(path("/messages/" + text));
        assertThat(deleted.status()).as(deleted.text()).isEqualTo(200);
        assertThat(deleted.data().getString("revokedAt")).isNotNull();
    }

    @Test
    void aPlaceAndACardArrive() throws Exception {
        String place = sent(admin.post(
                path("/send-location"),
                new JsonObject()
                        .put("to", FRIEND)
                        .put("latitude", -6.1754)
                        .put("longitude", 106.8272)
                        .put("name", "Monas")));
        assertThat(inbox(place).encode()).contains("-6.1754");
        String card = sent(admin.post(
                path("/send-contact"),
                new JsonObject()
                        .put("to", FRIEND)
                        .put(
                                "contacts",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("name", "Budi")
                                                .put("phone", "6281298765432")))));
        assertThat(inbox(card).encode()).contains("Budi");
    }
}
