package io.kurir.agent;

import io.kurir.Names;
import io.kurir.whatsapp.Jid;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * One incoming message that is to be answered, claimed for a call.
 *
 * @param claim tells this call from an earlier one that has lost the run
 * @param attempts calls that have failed
 * @param messageId the incoming message's stanza id
 * @param sessionId who wrote it
 * @param responder as it is configured now
 */
record Run(
        long id,
        int claim,
        int attempts,
        Instant createdAt,
        String deviceId,
        String messageId,
        Jid chat,
        Jid sessionId,
        String text,
        String senderName,
        String chatName,
        Who responder) {

    /** Who answers, or why nobody does. */
    sealed interface Who {}

    record Somebody(Responder responder) implements Who {}

    record Nobody(String why) implements Who {}

    /** The same in every attempt and on every node, so that whatever dies in between, a message has one answer. */
    Names names() {
        return names("reply");
    }

    Names names(String what) {
        return Names.of(("kurir agent 1\0" + what + "\0" + deviceId + "\0" + messageId + "\0" + id)
                .getBytes(StandardCharsets.UTF_8));
    }

    /** Its name; empty where nobody answers. */
    String agent() {
        return switch (responder) {
            case Somebody somebody -> somebody.responder().name();
            case Nobody _ -> "";
        };
    }

    /** What logs, the alert and the call to the endpoint name it by. */
    String traceId() {
        return "agent-run-" + id;
    }

    Question question() {
        return new Question(
                deviceId,
                text,
                sessionId.toString(),
                Optional.empty(),
                senderName,
                chat.toString(),
                chatName,
                Optional.of(messageId));
    }
}
