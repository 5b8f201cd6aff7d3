package io.kurir.whatsapp;

import static io.kurir.whatsapp.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every adapter of the port promises about texts, whichever way WhatsApp addresses chats and whether or not recipients drop a repeated id.
 */
public abstract class WhatsAppConformance extends Conformance {
    private static final Jid ABSENT =
            Jid.ofPhone("62899990000"); // the simulator's rule for numbers that are not on WhatsApp

    private static OutgoingMessage reply(String id, String to, String quoted) {
        return new OutgoingMessage(
                id,
                Jid.ofPhone(to),
                new Content.Text("an answer"),
                Optional.empty(),
                Optional.of(quoted),
                List.of(),
                false);
    }

    @Test
    void aLinkedPageSaysWhoseItIs() {
        assertThat(device().await(PageEvent.Linked.class).me().phone()).isEqualTo(Jid.ofPhone(device().phone));
        assertThat(device().await(PageEvent.Ready.class).me().phone()).isEqualTo(Jid.ofPhone(device().phone));
    }

    @Test
    void theStatusOfALinkedPageIsRead() {
        PageStatus status = device().execute(new Command.ReadStatus());
        assertThat(status.linked() && status.connected() && status.synced()).isTrue();
        assertThat(status.qr()).isEmpty();
    }

    @Test
    void aTextIsTakenThenConfirmedDeliveredAndRead() {
        String to = person();
        String id = Fixture.id();
        assertThat(device().send(text(id, to, "hello"))).isEqualTo(new Command.Taken());
        device().awaitAck(id, Ack.SERVER);
        device().awaitAck(id, Ack.DELIVERED);
        device().awaitAck(id, Ack.READ);
        assertThat(rig().messages(to, device().phone).getJsonObject(0).getString("text"))
                .isEqualTo("hello");
        assertThat(rig().submissions(id)).isEqualTo(1);
    }

    @Test
    void anAckNamesTheChatByItsNumber() {
        String to = person();
        String id = Fixture.id();
        device().send(text(id, to, "hello"));
        PageEvent.Acked acked = device().await(
                        PageEvent.Acked.class, one -> one.stanzaIds().contains(id) && one.ack() == Ack.DELIVERED);
        assertThat(acked.chat()).isEqualTo(Jid.ofPhone(to));
    }

