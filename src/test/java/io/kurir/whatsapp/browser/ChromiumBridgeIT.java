package io.kurir.whatsapp.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.kurir.whatsapp.Rig;
import io.kurir.whatsapp.TestDevice;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bridge where something in the page is slow, late or old. One browser, a device for each test. */
class ChromiumBridgeIT {
    private static final Rig RIG = new Rig();
    private static final Chromium CHROMIUM = Rig.get(Browsers.launch(RIG, Browsers.folder()));

    /** Preparing a file takes longer than the bridge lets a command wait, and shorter than the command may last. */
    private static final String SLOW_PREPARATION = """
            (() => {
              const digest = crypto.subtle.digest.bind(crypto.subtle);
              crypto.subtle.digest = async (...args) => {
                crypto.subtle.digest = digest;
                await new Promise((done) => setTimeout(done, 7000));
                return digest(...args);
              };
            })()
            """;

    @TempDir
    private Path folder;

    @BeforeAll
    static void addressByLid() {
        RIG.knobs(new JsonObject().put("lidChats", true).put("dropRepeatedIds", false));
    }

    @AfterAll
    static void close() {
        Rig.get(CHROMIUM.close());
        RIG.close();
    }

    private OutgoingMessage file(String id, String to, Content.Kind kind, String mimetype) throws IOException {
        Path file = Files.writeString(folder.resolve(id), "no picture, but a file");
        Content.Media media = new Content.Media(kind, mimetype, Optional.empty(), Files.size(file), "");
        return new OutgoingMessage(id, Jid.ofPhone(to), media, Optional.of(file), Optional.empty(), List.of(), false);
    }

    @Test
    void aFileThatIsLongPreparedIsTakenInTimeAndARepeatDoesNotSubmitItTwice() throws IOException {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        Rig.get(((ChromiumPage) device.page).evaluate(SLOW_PREPARATION));
        String to = "6282200001011";
        OutgoingMessage file = file("3EB0SLOWFILE", to, Content.Kind.DOCUMENT, "text/plain");
        assertThat(device.send(file)).isEqualTo(new Command.Taken());
        assertThat(RIG.submissions("3EB0SLOWFILE")).isZero();
        assertThat(device.execute(new Command.Find(Jid.ofPhone(to), "3EB0SLOWFILE")))
                .isEqualTo(new Command.Present(Ack.NONE));
        OutgoingMessage text = TestDevice.text("3EB0BEHIND", to, "behind it");
        assertThat(device.execute(new Command.Send(List.of(file, text))))
                .containsExactly(new Command.Known(Ack.NONE), new Command.Taken());
        device.awaitOnItsWay("3EB0BEHIND");
        Rig.await("both", () -> RIG.messages(to, device.phone).size() == 2);
        assertThat(RIG.messages(to, device.phone).stream()
                        .map(one -> ((JsonObject) one).getString("id"))
                        .toList())
                .containsExactly("3EB0SLOWFILE", "3EB0BEHIND");
        assertThat(RIG.submissions("3EB0SLOWFILE")).isEqualTo(1);
    }

    /** DevTools would read one that calls itself text as text. */
    @ParameterizedTest
    @ValueSource(strings = {"application/octet-stream", "text/plain"})
    void aLargeFileComesByteForByte(String mimetype) throws IOException {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        String peer = "6282200001051";
        String name = mimetype.replace('/', '-');
        int size = 16 << 20;
        JsonObject media = new JsonObject()
                .put("kind", "document")
                .put("mimetype", mimetype)
                .put("fileName", "large")
                .put("size", size);
        String id = RIG.api(
                        "POST",
                        "/api/phones/" + peer + "/messages",
                        new JsonObject().put("to", device.phone).put("media", media))
                .getString("id");
        device.await(PageEvent.Received.class, one -> one.message().stanzaId().equals(id));
        Path into = folder.resolve(name);
        Command.Downloaded downloaded =
                Rig.get(device.page.execute(new Command.Download(Jid.ofPhone(peer), id, into), Duration.ofSeconds(40)));
        assertThat(downloaded.size()).isEqualTo(size);
        byte[] bytes = Files.readAllBytes(into);
        assertThat(bytes).hasSize(size);
        for (int i = 0; i < size; i += 9_973) {
            assertThat(bytes[i]).as("byte " + i).isEqualTo((byte) (i % 251));
        }
    }

