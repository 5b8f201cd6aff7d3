package io.kurir.whatsapp;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a page can be asked. A command answers as soon as the page has taken it; what becomes of it later comes as a
 * {@link PageEvent}, so that no command waits for WhatsApp's network longer than it must.
 *
 * @param <R> the answer
 */
public sealed interface Command<R> {

    /**
     * Submits texts, those of one chat in the given order. The answer has one entry per text, in order. {@link Taken} says only that the page
     * has it in its store and hands it to WhatsApp: {@link PageEvent.Acked} or {@link PageEvent.SendFailed} follows. A text whose stanza id the
     * page already holds (all of its own life, and the last 100 messages of the chat from before) is not submitted again; the answer is
     * {@link Known}. One that WhatsApp has refused ({@link Failed}) is submitted again, under the same id.
     */
    record Send(List<OutgoingText> texts) implements Command<List<SendAnswer>> {}

    /**
     * Looks a message up by its stanza id in the page's own store (memory, then IndexedDB). Fails ({@link PageException.Kind#FAILED}) while the
     * page is not linked and synced, because then everything would seem absent.
     */
    record Find(Jid chat, String stanzaId) implements Command<Finding> {}

    /** Which of at most 100 numbers are on WhatsApp; a number that is not is absent from the answer. */
    record CheckNumbers(List<Jid> numbers) implements Command<Map<Jid, Person>> {}

    /** Asks for the 8 characters that are typed into the phone instead of scanning a QR code. */
    record RequestPairingCode(String phone) implements Command<String> {}

    /** Makes WhatsApp show a new QR code, also after it gave up; the code comes as {@link PageEvent.QrCode}. */
    record RefreshQr() implements Command<Boolean> {}

    record ReadStatus() implements Command<PageStatus> {}

    /** Removes the link at WhatsApp; the page reloads unlinked. */
    record Logout() implements Command<Boolean> {}

    /** The answer to one text of {@link Send}. */
    sealed interface SendAnswer {}

    record Taken() implements SendAnswer {}

    record Known(Ack ack) implements SendAnswer {}

    /** Not submitted, nothing is in the page's store. */
    record Refused(Reason reason, String detail) implements SendAnswer {}

    /** Why a text was not submitted; whether trying again can help is the reason's own knowledge. */
    enum Reason {
        NOT_ON_WHATSAPP(false),
        QUOTED_NOT_FOUND(false),
        /** The page is not linked or not synced (yet). */
        NOT_READY(true),
        /** wa-js or the page threw; the detail has its words. */
        PAGE_ERROR(true);

        private final boolean retryable;

        Reason(boolean retryable) {
            this.retryable = retryable;
        }

        public boolean retryable() {
            return retryable;
        }
    }

    /** Both names of one person; the number is unknown where WhatsApp hides it. */
    record Person(Optional<Jid> phone, Optional<Jid> lid) {}

    /** What the page's store says of a stanza id. */
    sealed interface Finding {}

    record Absent() implements Finding {}

    /** {@code Ack.NONE}: it waits in the page's own outbox and may still go out by itself. */
    record Present(Ack ack) implements Finding {}

    /** WhatsApp refused it; it will not go out by itself. */
    record Failed() implements Finding {}
}
