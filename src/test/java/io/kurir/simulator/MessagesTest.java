package io.kurir.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private static final String A = "628220001";
    private static final String B = "628220002";

    private final World world = new World();

    @AfterEach
    void close() {
        world.close();
    }

    private static JsonObject text(String to, String text) {
        return new JsonObject().put("to", to).put("text", text);
    }

    @Test
    void aPhoneReceivesAndReadsByItselfAndTheSenderIsTold() {
        try (Page page = world.linked(A)) {
            JsonObject accepted = page.send(B + "@c.us", "ID1", "hello");
            assertThat(accepted.getInteger("count")).isEqualTo(1);
            assertThat(accepted.getLong("t")).isBetween(now() - 5, now());
            JsonObject delivered = page.push("receipt");
            assertThat(delivered.getString("type")).isEqualTo("delivered");
            assertThat(delivered.getString("chat")).isEqualTo(B + "@c.us");
            assertThat(delivered.getJsonArray("ids")).containsExactly("ID1");
            assertThat(page.push("receipt").getString("type")).isEqualTo("read");
            JsonObject there = world.messages(B, "?peer=" + A).getFirst();
            assertThat(there.getString("text")).isEqualTo("hello");
            assertThat(there.getString("direction")).isEqualTo("in");
            assertThat(there.getString("status")).isEqualTo("read");
            assertThat(world.messages(A, "?peer=" + B).getFirst().getString("status"))
                    .isEqualTo("read");
            assertThat(world.messages(A, "?after=" + there.getLong("n"))).isEmpty();
        }
    }

    @Test
    void aPhoneThatIsOffHasNothingAndSaysNothing() {
        world.knob("deliverMs", -1);
        try (Page page = world.linked(A)) {
            page.send(B + "@c.us", "ID1", "hello");
            assertThat(page.pushed("receipt")).isZero();
            assertThat(world.messages(B, "")).isEmpty();
            assertThat(world.submissions("")).hasSize(1);
        }
    }

    @Test
    void aNumberThatIsNotOnWhatsAppDoesNotExistAndGetsNothing() {
        try (Page page = world.linked(A)) {
            assertThat(page.call("exists", new JsonObject().put("id", "628990000@c.us"))
                            .isEmpty())
                    .isTrue();
            assertThat(page.call("exists", new JsonObject().put("id", B)).getString("pn"))
                    .isEqualTo(B + "@c.us");
            page.send("628990000@c.us", "ID1", "anybody?");
            assertThat(world.submissions("?to=628990000")).hasSize(1);
            assertThat(world.messages("628990000", "")).isEmpty();
        }
    }

    @Test
    void whatIsSentWhileAPageIsAwayWaitsUntilThePageHasStoredIt() {
        world.post(
                "/api/phones",
                new JsonObject()
                        .put("phone", A)
                        .put("contacts", new JsonArray().add(B))
                        .put("auto", false));
        String token = world.link(A);
        String id = world.post("/api/phones/" + B + "/messages", text(A, "are you there?"))
                .getString("id");
        world.post("/api/phones/" + B + "/messages", text(A, "hello?"));
        try (Page page = Page.open(world.simulator)) {
            page.call("hello", new JsonObject().put("token", token));
            JsonObject sync = page.call("sync", new JsonObject());
            assertThat(sync.getJsonArray("pending")).hasSize(2);
            assertThat(sync.getJsonArray("contacts").getJsonObject(0).getString("pn"))
                    .isEqualTo(B + "@c.us");
            JsonObject message = sync.getJsonArray("pending").getJsonObject(0);
            assertThat(message.getString("body")).isEqualTo("are you there?");
            assertThat(message.getString("from")).isEqualTo(B + "@c.us");
            assertThat(message.getString("notifyName")).isEqualTo("User 0002");
            assertThat(message.getJsonObject("id"))
                    .isEqualTo(new JsonObject()
                            .put("fromMe", false)
                            .put("remote", B + "@c.us")
                            .put("id", id));
            assertThat(message.getLong("ratchet")).isEqualTo(1);
            page.got(new JsonArray().add(id), 0);
        }
        try (Page page = Page.open(world.simulator)) {
            page.call("hello", new JsonObject().put("token", token));
            JsonArray pending = page.call("sync", new JsonObject()).getJsonArray("pending");
            assertThat(pending).hasSize(1);
            assertThat(pending.getJsonObject(0).getLong("ratchet")).isEqualTo(2);
        }
    }

    @Test
    void receiptsWaitForThePageToo() {
        String token = world.link(A);
        try (Page page = Page.login(world.simulator, token)) {
            page.send(B + "@c.us", "ID1", "one");
            page.push("receipt");
            page.push("receipt");
            page.got(new JsonArray(), 1);
        }
        try (Page page = Page.open(world.simulator)) {
            page.call("hello", new JsonObject().put("token", token));
            JsonArray receipts = page.call("sync", new JsonObject()).getJsonArray("receipts");
            assertThat(receipts).hasSize(1);
            assertThat(receipts.getJsonObject(0).getString("type")).isEqualTo("read");
        }
    }

    @Test
    void betweenTwoPagesReceiptsComeFromThePageAndQuotesAndMentionsArrive() {
        try (Page a = world.linked(A);
                Page b = world.linked(B)) {
            JsonObject sending = a.sending(B + "@c.us", "ID1", "@" + B + " look");
            sending.getJsonObject("msg")
                    .put("quotedStanzaID", "ID0")
                    .put("quotedMsg", new JsonObject().put("type", "chat").put("body", "earlier"))
                    .put("mentionedJidList", new JsonArray().add(B + "@c.us"))
                    .put("somethingNew", 7);
            a.call("send", sending);
            JsonObject message = b.push("message");
            assertThat(message.getJsonObject("quotedMsg").getString("body")).isEqualTo("earlier");
            assertThat(message.getJsonArray("mentionedJidList")).containsExactly(B + "@c.us");
            assertThat(message.getInteger("somethingNew")).isEqualTo(7);
            assertThat(message.getJsonObject("lidMap").getString("pn")).isEqualTo(A + "@c.us");
            assertThat(a.pushed("receipt")).isZero();
            JsonObject receipt = new JsonObject().put("chat", A + "@c.us").put("ids", new JsonArray().add("ID1"));
            b.call("receipt", receipt.put("type", "delivered"));
            assertThat(a.push("receipt").getString("type")).isEqualTo("delivered");
            b.call("receipt", receipt.put("type", "read"));
            b.call("receipt", receipt.put("type", "delivered"));
            assertThat(a.push("receipt").getString("type")).isEqualTo("read");
            assertThat(a.pushed("receipt")).isZero();
            JsonObject shown = world.messages(B, "?id=ID1").getFirst();
            assertThat(shown.getJsonObject("quoted"))
                    .isEqualTo(new JsonObject().put("id", "ID0").put("text", "earlier"));
        }
    }

    @Test
    void ownMessagesReachTheOtherPagesOfTheAccount() {
        try (Page first = world.linked(A);
                Page second = world.linked(A)) {
            first.send(B + "@c.us", "ID1", "from the first page");
            JsonObject mirrored = second.push("message");
            assertThat(mirrored.getJsonObject("id").getBoolean("fromMe")).isTrue();
            assertThat(mirrored.getJsonObject("id").getString("remote")).isEqualTo(B + "@c.us");
            assertThat(first.pushed("message")).isZero();
            String id = world.post("/api/phones/" + A + "/messages", text(B, "from the phone"))
                    .getString("id");
            assertThat(first.push("message").getJsonObject("id").getString("id"))
                    .isEqualTo(id);
            assertThat(world.submissions(""))
                    .as("a phone's own message is no submission")
                    .hasSize(1);
        }
    }

    @Test
    void lidAccountsAreAddressedByLidEverywhere() {
        world.knob("lidChats", true);
        try (Page a = world.linked(A);
                Page b = world.linked(B)) {
            String lidA = Account.lidOf(A);
            String lidB = a.call("exists", new JsonObject().put("id", B)).getString("lid");
            a.send(lidB, "ID1", "hello");
            JsonObject message = b.push("message");
            assertThat(message.getJsonObject("id").getString("remote")).isEqualTo(lidA);
            assertThat(message.getString("from")).isEqualTo(lidA);
            b.call(
                    "receipt",
                    new JsonObject()
                            .put("chat", lidA)
                            .put("ids", new JsonArray().add("ID1"))
                            .put("type", "read"));
            assertThat(a.push("receipt").getString("chat")).isEqualTo(lidB);
            assertThat(world.submissions("").getFirst().getString("to")).isEqualTo(B + "@c.us");
            assertThat(a.refused("send", a.sending("19999@lid", "ID2", "x")).getInteger("status"))
                    .isEqualTo(404);
        }
    }

    @Test
    void typingAndPresenceReachWhoWatches() {
        try (Page a = world.linked(A);
                Page b = world.linked(B)) {
            a.call("subscribe", new JsonObject().put("id", B + "@c.us"));
            assertThat(a.push("presence").getBoolean("online")).isFalse();
            b.call("available", new JsonObject().put("v", true));
            assertThat(a.push("presence").getBoolean("online")).isTrue();
            b.call("chatstate", new JsonObject().put("chat", A + "@c.us").put("type", "composing"));
            JsonObject typing = a.push("presence");
            assertThat(List.of(typing.getString("chat"), typing.getString("type")))
                    .containsExactly(B + "@c.us", "composing");
            b.leave();
            assertThat(a.push("presence").getBoolean("online")).isFalse();
            world.post(
                    "/api/phones/" + B + "/typing",
                    new JsonObject().put("to", A).put("type", "paused"));
            assertThat(a.push("presence").getString("type")).isEqualTo("paused");
        }
    }

    private static long now() {
        return System.currentTimeMillis() / 1000;
    }
}
