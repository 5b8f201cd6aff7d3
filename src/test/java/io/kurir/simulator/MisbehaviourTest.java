package io.kurir.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The network makes its pages fail, and every submission is on record. */
class MisbehaviourTest {
    private static final String A = "628330001";
    private static final String B = "628330002";
    private static final String CHAT = B + "@c.us";

    private final World world = new World();

    @AfterEach
    void close() {
        world.close();
    }

    private int shown(String id) {
        return world.messages(B, "?id=" + id).getFirst().getInteger("shown");
    }

    private void untilReceived(String id) {
        World.until(id + " is received", () -> !world.messages(B, "?id=" + id).isEmpty());
    }

    @Test
    void aRepeatedIdHasOneEffectOnlyAsLongAsRecipientsDropRepeats() {
        try (Page page = world.linked(A)) {
            page.send(CHAT, "ID1", "once?");
            untilReceived("ID1");
            page.send(CHAT, "ID1", "once?");
            assertThat(shown("ID1")).isEqualTo(1);
            world.knob("dropRepeatedIds", false);
            page.send(CHAT, "ID1", "once?");
            assertThat(shown("ID1")).isEqualTo(2);
            page.send(CHAT, "ID2", "other");
            assertThat(world.submissions("?id=ID1"))
                    .extracting(one -> one.getBoolean("repeat"))
                    .containsExactly(false, true, true);
            JsonObject summary = world.get("/api/submissions/summary?from=" + A);
            assertThat(summary.getInteger("total")).isEqualTo(4);
            assertThat(summary.getJsonObject("byCount"))
                    .isEqualTo(new JsonObject().put("1", 1).put("3", 1));
        }
    }

    @Test
    void aLinkedRecipientIsGivenARepeatOnlyIfRepeatsAreNotDropped() {
        try (Page a = world.linked(A);
                Page b = world.linked(B)) {
            a.send(CHAT, "ID1", "once?");
            b.push("message");
            a.send(CHAT, "ID1", "once?");
            assertThat(b.pushed("message")).isZero();
            world.knob("dropRepeatedIds", false);
            a.send(CHAT, "ID1", "once?");
            assertThat(b.push("message").getJsonObject("id").getString("id")).isEqualTo("ID1");
        }
    }

    @Test
    void theSenderOfADroppedRepeatIsToldAgainThatItWasDelivered() {
        String token = world.link(A);
        try (Page page = Page.login(world.simulator, token)) {
            page.send(CHAT, "ID1", "once?");
            assertThat(page.push("receipt").getString("type")).isEqualTo("delivered");
            assertThat(page.push("receipt").getString("type")).isEqualTo("read");
            page.send(CHAT, "ID1", "once?");
            assertThat(page.push("receipt").getString("type")).isEqualTo("delivered");
        }
    }

    @Test
    void anOlderProfileCannotBeDecrypted() {
        try (Page a = world.linked(A);
                Page b = world.linked(B)) {
            a.send(CHAT, "ID1", "one");
            a.send(CHAT, "ID2", "two");
            b.push("message");
            b.push("message");
            a.rollBack(1);
            a.send(CHAT, "ID3", "secret");
            JsonObject placeholder = b.push("message");
            assertThat(placeholder.getString("type")).isEqualTo("ciphertext");
            assertThat(placeholder.encode()).doesNotContain("secret");
            b.call(
                    "receipt",
                    new JsonObject()
                            .put("chat", A + "@c.us")
                            .put("ids", new JsonArray().add("ID3"))
                            .put("type", "read"));
            assertThat(a.pushed("receipt")).isZero();
            assertThat(world.submissions(""))
                    .extracting(one -> one.getBoolean("decrypted"))
                    .containsExactly(true, true, false);
            assertThat(world.messages(B, "?id=ID3").getFirst().getBoolean("readable"))
                    .isFalse();
            a.send("628330003@c.us", "ID4", "another peer");
            a.send(CHAT, "ID3", "secret");
            assertThat(b.push("message").getString("body")).isEqualTo("secret");
            assertThat(shown("ID3")).isEqualTo(1);
        }
    }

    @Test
    void anAutomaticPhoneSaysNothingAboutWhatItCannotDecrypt() {
        try (Page page = world.linked(A)) {
            page.send(CHAT, "ID1", "one");
            page.push("receipt");
            page.push("receipt");
            page.rollBack(1);
            page.send(CHAT, "ID2", "two");
            page.send(CHAT, "ID3", "three");
            assertThat(page.push("receipt").getJsonArray("ids")).containsExactly("ID3");
        }
    }