    @Test
    void aFileThatIsRefusedAfterTheAnswerIsToldAsFailed() throws IOException {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        Rig.get(((ChromiumPage) device.page).evaluate(SLOW_PREPARATION));
        String to = "6282200001021";
        assertThat(device.send(file("3EB0SLOWBAD", to, Content.Kind.IMAGE, "image/png")))
                .isEqualTo(new Command.Taken());
        device.await(PageEvent.SendFailed.class, failed -> failed.stanzaId().equals("3EB0SLOWBAD"));
        assertThat(device.execute(new Command.Find(Jid.ofPhone(to), "3EB0SLOWBAD")))
                .isEqualTo(new Command.Failed());
        assertThat(RIG.submissions("3EB0SLOWBAD")).isZero();
    }

    @Test
    void whatIsTooOldIsNeitherEditedNorDeleted() {
        TestDevice device = TestDevice.open(RIG, CHROMIUM, "old-device", "6281100009901", 1, Duration.ofDays(10))
                .link();
        String to = "6282200001031";
        device.send(TestDevice.text("3EB0OLD", to, "long ago"));
        device.awaitAck("3EB0OLD", Ack.READ);
        Rig.get(((ChromiumPage) device.page)
                .evaluate("(() => { const now = Date.now; Date.now = () => now() + 16 * 60000; })()"));
        tooOld(device, new Request.Edit(Jid.ofPhone(to), "3EB0OLD", "just now"));
        Rig.get(((ChromiumPage) device.page)
                .evaluate("(() => { const now = Date.now; Date.now = () => now() + 61 * 3600000; })()"));
        tooOld(device, new Request.Revoke(Jid.ofPhone(to), "3EB0OLD"));
    }

    /** The page's clock is ahead of ours, so what it is asked must have more time than that. */
    private static void tooOld(TestDevice device, Request<?> request) {
        assertThatThrownBy(() -> Rig.get(device.page.execute(request, Duration.ofDays(5))))
                .isInstanceOfSatisfying(
                        PageException.class,
                        fault -> assertThat(fault.refusal()).contains(Request.Refusal.TOO_OLD));
    }

    @Test
    void whatHappenedBeforeAJvmDiedIsToldToTheNextOne() {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        String peer = "6282200001041";
        device.send(TestDevice.text("3EB0MINE", peer, "react to this"));
        device.awaitAck("3EB0MINE", Ack.READ);
        device.send(new OutgoingMessage(
                "3EB0POLL",
                Jid.ofPhone(peer),
                new Content.Poll("Which?", List.of("This", "That"), 1),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false));
        device.awaitAck("3EB0POLL", Ack.READ);
        String edited = RIG.write(peer, device.phone, "first words");
        String revoked = RIG.write(peer, device.phone, "never said");
        act(peer, device, "react", new JsonObject().put("id", "3EB0MINE").put("emoji", "👍"));
        act(peer, device, "vote", new JsonObject().put("id", "3EB0POLL").put("options", new JsonArray().add("That")));
        act(peer, device, "edit", new JsonObject().put("id", edited).put("text", "last words"));
        act(peer, device, "revoke", new JsonObject().put("id", revoked));
        expectAll(device, edited, revoked);
        Rig.get(device.page.close());
        expectAll(device.reopen(CHROMIUM, 2), edited, revoked);
    }

