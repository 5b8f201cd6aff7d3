package io.kurir.whatsapp;

import static io.kurir.whatsapp.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files, out and in: every byte, and what becomes of those that cannot be brought. */
public abstract class MediaConformance extends Conformance {
    static final byte[] PICTURE = Base64.getDecoder()
            .decode(
                    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAA"
                            + "AABJRU5ErkJggg==");
    /** Passes in more than one piece. */
    private static final int SEVERAL_PIECES = 700_001;

    @TempDir
    private Path folder;

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static OutgoingMessage file(String id, String to, byte[] bytes, Content.Media media) {
        return new OutgoingMessage(
                id, Jid.ofPhone(to), media, Optional.of(Fixture.file(bytes)), Optional.empty(), List.of(), false);
    }

    private static Content.Media document(int size, String caption) {
        return new Content.Media(Content.Kind.DOCUMENT, "application/pdf", Optional.of("report.pdf"), size, caption);
    }

    private static OutgoingMessage document(String id, String to, int size) {
        return file(id, to, bytes(size), document(size, ""));
    }

    private byte[] fileAt(String phone, String id) {
        shown(phone, id);
        String base64 =
                rig().api("GET", "/api/phones/" + phone + "/media/" + id).getString("base64");
        return Base64.getDecoder().decode(base64);
    }

    @ParameterizedTest
    @CsvSource({
        "IMAGE, image/png, image",
        "VIDEO, video/mp4, video",
        "AUDIO, audio/mpeg, audio",
        "VOICE, audio/ogg; codecs=opus, ptt",
        "DOCUMENT, application/pdf, document",
        "STICKER, image/webp, sticker"
    })
    void aFileOfEachKindArrives(Content.Kind kind, String mimetype, String type) {
        String to = person();
        String id = Fixture.id();
        byte[] bytes = kind == Content.Kind.IMAGE || kind == Content.Kind.STICKER ? PICTURE : bytes(5_000);
        Content.Media media = new Content.Media(kind, mimetype, Optional.empty(), bytes.length, "");
        assertThat(device().send(file(id, to, bytes, media))).isEqualTo(new Command.Taken());
        device().awaitAck(id, Ack.READ);
        JsonObject shown = shown(to, id);
        assertThat(shown.getString("type")).isEqualTo(type);
        assertThat(shown.getJsonObject("media").getString("mimetype")).isEqualTo(mimetype);
        assertThat(shown.getJsonObject("media").containsKey("caption")).isFalse();
        assertThat(fileAt(to, id)).isEqualTo(bytes);
    }

    @Test
    void aDocumentArrivesWithItsNameAndItsCaption() {
        String to = person();
        String id = Fixture.id();
        byte[] bytes = bytes(SEVERAL_PIECES);
        device().send(file(id, to, bytes, document(bytes.length, "the figures")));
        JsonObject media = shown(to, id).getJsonObject("media");
        assertThat(media.getString("fileName")).isEqualTo("report.pdf");
        assertThat(media.getString("caption")).isEqualTo("the figures");
        assertThat(fileAt(to, id)).isEqualTo(bytes);
    }

    @Test
    void aRepeatedFileIsKnownAndSubmittedOnce() {
        String to = person();
        String id = Fixture.id();
        assertThat(device().send(document(id, to, 1_000))).isEqualTo(new Command.Taken());
        device().awaitAck(id, Ack.READ);
        assertThat(device().send(document(id, to, 1_000))).isEqualTo(new Command.Known(Ack.READ));
        assertThat(rig().submissions(id)).isEqualTo(1);
    }

    @Test
    void aTextBehindAFileArrivesBehindIt() {
        String to = person();
        String file = Fixture.id();
        String text = Fixture.id();
        assertThat(device().execute(new Command.Send(
                        List.of(document(file, to, SEVERAL_PIECES), text(text, to, "see above")))))
                .containsOnly(new Command.Taken());
        Rig.await("both", () -> rig().messages(to, me()).size() == 2);
        assertThat(rig().messages(to, me()).getJsonObject(0).getString("id")).isEqualTo(file);
        assertThat(rig().messages(to, me()).getJsonObject(1).getString("id")).isEqualTo(text);
    }

    @Test
    void whatIsNoPictureIsRefusedAsOneAndNothingIsStored() {
        String to = person();
        String id = Fixture.id();
        Content.Media picture = new Content.Media(Content.Kind.IMAGE, "image/png", Optional.empty(), 500, "");
        refused(file(id, to, bytes(500), picture), Command.Reason.MEDIA_REFUSED);
        assertThat(device().execute(new Command.Find(Jid.ofPhone(to), id))).isEqualTo(new Command.Absent());
        theNextTextGoesOut();
    }

