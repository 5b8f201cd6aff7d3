package io.kurir.event;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every type of event that there is; {@code asyncapi.yaml} says of each what its data has. */
public enum EventType {
    /** Emitted when a device changes its state. */
    DEVICE_STATUS("device-status"),
    /** Emitted when a device in trouble is about to be brought back, before each try. */
    DEVICE_HEALING("device.healing"),
    /** Emitted when WhatsApp tells that the account may not write to strangers for a while; what is cold waits. */
    DEVICE_RESTRICTED("device.restricted"),
    /** Emitted when WhatsApp shows a new QR code; only callers that may manage devices get it. */
    QR_CODE("qr-code", true),
    /** Emitted when somebody in a chat starts or stops typing, or comes online. */
    PRESENCE("presence", true),
    /** Emitted when a message arrives, or one that was written on the phone is mirrored; once more when what was ciphertext can be read. */
    MESSAGE_RECEIVED("message.received"),
    /** Emitted when an outgoing message comes a step further: taken by the server, delivered, read, or failed for good. */
    MESSAGE_STATUS("message.status"),
    /** Emitted when the file of an incoming message is here, or is known to be gone. */
    MESSAGE_MEDIA("message.media"),
    /** Emitted when the text of a message is changed by its author. */
    MESSAGE_EDITED("message.edited"),
    /** Emitted when a message is deleted for everyone. */
    MESSAGE_REVOKED("message.revoked"),
    /** Emitted when somebody reacts to a message, or takes the reaction back. */
    MESSAGE_REACTION("message.reaction"),
    /** Emitted when somebody votes in a poll, or changes a vote. */
    POLL_VOTE("poll.vote"),
    /** Emitted when a group's members or properties change, also by ourselves. */
    GROUP_CHANGED("group.changed"),
    /** Emitted when it becomes known which number belongs to a LID: from now on the person has the name contactId. */
    CONTACT_MERGED("contact.merged"),
    /** Emitted when a number says stop: nothing but replies goes to it any more. */
    CONTACT_SUPPRESSED("contact.suppressed"),
    /** Emitted when a job has gone further, at most about once a second per job. */
    JOB_PROGRESS("job.progress"),
    /** Emitted when a job stops for a while, by whomever. */
    JOB_PAUSED("job.paused"),
    /** Emitted when a job has come to its end: completed, failed or cancelled. */
    JOB_COMPLETED("job.completed"),
    /** Emitted when an endpoint does not answer any more and its deliveries wait. */
    WEBHOOK_DOWN("webhook.down"),
    /** Emitted when the endpoint of a webhook that was down answers again. */
    WEBHOOK_UP("webhook.up"),
    /** Emitted when an endpoint was down for so long that its webhook was disabled. */
    WEBHOOK_DISABLED("webhook.disabled"),
    /** Emitted when a message that an AI was to answer gets no answer, for whatever reason. */
    AGENT_FAILED("agent.failed"),
    /** Emitted when the data of a person is erased: it stands in the place of each event that told of the person, so that counters have no gap. */
    EVENT_ERASED("event.erased");

    private static final Map<String, EventType> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventType::word, Function.identity()));

    private final String word;
    private final boolean live;

    EventType(String word) {
        this(word, false);
    }

    EventType(String word, boolean live) {
        this.word = word;
        this.live = live;
    }

    public static Optional<EventType> of(String word) {
        return Optional.ofNullable(BY_WORD.get(word));
    }

    /** As stored and told: {@code message.received}. */
    public String word() {
        return word;
    }

    /** Told as it happens and never stored. */
    public boolean live() {
        return live;
    }
}