    @Test
    void whatHappenedToAGroupMeanwhileIsToldAndAfterwardsToldAgainAsTheSame() {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        String ann = "6282200001061";
        String bob = "6282200001062";
        JsonObject wanted = new JsonObject()
                .put("by", ann)
                .put("subject", "Before")
                .put("members", new JsonArray().add(device.phone));
        String group = RIG.api("POST", "/api/groups", wanted).getString("id");
        changed(device, "create");
        Rig.get(device.page.close());
        RIG.api(
                "POST",
                "/api/groups/" + group + "/participants",
                new JsonObject().put("by", ann).put("add", new JsonArray().add(bob)));
        RIG.api(
                "POST",
                "/api/groups/" + group + "/subject",
                new JsonObject().put("by", ann).put("subject", "After"));
        TestDevice second = device.reopen(CHROMIUM, 2);
        PageEvent.GroupChanged added = changed(second, "add");
        assertThat(added.noteId()).isPresent();
        assertThat(added.people()).extracting(Person::phone).containsExactly(Optional.of(Jid.ofPhone(bob)));
        assertThat(changed(second, "subject").value()).contains("After");
        Rig.get(second.page.close());
        TestDevice third = device.reopen(CHROMIUM, 3);
        assertThat(changed(third, "add")).isEqualTo(added);
        assertThat(changed(third, "subject").value()).contains("After");
    }

    private static PageEvent.GroupChanged changed(TestDevice device, String action) {
        return device.await(PageEvent.GroupChanged.class, one -> one.action().equals(action));
    }

    @Test
    void whatIsDecryptedLateIsToldWhenItIsReadableHoweverLongAgoItCame() {
        TestDevice first = TestDevice.open(RIG, CHROMIUM).link();
        String peer = "6282200001071";
        String id = RIG.write(peer, first.phone, "early");
        received(first, 0, id);
        String next = RIG.write(peer, first.phone, "next");
        received(first, 0, next);
        Rig.get(first.page.close());
        TestDevice device = first.reopen(CHROMIUM, 2);
        received(device, 0, next);
        int mark = device.mark();
        // as if it had come before its keys, in an earlier document; then the page connects again
        withMessage(device, id, """
                message.set({ type: 'ciphertext', body: undefined });
                Socket.set({ hasSynced: false });
                Socket.set({ hasSynced: true });
                """);
        received(device, mark, next);
        withMessage(device, id, "message.set({ type: 'chat', body: 'at last' });");
        assertThat(received(device, mark, id).text())
                .as("what it was told as first after it had come again")
                .isEqualTo("at last");
    }

    private static void withMessage(TestDevice device, String id, String script) {
        Rig.get(((ChromiumPage) device.page).evaluate("""
                (() => {
                  const { MsgStore, Socket } = WPP.whatsapp;
                  const message = MsgStore.getModelsArray().find((one) => one.id.id === '%s');
                  %s
                })()
                """.formatted(id, script)));
    }

    private static IncomingMessage received(TestDevice device, int from, String id) {
        return device.await(
                        PageEvent.Received.class,
                        from,
                        one -> one.message().stanzaId().equals(id))
                .message();
    }

    private static void act(String peer, TestDevice device, String what, JsonObject body) {
        RIG.api("POST", "/api/phones/" + peer + "/" + what, body.put("to", device.phone));
    }

    private static void expectAll(TestDevice device, String edited, String revoked) {
        device.await(
                PageEvent.Edited.class,
                one -> one.stanzaId().equals(edited) && one.text().equals("last words"));
        device.await(PageEvent.Revoked.class, one -> one.stanzaId().equals(revoked));
        device.await(
                PageEvent.Reacted.class,
                one -> one.stanzaId().equals("3EB0MINE") && one.emoji().equals("👍"));
        device.await(
                PageEvent.Voted.class,
                one -> one.stanzaId().equals("3EB0POLL") && one.options().equals(List.of("That")));
    }
}