    @Test
    void anEmptyFileAndOneThatIsNotThereAreRefused() {
        String to = person();
        refused(document(Fixture.id(), to, 0), Command.Reason.MEDIA_REFUSED);
        OutgoingMessage missing = new OutgoingMessage(
                Fixture.id(),
                Jid.ofPhone(to),
                document(10, ""),
                Optional.of(folder.resolve("nothing")),
                Optional.empty(),
                List.of(),
                false);
        refused(missing, Command.Reason.PAGE_ERROR);
        theNextTextGoesOut();
    }

    @Test
    void aFileThatCannotBeUploadedIsToldAsFailedAndMayBeSubmittedAgain() {
        String to = person();
        String id = Fixture.id();
        rig().knobs(me(), new JsonObject().put("failUpload", 500));
        try {
            assertThat(device().send(document(id, to, 1_000))).isEqualTo(new Command.Taken());
            device().await(PageEvent.SendFailed.class, one -> one.stanzaId().equals(id));
            assertThat(device().execute(new Command.Find(Jid.ofPhone(to), id))).isEqualTo(new Command.Failed());
        } finally {
            rig().knobs(me(), new JsonObject().put("failUpload", 0));
        }
        assertThat(device().send(document(id, to, 1_000))).isEqualTo(new Command.Taken());
        device().awaitAck(id, Ack.READ);
        assertThat(rig().messages(to, me())).hasSize(1);
        assertThat(rig().submissions(id)).isEqualTo(1);
    }

    private IncomingMessage arrived(int size) {
        JsonObject media = new JsonObject()
                .put("kind", "document")
                .put("base64", Base64.getEncoder().encodeToString(bytes(size)))
                .put("mimetype", "application/zip")
                .put("fileName", "all.zip")
                .put("caption", "take it");
        return received(person(), me(), new JsonObject().put("media", media));
    }

    @Test
    void aFileThatArrivesIsToldAndDownloaded() throws IOException {
        IncomingMessage message = arrived(SEVERAL_PIECES);
        assertThat(message.content())
                .isEqualTo(new Content.Media(
                        Content.Kind.DOCUMENT, "application/zip", Optional.of("all.zip"), SEVERAL_PIECES, "take it"));
        Path into = folder.resolve("file");
        Command.Downloaded done = device().execute(new Command.Download(message.chat(), message.stanzaId(), into));
        assertThat(done).isEqualTo(new Command.Downloaded("application/zip", SEVERAL_PIECES));
        assertThat(Files.readAllBytes(into)).isEqualTo(bytes(SEVERAL_PIECES));
    }

    @ParameterizedTest
    @CsvSource({
        "IMAGE, image/png, look",
        "VIDEO, video/mp4, watch",
        "AUDIO, audio/mpeg, ''",
        "VOICE, audio/ogg; codecs=opus, ''",
        "STICKER, image/webp, ''"
    })
    void aFileOfEachKindThatArrivesIsToldAsWhatItIsAndDownloaded(Content.Kind kind, String mimetype, String caption)
            throws IOException {
        byte[] bytes = kind == Content.Kind.IMAGE || kind == Content.Kind.STICKER ? PICTURE : bytes(5_000);
        JsonObject media = new JsonObject()
                .put("kind", kind.word())
                .put("base64", Base64.getEncoder().encodeToString(bytes))
                .put("mimetype", mimetype);
        if (!caption.isEmpty()) {
            media.put("caption", caption);
        }
        IncomingMessage message = received(person(), me(), new JsonObject().put("media", media));
        assertThat(message.content())
                .isEqualTo(new Content.Media(kind, mimetype, Optional.empty(), bytes.length, caption));
        Path into = folder.resolve(kind.word());
        assertThat(device().execute(new Command.Download(message.chat(), message.stanzaId(), into)))
                .isEqualTo(new Command.Downloaded(mimetype, bytes.length));
        assertThat(Files.readAllBytes(into)).isEqualTo(bytes);
    }

    @Test
    void aFileThatIsGoneIsRefusedAndLeavesNothing() {
        IncomingMessage message = arrived(2_000);
        Path into = folder.resolve("gone");
        rig().knobs(me(), new JsonObject().put("failDownload", 404));
        try {
            refused(new Command.Download(message.chat(), message.stanzaId(), into), Request.Refusal.MEDIA_GONE);
        } finally {
            rig().knobs(me(), new JsonObject().put("failDownload", 0));
        }
        assertThat(into).doesNotExist();
        refused(new Command.Download(message.chat(), "3EB0NOSUCH", into), Request.Refusal.MESSAGE_NOT_FOUND);
        theNextTextGoesOut();
    }

    @Test
    void aMessageWithoutAFileHasNoneToDownload() {
        IncomingMessage message = received(person(), me(), new JsonObject().put("text", "no file"));
        refused(
                new Command.Download(message.chat(), message.stanzaId(), folder.resolve("none")),
                Request.Refusal.MESSAGE_NOT_FOUND);
    }
}
