package io.kurir.whatsapp;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a page can be asked. A command answers as soon as the page has taken it; what becomes of it later comes as a
 * {@link PageEvent}, so that no command waits for WhatsApp's network longer than it must.
 *
 * @param <R> the answer
 */
public sealed interface Command<R>
        permits Command.Send,
                Command.Find,
                Command.Download,
                Command.CheckNumbers,
                Command.RequestPairingCode,
                Command.RefreshQr,
                Command.ReadStatus,
                Command.Probe,
                Command.Logout,
                Request {

    /**
     * Submits messages, those of one chat in the given order. The answer has one entry per message, in order. {@link Taken} says only that the
     * page has it in its store and hands it to WhatsApp: {@link PageEvent.Acked} or {@link PageEvent.SendFailed} follows. One whose stanza id
     * the page already holds (all of its own life, and the last 100 messages of the chat from before) is not submitted again; the answer is
     * {@link Known}. One that WhatsApp has refused ({@link Failed}) is submitted again, under the same id.
     */
    record Send(List<OutgoingMessage> messages) implements Command<List<SendAnswer>> {}

    /**
     * Looks a message up by its stanza id in the page's own store (memory, then IndexedDB). Fails ({@link PageException.Kind#FAILED}) while the
     * page is not linked and synced, because then everything would seem absent.
     */
    record Find(Jid chat, String stanzaId) implements Command<Finding> {}

    /**
     * Fetches the file of a message that the page holds, decrypted, into a new file; the bytes pass in pieces, so memory does not grow with them. Fails
     * with {@link Request.Refusal} {@code MESSAGE_NOT_FOUND} or {@code MEDIA_GONE}.
     */
    record Download(Jid chat, String stanzaId, Path into) implements Command<Downloaded> {}

    /** {@code size} in bytes. */
    record Downloaded(String mimetype, long size) {}

    /** Which of at most 100 numbers are on WhatsApp; a number that is not is absent from the answer. */
    record CheckNumbers(List<Jid> numbers) implements Command<Map<Jid, Person>> {}

    /** Asks for the 8 characters that are typed into the phone instead of scanning a QR code. */
    record RequestPairingCode(String phone) implements Command<String> {}

    /** Makes WhatsApp show a new QR code, also after it gave up; the code comes as {@link PageEvent.QrCode}. */
    record RefreshQr() implements Command<Boolean> {}

    record ReadStatus() implements Command<PageStatus> {}

    /** Whether the page really works: its store takes and gives a record, and WhatsApp's server answers a question of its own. */
    record Probe() implements Command<Pulse> {}

    /** {@code false}: tried and did not work in the time that the page gives it (5 s each). */
    record Pulse(boolean store, boolean server) {}

    /** Removes the link at WhatsApp; the page reloads unlinked. */
    record Logout() implements Command<Boolean> {}

    /** The answer to one message of {@link Send}. */
    sealed interface SendAnswer {}

    record Taken() implements SendAnswer {}

    record Known(Ack ack) implements SendAnswer {}

    /** Not submitted, nothing is in the page's store. */
    record Refused(Reason reason, String detail) implements SendAnswer {}

    /** Why a message was not submitted. */
    enum Reason {
        NOT_ON_WHATSAPP,
        QUOTED_NOT_FOUND,
        GROUP_NOT_FOUND,
        /** We are not in the group, or only its admins may write. */
        NOT_ALLOWED,
        /** WhatsApp cannot make a message of the file. */
        MEDIA_REFUSED,
        /** The file could not be brought to WhatsApp's servers. */
        UPLOAD_FAILED,
        /** The page is not linked or not synced (yet). */
        NOT_READY,
        /** The account may not write to strangers for some time. */
        RESTRICTED,
        /** wa-js or the page threw; the detail has its words. */
        PAGE_ERROR
    }

    /** What the page's store says of a stanza id. */
    sealed interface Finding {}

    record Absent() implements Finding {}

    /** {@code Ack.NONE}: it waits in the page's own outbox and may still go out by itself. */
    record Present(Ack ack) implements Finding {}

    /** WhatsApp refused it; it will not go out by itself. */
    record Failed() implements Finding {}
}
