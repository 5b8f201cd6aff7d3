package io.kurir.whatsapp;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a page tells by itself, in the order in which it happened. */
public sealed interface PageEvent {

    /** What has happened to messages, people and groups: true whatever becomes of the page that tells it. */
    sealed interface Fact extends PageEvent {}

    /** Emitted when WhatsApp shows a new QR code; {@code code} is the raw text to draw. */
    record QrCode(String code) implements PageEvent {}

    /** Emitted when WhatsApp stopped renewing the QR code because nobody scanned it. */
    record QrExpired() implements PageEvent {}

    /** Emitted when the phone has accepted the link and the page starts to load its history. */
    record Linked(Identity me) implements PageEvent {}

    /** Emitted when a linked page is connected and has what was queued for it; again after each reconnect. */
    record Ready(Identity me) implements PageEvent {}

    /** Emitted when the page lost WhatsApp's network; it reconnects by itself. */
    record SocketLost() implements PageEvent {}

    /** Emitted when the server or a recipient confirmed our messages, or a message of ours is found confirmed. */
    record Acked(Jid chat, List<String> stanzaIds, Ack ack) implements Fact {}

    /** Emitted when WhatsApp refused a message that the page had taken; it will not go out by itself. */
    record SendFailed(String stanzaId, String reason) implements PageEvent {}

    /** Emitted when a message arrived, or one written on the phone was mirrored. */
    record Received(IncomingMessage message) implements Fact {}

    /** Emitted when somebody, or we on the phone, reacted to a message; an empty {@code emoji} takes the reaction back. */
    record Reacted(Jid chat, String stanzaId, Person by, boolean fromMe, String emoji, Instant at) implements Fact {}

    /** Emitted when a message was changed by its author, on whatever device. */
    record Edited(Jid chat, String stanzaId, String text, Instant at) implements Fact {}

    /** Emitted when a message was deleted for everyone. */
    record Revoked(Jid chat, String stanzaId, Instant at) implements Fact {}

    /** Emitted when somebody voted; {@code options} are all that they now choose. */
    record Voted(Jid chat, String stanzaId, Person by, List<String> options, Instant at) implements Fact {}

    /**
     * Emitted when a group's members or properties changed, also by ourselves; told again with the same note.
     *
     * @param noteId the stanza id of WhatsApp's note in the chat, where it shows one; several changes may share it
     * @param action {@code add, remove, leave, promote, demote, create, subject, description, announce …}: WhatsApp's word
     * @param value the new subject or description, where the action has one
     */
    record GroupChanged(
            Optional<String> noteId,
            Jid group,
            String action,
            List<Person> people,
            Optional<Person> by,
            Optional<String> value,
            Instant at)
            implements Fact {}

    /** Emitted when WhatsApp told which number belongs to a LID; often long after the first message. */
    record Paired(Jid phone, Jid lid) implements Fact {}

    /** Emitted when a person in a chat starts or stops typing, or comes online. */
    record Presence(Jid chat, String state) implements PageEvent {}

    /** Emitted when the link was removed, on the phone or by us. */
    record LoggedOut(String reason) implements PageEvent {}

    /** Emitted when WhatsApp closed the page's socket because the same link opened another one. */
    record Replaced() implements PageEvent {}

    /** Emitted when the page closed its own socket because nobody extended its deadline, or a newer epoch came. */
    record Fenced() implements PageEvent {}

    /** Emitted when the page is gone: closed, crashed, or its browser died. Nothing follows. */
    record Gone(String reason) implements PageEvent {}
}
