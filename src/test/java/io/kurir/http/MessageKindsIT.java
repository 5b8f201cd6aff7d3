package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.message.FakeSession;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.OutgoingMessage;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every kind of message from HTTP to a page at the port, and from the page to HTTP and the event log. Over 300 lines: one fixture. */
class MessageKindsIT {
    private static final String TO = "6281234567890";
    private static final Jid CHAT = Jid.ofPhone(TO);
    private static final byte[] PNG = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");
    private static final byte[] PDF = "%PDF-1.4\n%%EOF".getBytes(StandardCharsets.US_ASCII);

    private static HttpFixture fixture;
    private static FakeSession session;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        fixture = new HttpFixture();
        session = new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, "main", 1);
        admin = fixture.stranger.withKey(HttpFixture.KEY);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static String path(String end) {
        return "/api/whatsapp-multi-device/devices/main" + end;
    }

    private static OutgoingMessage submitted(ContractClient.Reply sent) {
        assertThat(sent.status()).as(sent.text()).isEqualTo(200);
        String id = sent.data().getString("messageId");
        return session.page.submitted.stream()
                .filter(message -> message.stanzaId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject read(ContractClient.Reply sent) {
        return read(sent.data().getString("messageId"));
    }

    private static JsonObject read(String id) {
        return admin.get(path("/messages/" + id)).data();
    }

    @Test
    @Effect({"sendMedia", "getMessage", "getMessageMedia"})
    void aFileOfAFormIsSentAndOpenedByItsLink() throws Exception {
        var sent = admin.form(
                path("/send-media"),
                Map.of("to", TO, "mediaType", "image", "caption", "A cat"),
                "cat.png",
                "image/png",
                PNG);
        OutgoingMessage message = submitted(sent);
        assertThat(message.content())
                .isEqualTo(new Content.Media(
                        Content.Kind.IMAGE, "image/png", Optional.of("cat.png"), PNG.length, "A cat"));
        assertThat(Files.readAllBytes(message.file().orElseThrow())).isEqualTo(PNG);
        assertThat(read(sent).getString("type")).isEqualTo("image");
        assertThat(read(sent).getString("message")).isEqualTo("A cat");
        assertThat(read(sent).getJsonObject("media").getString("state")).isEqualTo("stored");

        String link = admin.get(path("/messages/" + sent.data().getLong("id") + "/media"))
                .data()
                .getString("url");
        String token = link.substring(link.lastIndexOf('/'));
        assertThat(bytes(token, "")).isEqualTo(PNG);
        assertThat(bytes(token, "bytes=1-3")).isEqualTo("PNG".getBytes(StandardCharsets.US_ASCII));
        assertThat(bytes(token, "bytes=-2")).hasSize(2);
        assertThat(fixture.stranger
                        .get("/api/media" + token.replaceFirst(".$", token.endsWith("A") ? "B" : "A"))
                        .code())
                .isEqualTo("NOT_FOUND");
        fixture.clock.move(Duration.ofMinutes(11));
        var expired = fixture.stranger.get("/api/media" + token);
        assertThat(expired.status()).isEqualTo(410);
        assertThat(expired.code()).isEqualTo("MEDIA_GONE");
    }

    private static byte[] bytes(String token, String range) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(fixture.base.resolve("/api/media" + token));
        if (!range.isEmpty()) {
            request.header("Range", range);
        }
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(range.isEmpty() ? 200 : 206);
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        return response.body();
    }

    @Test
    void base64AndUrlAreSentToo() throws Exception {
        var document = submitted(admin.post(
                path("/send-media"),
                new JsonObject()
                        .put("to", TO)
                        .put("mediaType", "document")
                        .put(
                                "base64",
                                "data:application/pdf;base64,"
                                        + Base64.getEncoder().encodeToString(PDF))
                        .put("fileName", "../../invoice.pdf")));
        assertThat(document.content())
                .isEqualTo(new Content.Media(
                        Content.Kind.DOCUMENT, "application/pdf", Optional.of("invoice.pdf"), PDF.length, ""));
        var server = fixture.vertx
                .createHttpServer()
                .requestHandler(request -> request.response().end(io.vertx.core.buffer.Buffer.buffer(PNG)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        URI url = URI.create("http://127.0.0.1:" + server.actualPort() + "/a/picture.png?size=1");
        var picture = submitted(admin.post(
                path("/send-media"),
                new JsonObject().put("phone", TO).put("url", url.toString()).put("mediaType", "image")));
        assertThat(Files.readAllBytes(picture.file().orElseThrow())).isEqualTo(PNG);
        assertThat(((Content.Media) picture.content()).fileName()).contains("picture.png");
    }

    @Test
    void theFileIsSentByANodeThatNeverSawIt() throws Exception {
        byte[] large = new byte[3 * 262_144 + 17];
        new java.util.Random(1).nextBytes(large);
        System.arraycopy(PDF, 0, large, 0, PDF.length);
        var sent = admin.form(
                path("/send-media"), Map.of("to", TO, "mediaType", "document"), "a.pdf", "application/pdf", large);
        Path first = submitted(sent).file().orElseThrow();
        Files.delete(first);
        var again = admin.form(
                path("/send-media"), Map.of("to", TO, "mediaType", "document"), "b.pdf", "application/pdf", large);
        Files.delete(submitted(again).file().orElseThrow());
        Path brought = fixture.media
                .file(first.getFileName().toString())
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        assertThat(Files.readAllBytes(brought)).isEqualTo(large);
        assertThat(column("select hash from media where size = " + large.length))
                .hasSize(1);
    }

    @Test
    void aFileThatIsGoneFailsItsMessageAndOthersGoOn() throws Exception {
        var sent = admin.form(
                path("/send-media"),
                Map.of("to", TO, "mediaType", "image"),
                "x.png",
                "image/png",
                concat(PNG, "unique"));
        Path file = submitted(sent).file().orElseThrow();
        String id = sent.data().getString("messageId");
        // as if it had been accepted and not yet sent when the store lost it
        Files.delete(file);
        execute("delete from media where hash = $1", file.getFileName().toString());
        execute("update message set ack = 0, phase = 'queued' where stanza_id = $1", id);
        execute(
                "insert into outbox (message_id, device_id, chat, lane, state, due_at)"
                        + " select id, device_id, chat, 0, 'ready', now() from message where stanza_id = $1",
                id);
        var text = admin.post(
                path("/send-message"),
                new JsonObject().put("to", "6281300000001").put("message", "others"));
        assertThat(text.status()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(read(id).getString("failure")).startsWith("MEDIA_GONE"));
        assertThat(admin.get(path("/messages/" + id + "/media")).code()).isEqualTo("MEDIA_GONE");
    }

    private static byte[] concat(byte[] bytes, String more) {
        byte[] end = more.getBytes(StandardCharsets.US_ASCII);
        byte[] all = java.util.Arrays.copyOf(bytes, bytes.length + end.length);
        System.arraycopy(end, 0, all, bytes.length, end.length);
        return all;
    }

    @Test
    @Effect({"sendLocation", "sendContact", "sendPoll"})
    void placesCardsAndPolls() {
        var place = admin.post(
                path("/send-location"),
                new JsonObject()
                        .put("to", TO)
                        .put("latitude", -6.1754)
                        .put("longitude", 106)
                        .put("name", "Monas"));
        assertThat(submitted(place).content()).isEqualTo(new Content.Location(-6.1754, 106, "Monas", ""));
        assertThat(read(place).getJsonObject("location").getDouble("longitude")).isEqualTo(106);

        var card = admin.post(
                path("/send-contact"),
                new JsonObject()
                        .put("to", TO)
                        .put(
                                "contacts",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("name", "Budi")
                                                .put("phone", "081298765432"))));
        assertThat(submitted(card).content())
                .isEqualTo(new Content.Contacts(List.of(new Content.Card("Budi", "6281298765432"))));
        assertThat(read(card).getJsonArray("contacts")).hasSize(1);

        var poll = admin.post(
                path("/send-poll"),
                new JsonObject()
                        .put("to", TO)
                        .put("question", "Lunch?")
                        .put("options", new JsonArray().add("A").add("B")));
        assertThat(submitted(poll).content()).isEqualTo(new Content.Poll("Lunch?", List.of("A", "B"), 1));
        assertThat(read(poll).getJsonObject("poll").getString("question")).isEqualTo("Lunch?");

        String id = poll.data().getString("messageId");
        Person voter = new Person(Optional.of(CHAT), Optional.empty());
        for (int twice = 0; twice < 2; twice++) {
            session.tell(it ->
                    it.voted(new PageEvent.Voted(CHAT, id, voter, List.of("B"), Instant.ofEpochSecond(1_800_000_000))));
        }
        await().untilAsserted(() -> assertThat(read(id).getJsonArray("votes")).hasSize(1));
        assertThat(read(id).getJsonArray("votes").getJsonObject(0).getJsonArray("options"))
                .containsExactly("B");
    }

    @Test
    @Effect("sendMessage")
    void mentionsAreWrittenIntoTheText() {
        var sent = admin.post(
                path("/send-message"),
                new JsonObject()
                        .put("to", TO)
                        .put("message", "Ask {m1} or {mention[1]}")
                        .put("mentions", new JsonArray().add("081298765432").add("628110000001@c.us")));
        assertThat(submitted(sent).content()).isEqualTo(new Content.Text("Ask @6281298765432 or @628110000001"));
        assertThat(submitted(sent).mentions()).hasSize(2);
    }

    @Test
    @Effect({"sendReaction", "editMessage", "deleteMessage"})
    void reactionsEditsAndDeletionsAreDoneStoredAndToldOnce() throws Exception {
        var sent =
                admin.post(path("/send-message"), new JsonObject().put("to", TO).put("message", "first"));
        String id = sent.data().getString("messageId");

        var reacted = admin.post(
                path("/send-reaction"), new JsonObject().put("messageId", id).put("emoji", "👍"));
        assertThat(reacted.status()).as(reacted.text()).isEqualTo(200);
        assertThat(reacted.data().getJsonArray("reactions").getJsonObject(0).getString("emoji"))
                .isEqualTo("👍");
        assertThat(session.page.asked).contains(new Request.React(CHAT, id, "👍"));
        Person me = new Person(Optional.of(Jid.ofPhone("6281100000001")), Optional.empty());
        Person friend = new Person(Optional.of(CHAT), Optional.of(Jid.parse("777@lid")));
        session.tell(it -> it.reacted(new PageEvent.Reacted(CHAT, id, me, true, "👍", Instant.now())));
        session.tell(it -> it.reacted(new PageEvent.Reacted(CHAT, id, friend, false, "❤", Instant.now())));
        await().untilAsserted(
                        () -> assertThat(read(id).getJsonArray("reactions")).hasSize(2));
        assertThat(events(id, "message.reaction")).hasSize(2);

        var edited = admin.put(path("/messages/" + id), new JsonObject().put("message", "second"));
        assertThat(edited.data().getString("message")).isEqualTo("second");
        assertThat(edited.data().getString("editedAt")).isNotNull();
        session.tell(it -> it.edited(new PageEvent.Edited(CHAT, id, "second", Instant.now())));
        session.tell(it ->
                it.edited(new PageEvent.Edited(CHAT, id, "third", Instant.now().plusSeconds(1))));
        await().untilAsserted(() -> assertThat(read(id).getString("message")).isEqualTo("third"));
        assertThat(events(id, "message.edited")).hasSize(2);

        assertThat(admin.delete(path("/messages/" + id)).data().getString("revokedAt"))
                .isNotNull();
        session.tell(it -> it.revoked(new PageEvent.Revoked(CHAT, id, Instant.now())));
        session.tell(it ->
                it.edited(new PageEvent.Edited(CHAT, id, "fourth", Instant.now().plusSeconds(2))));
        await().untilAsserted(() -> assertThat(read(id).getString("message")).isEqualTo("fourth"));
        assertThat(events(id, "message.revoked")).hasSize(1);
        assertThat(admin.put(path("/messages/" + id), new JsonObject().put("message", "fifth"))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void whatWhatsAppRefusesIsToldAndChangesNothing() {
        var sent =
                admin.post(path("/send-message"), new JsonObject().put("to", TO).put("message", "old"));
        String id = sent.data().getString("messageId");
        session.page.onRequest = _ -> Future.failedFuture(Problem.of(Problem.Code.MESSAGE_TOO_OLD, "too old"));
        try {
            var refused = admin.put(path("/messages/" + id), new JsonObject().put("message", "new"));
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.code()).isEqualTo("MESSAGE_TOO_OLD");
        } finally {
            session.page.onRequest = _ -> Future.succeededFuture(new Request.Done());
        }
        assertThat(read(id).getString("message")).isEqualTo("old");
        assertThat(admin.post(
                                path("/send-reaction"),
                                new JsonObject().put("messageId", "3EB0FF").put("emoji", "👍"))
                        .code())
                .isEqualTo("MESSAGE_NOT_FOUND");
    }

    @Test
    void anIncomingFileIsBroughtOnceAlsoAfterFailures() throws Exception {
        List<String> tries = new java.util.concurrent.CopyOnWriteArrayList<>();
        session.page.onDownload = download -> {
            tries.add(download.stanzaId());
            if (download.stanzaId().equals("GONE1")) {
                return Future.failedFuture(PageException.refused(Request.Refusal.MEDIA_GONE, "expired"));
            }
            return fixture.vertx
                    .fileSystem()
                    .writeFile(download.into().toString(), io.vertx.core.buffer.Buffer.buffer(PNG))
                    .map(new Command.Downloaded("image/png", PNG.length));
        };
        for (String id : List.of("PIC1", "GONE1", "PIC1")) {
            session.tell(it -> it.received(new PageEvent.Received(incoming(
                    id, new Content.Media(Content.Kind.IMAGE, "image/png", Optional.empty(), PNG.length, "look")))));
        }
        await().untilAsserted(() -> {
            assertThat(media("PIC1").getString("state")).isEqualTo("stored");
            assertThat(media("GONE1").getString("state")).isEqualTo("gone");
        });
        assertThat(tries).containsExactlyInAnyOrder("PIC1", "GONE1");
        assertThat(column("select message_id from download")).isEmpty();
        String url = admin.get(path("/messages/PIC1/media")).data().getString("url");
        assertThat(bytes(url.substring(url.lastIndexOf('/')), "")).isEqualTo(PNG);
        assertThat(admin.get(path("/messages/GONE1/media")).code()).isEqualTo("MEDIA_GONE");
        assertThat(events("PIC1", "message.received")).hasSize(1);
        assertThat(events("PIC1", "message.media")).hasSize(1);
        assertThat(events("PIC1", "message.received")
                        .getFirst()
                        .getJsonObject("media")
                        .getString("kind"))
                .isEqualTo("image");
    }

    @Test
    @Effect("openMedia")
    void anIncomingFileIsServedAsWhatItIsAndNotAsWhatItsSenderSays() {
        byte[] page = "<html><script>alert(1)</script></html>".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        session.page.onDownload = download -> fixture.vertx
                .fileSystem()
                .writeFile(download.into().toString(), io.vertx.core.buffer.Buffer.buffer(page))
                .map(new Command.Downloaded("image/png", page.length));
        session.tell(it -> it.received(new PageEvent.Received(incoming(
                "LIE1", new Content.Media(Content.Kind.IMAGE, "image/png", Optional.empty(), page.length, "look")))));
        await().untilAsserted(() -> assertThat(media("LIE1").getString("state")).isEqualTo("stored"));
        assertThat(media("LIE1").getString("mimetype")).isEqualTo("image/png");
        JsonObject link = admin.get(path("/messages/LIE1/media")).data();
        assertThat(link.getString("mimetype")).isEqualTo("text/html");
        String url = link.getString("url");
        var served = fixture.stranger.get("/api/media" + url.substring(url.lastIndexOf('/')));
        assertThat(served.header("Content-Type").orElse("")).isEqualTo("text/html");
        assertThat(served.header("Content-Disposition").orElse("")).startsWith("attachment");
        assertThat(served.text()).isEqualTo(new String(page, StandardCharsets.UTF_8));
    }

    private static JsonObject media(String id) {
        var reply = admin.get(path("/messages/" + id));
        return reply.status() == 200 ? reply.data().getJsonObject("media") : new JsonObject();
    }

    @Test
    void whatWasDoneToAMessageBeforeItCameIsKept() throws Exception {
        session.tell(it -> it.edited(new PageEvent.Edited(CHAT, "LATER1", "the better text", Instant.now())));
        session.tell(it -> it.revoked(new PageEvent.Revoked(CHAT, "NEVER1", Instant.now())));
        await().untilAsserted(
                        () -> assertThat(events("NEVER1", "message.revoked")).hasSize(1));
        session.tell(
                it -> it.received(new PageEvent.Received(incoming("LATER1", new Content.Text("the \u0000 text")))));
        await().untilAsserted(() ->
                assertThat(admin.get(path("/messages/LATER1")).status()).isEqualTo(200));
        assertThat(read("LATER1").getString("message")).isEqualTo("the better text");
        assertThat(read("LATER1").getString("editedAt")).isNotNull();
    }

    @Test
    void manyAreSentOneAfterTheOtherAndGoOnAsAJob() {
        JsonArray three = new JsonArray();
        for (int i = 0; i < 3; i++) {
            three.add(new JsonObject().put("to", i == 1 ? "6281400000001" : TO).put("message", "bulk " + i));
        }
        var sent = admin.post(
                path("/send-message"), new JsonObject().put("messages", three).put("delay", 0.2));
        assertThat(sent.status()).as(sent.text()).isEqualTo(200);
        assertThat(sent.data().getString("status")).isEqualTo("completed");
        assertThat(sent.data().getJsonArray("results")).hasSize(3);
        assertThat(session.page.submitted.stream()
                        .map(it -> it.content().words())
                        .filter(words -> words.startsWith("bulk")))
                .containsExactly("bulk 0", "bulk 1", "bulk 2");

        var slow = admin.post(
                path("/send-message"), new JsonObject().put("messages", three).put("delay", 3600));
        assertThat(slow.status()).isEqualTo(202);
        String job = "/api/whatsapp-multi-device/jobs/" + slow.data().getString("jobId");
        assertThat(admin.get(job).data().getJsonObject("progress"))
                .isEqualTo(new JsonObject()
                        .put("total", 3)
                        .put("completed", 1)
                        .put("failed", 0)
                        .put("cancelled", 0)
                        .put("pending", 2));
        JsonArray items = admin.get(job + "/items?pageSize=2&page=2").json().getJsonArray("data");
        assertThat(items).hasSize(1);
        assertThat(items.getJsonObject(0).getInteger("index")).isEqualTo(2);

        ContractClient user = fixture.user("someone");
        assertThat(user.get(job).code()).isEqualTo("JOB_NOT_FOUND");
        assertThat(user.post(path("/send-message"), new JsonObject().put("messages", three))
                        .status())
                .isEqualTo(403);
        var media = admin.post(
                path("/send-media"),
                new JsonObject()
                        .put("delay", 0)
                        .put(
                                "items",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("to", TO)
                                                .put("mediaType", "document")
                                                .put(
                                                        "base64",
                                                        Base64.getEncoder().encodeToString(PDF))
                                                .put("fileName", "a.pdf"))));
        assertThat(media.status()).as(media.text()).isEqualTo(200);
    }

    private static IncomingMessage incoming(String id, Content content) {
        return new IncomingMessage(
                id,
                CHAT,
                Optional.empty(),
                Optional.empty(),
                false,
                "image",
                content,
                List.of(),
                "Friend",
                Optional.empty(),
                Ack.NONE,
                Instant.now());
    }

    private static List<JsonObject> events(String id, String type) throws Exception {
        List<JsonObject> events = new ArrayList<>();
        fixture.pool
                .preparedQuery("select data from event where type = $1 and data ->> 'messageId' = $2 order by seq")
                .execute(Tuple.of(type, id))
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .forEach(row -> events.add(row.getJsonObject(0)));
        return events;
    }

    private static List<String> column(String sql) throws Exception {
        List<String> values = new ArrayList<>();
        fixture.pool
                .query(sql)
                .execute()
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .forEach(row -> values.add(String.valueOf(row.getValue(0))));
        return values;
    }

    private static void execute(String sql, String parameter) throws Exception {
        fixture.pool
                .preparedQuery(sql)
                .execute(Tuple.of(parameter))
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }
}