    @Test
    void textsOfOneChatKeepTheirOrderWhileSeveralChatsAreWrittenTo() {
        List<String> chats = List.of(person(), person(), person());
        List<OutgoingMessage> texts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            texts.add(text(Fixture.id(), chats.get(i % 3), String.valueOf(i)));
        }
        var first = device().page.execute(new Command.Send(texts.subList(0, 15)), Rig.PATIENCE);
        var second = device().page.execute(new Command.Send(texts.subList(15, 30)), Rig.PATIENCE);
        assertThat(Rig.get(first)).hasSize(15).containsOnly(new Command.Taken());
        assertThat(Rig.get(second)).hasSize(15).containsOnly(new Command.Taken());
        for (int chat = 0; chat < 3; chat++) {
            String peer = chats.get(chat);
            Rig.await(
                    "all texts at " + peer,
                    () -> rig().messages(peer, device().phone).size() == 10);
            List<Integer> order = rig().messages(peer, device().phone).stream()
                    .map(one -> Integer.valueOf(((JsonObject) one).getString("text")))
                    .toList();
            assertThat(order).isSorted();
        }
    }

    @Test
    void aReplyQuotesTheMessageThatItAnswers() {
        String peer = person();
        String question = rig().write(peer, device().phone, "a question");
        device().await(PageEvent.Received.class, one -> one.message().stanzaId().equals(question));
        String id = Fixture.id();
        OutgoingMessage reply = reply(id, peer, question);
        assertThat(device().send(reply)).isEqualTo(new Command.Taken());
        Rig.await("the reply", () -> rig().messages(peer, device().phone).size() == 2);
        JsonObject quoted =
                rig().messages(peer, device().phone).getJsonObject(1).getJsonObject("quoted");
        assertThat(quoted.getString("id")).isEqualTo(question);
        assertThat(quoted.getString("text")).isEqualTo("a question");
    }

    @Test
    void aReplyToAnUnknownMessageIsRefused() {
        OutgoingMessage reply = reply(Fixture.id(), person(), "3EB0DOESNOTEXIST");
        assertThat(device().send(reply))
                .isInstanceOfSatisfying(
                        Command.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Command.Reason.QUOTED_NOT_FOUND));
    }

    @Test
    void aNumberThatIsNotOnWhatsAppIsRefusedAndNothingIsStored() {
        String id = Fixture.id();
        assertThat(device().send(text(id, ABSENT.user(), "hello")))
                .isInstanceOfSatisfying(
                        Command.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Command.Reason.NOT_ON_WHATSAPP));
        assertThat(device().execute(new Command.Find(ABSENT, id))).isEqualTo(new Command.Absent());
    }

    @Test
    void numbersAreCheckedInOneQuestion() {
        Jid present = Jid.ofPhone(person());
        Map<Jid, Person> found = device().execute(new Command.CheckNumbers(List.of(present, ABSENT)));
        assertThat(found).containsOnlyKeys(present);
        assertThat(found.get(present)).satisfies(person -> {
            assertThat(person.phone()).contains(present);
            assertThat(person.lid()).isPresent();
        });
    }

    @Test
    void aRepeatedStanzaIdIsKnownAndNotSubmittedAgain() {
        String to = person();
        String id = Fixture.id();
        device().send(text(id, to, "once"));
        device().awaitAck(id, Ack.READ);
        assertThat(device().send(text(id, to, "once"))).isEqualTo(new Command.Known(Ack.READ));
        assertThat(rig().submissions(id)).isEqualTo(1);
    }

    @Test
    void theSameStanzaIdTwiceInOneCommandIsSubmittedOnce() {
        String to = person();
        String id = Fixture.id();
        List<Command.SendAnswer> answers =
                device().execute(new Command.Send(List.of(text(id, to, "once"), text(id, to, "once"))));
        assertThat(answers.getFirst()).isEqualTo(new Command.Taken());
        assertThat(answers.get(1)).isInstanceOf(Command.Known.class);
        device().awaitAck(id, Ack.SERVER);
        assertThat(rig().submissions(id)).isEqualTo(1);
    }

    @Test
    void findTellsAbsentAndPresentApart() {
        String to = person();
        String id = Fixture.id();
        assertThat(device().execute(new Command.Find(Jid.ofPhone(to), id))).isEqualTo(new Command.Absent());
        device().send(text(id, to, "hello"));
        device().awaitAck(id, Ack.READ);
        assertThat(device().execute(new Command.Find(Jid.ofPhone(to), id))).isEqualTo(new Command.Present(Ack.READ));
    }

    @Test
    void aRefusedTextIsToldAsFailedAndFoundAsFailedAndMayBeSubmittedAgain() {
        String to = person();
        String id = Fixture.id();
        rig().knobs(device().phone, new JsonObject().put("failSend", 500));
        try {
            assertThat(device().send(text(id, to, "hello"))).isEqualTo(new Command.Taken());
            device().await(
                            PageEvent.SendFailed.class,
                            failed -> failed.stanzaId().equals(id));
            assertThat(device().execute(new Command.Find(Jid.ofPhone(to), id))).isEqualTo(new Command.Failed());
        } finally {
            rig().knobs(device().phone, new JsonObject().put("failSend", 0));
        }
        assertThat(device().send(text(id, to, "hello"))).isEqualTo(new Command.Taken());
        device().awaitAck(id, Ack.DELIVERED);
        assertThat(rig().messages(to, device().phone)).hasSize(1);
    }

    @Test
    void aRestrictionOfTheAccountIsToldAsSuch() {
        String to = person();
        String id = Fixture.id();
        rig().knobs(device().phone, new JsonObject().put("strangersLocked", true));
        try {
            assertThat(device().send(text(id, to, "hello"))).isEqualTo(new Command.Taken());
            PageEvent.SendFailed failed = device().await(
                            PageEvent.SendFailed.class, one -> one.stanzaId().equals(id));
            assertThat(failed.reason()).startsWith("RESTRICTED");
        } finally {
            rig().knobs(device().phone, new JsonObject().put("strangersLocked", false));
        }
        assertThat(device().send(text(id, to, "hello"))).isEqualTo(new Command.Taken());
        device().awaitAck(id, Ack.DELIVERED);
    }

    @Test
    void aTextThatArrivesIsToldWithItsNumberAndItsQuote() {
        String peer = person();
        String mine = Fixture.id();
        device().send(text(mine, peer, "first"));
        device().awaitAck(mine, Ack.DELIVERED);
        JsonObject reply =
                new JsonObject().put("to", device().phone).put("text", "second").put("quoted", mine);
        String theirs =
                rig().api("POST", "/api/phones/" + peer + "/messages", reply).getString("id");
        IncomingMessage message = device().await(
                        PageEvent.Received.class,
                        one -> one.message().stanzaId().equals(theirs))
                .message();
        assertThat(message.chat()).isEqualTo(Jid.ofPhone(peer));
        assertThat(message.text()).isEqualTo("second");
        assertThat(message.quoted()).contains(mine);
        assertThat(message.fromMe()).isFalse();
        assertThat(message.chatLid().isPresent()).isTrue();
    }

    @Test
    void ourOwnTextsAreNotToldAsReceived() {
        String peer = person();
        String mine = Fixture.id();
        device().send(text(mine, peer, "mine"));
        device().awaitAck(mine, Ack.READ);
        String theirs = rig().write(peer, device().phone, "theirs");
        device().await(PageEvent.Received.class, one -> one.message().stanzaId().equals(theirs));
        assertThat(device().events())
                .noneMatch(event -> event instanceof PageEvent.Received received
                        && received.message().stanzaId().equals(mine));
    }

    @Test
    void somebodyTypingIsTold() {
        String peer = person();
        String theirs = rig().write(peer, device().phone, "hello");
        device().await(PageEvent.Received.class, one -> one.message().stanzaId().equals(theirs));
        device().send(text(Fixture.id(), peer, "hello you"));
        rig().api(
                        "POST",
                        "/api/phones/" + peer + "/typing",
                        new JsonObject().put("to", device().phone).put("type", "composing"));
        PageEvent.Presence presence =
                device().await(PageEvent.Presence.class, one -> one.chat().equals(Jid.ofPhone(peer)));
        assertThat(presence.state()).isEqualTo("composing");
    }

    @Test
    void typingIsShownForAsLongAsAnAnswerIsThoughtOf() throws Exception {
        String peer = person();
        String theirs = rig().write(peer, device().phone, "hello");
        device().await(PageEvent.Received.class, one -> one.message().stanzaId().equals(theirs));
        HttpRequest follow =
                HttpRequest.newBuilder(rig().url().resolve("/api/events")).build();
        try (Stream<String> told =
                HttpClient.newHttpClient().send(follow, BodyHandlers.ofLines()).body()) {
            CompletableFuture<List<String>> typing = CompletableFuture.supplyAsync(
                    () -> told.filter(line -> line.contains(peer) && line.matches(".*(composing|paused).*"))
                            .limit(2)
                            .toList());
            for (boolean on : new boolean[] {true, false}) {
                assertThat(device().execute(new Request.ShowTyping(Jid.ofPhone(peer), on)))
                        .isEqualTo(new Request.Done());
            }
            assertThat(typing.get(10, TimeUnit.SECONDS))
                    .satisfiesExactly(
                            on -> assertThat(on).contains("composing"),
                            off -> assertThat(off).contains("paused"));
        }
    }

    @Test
    void typingIsShownBeforeATextWhenAsked() {
        String peer = person();
        String id = Fixture.id();
        OutgoingMessage text = new OutgoingMessage(
                id, Jid.ofPhone(peer), new Content.Text("hello"), Optional.empty(), Optional.empty(), List.of(), true);
        assertThat(device().send(text)).isEqualTo(new Command.Taken());
        device().awaitAck(id, Ack.SERVER);
    }
}