    @Test
    void anAnswerMayNeverComeThoughTheMessageArrived() throws Exception {
        world.knob("neverAck", 1);
        try (Page page = world.linked(A)) {
            page.post("send", page.sending(CHAT, "ID1", "silence"));
            page.push("receipt");
            assertThat(page.answersWithin(50)).isFalse();
            assertThat(world.submissions("")).hasSize(1);
            page.send(CHAT, "ID2", "only the first was lost");
        }
    }

    @Test
    void aRefusedMessageIsNoSubmissionAndGoesNowhere() {
        world.put("/api/knobs", new JsonObject().put("failSend", 503).put("failTimes", 1));
        try (Page page = world.linked(A)) {
            JsonObject refused = page.refused("send", page.sending(CHAT, "ID1", "no"));
            assertThat(refused.getInteger("status")).isEqualTo(503);
            assertThat(world.submissions("")).isEmpty();
            assertThat(world.get("/api/submissions/summary").getInteger("refused"))
                    .isEqualTo(1);
            page.send(CHAT, "ID1", "yes");
            untilReceived("ID1");
        }
    }

    @Test
    void aRestrictedAccountMayAnswerButNotWriteToStrangers() {
        world.put("/api/knobs", new JsonObject().put("strangersLocked", true));
        try (Page page = world.linked(A)) {
            JsonObject refused = page.refused("send", page.sending(CHAT, "ID1", "hello stranger"));
            assertThat(refused.getInteger("status")).isEqualTo(463);
            assertThat(world.submissions("")).isEmpty();
            world.post(
                    "/api/phones/" + B + "/messages",
                    new JsonObject().put("to", A).put("text", "who is there?"));
            page.send(CHAT, "ID2", "me");
            untilReceived("ID2");
        }
    }

    @Test
    void theSocketMayDropBetweenAcceptanceAndAnswer() throws Exception {
        String token = world.link(A);
        world.post(
                "/api/phones", new JsonObject().put("phone", A).put("knobs", new JsonObject().put("dropBeforeAck", 1)));
        try (Page page = Page.login(world.simulator, token)) {
            page.post("send", page.sending(CHAT, "ID1", "there?"));
            assertThat(page.closed()).isTrue();
        }
        untilReceived("ID1");
        assertThat(world.get("/api/phones/" + A).getJsonObject("knobs").getInteger("dropBeforeAck"))
                .isZero();
        try (Page page = Page.login(world.simulator, token)) {
            page.send(CHAT, "ID2", "here");
        }
    }

    @Test
    void theNetworkMayDeliverTwice() {
        world.knob("duplicateDelivery", true);
        try (Page a = world.linked(A);
                Page b = world.linked(B)) {
            a.send(CHAT, "ID1", "twice");
            assertThat(b.push("message")).isEqualTo(b.push("message"));
            assertThat(shown("ID1")).isEqualTo(1);
        }
    }

    @Test
    void answersAndAcceptanceMayBeLate() throws Exception {
        world.put("/api/knobs", new JsonObject().put("sendDelayMs", 40).put("ackDelayMs", 40));
        try (Page page = world.linked(A)) {
            long start = System.nanoTime();
            page.send(CHAT, "ID1", "slow");
            assertThat(System.nanoTime() - start).isGreaterThan(79_000_000L);
        }
    }

    @Test
    void knobsAreCheckedAndGoBackToTheirDefaults() {
        assertThatThrownBy(() -> world.knob("noSuchKnob", 1)).hasMessageContaining("noSuchKnob");
        assertThatThrownBy(() -> world.knob("readMs", "soon")).hasMessageContaining("readMs");
        assertThatThrownBy(() -> world.knob("lidChats", 1)).hasMessageContaining("lidChats");
        world.knob("neverAck", true);
        assertThat(world.get("/api/knobs").getInteger("neverAck")).isEqualTo(-1);
        world.put("/api/knobs", new JsonObject().putNull("neverAck"));
        assertThat(world.get("/api/knobs").getInteger("neverAck")).isZero();
        world.post("/api/phones", new JsonObject().put("phone", B).put("knobs", new JsonObject().put("deliverMs", -1)));
        try (Page page = world.linked(A)) {
            page.send(CHAT, "ID1", "this phone is off");
            page.send("628330003@c.us", "ID2", "this one is not");
            assertThat(page.push("receipt").getJsonArray("ids")).containsExactly("ID2");
            assertThat(world.messages(B, "")).isEmpty();
        }
    }
}
