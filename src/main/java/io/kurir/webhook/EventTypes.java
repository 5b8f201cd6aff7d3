package io.kurir.webhook;

import java.util.Set;

/** What can be subscribed to: everything that is stored in the event log. */
final class EventTypes {
    private static final Set<String> KNOWN = Set.of(
            "device-status",
            "device.healing",
            "message.received",
            "message.status",
            "message.edited",
            "message.revoked",
            "message.reaction",
            "message.media",
            "poll.vote",
            "group.changed",
            "contact.merged",
            "job.progress",
            "job.completed",
            "webhook.down",
            "webhook.up",
            "webhook.disabled");

    private EventTypes() {}

    static boolean known(String type) {
        return KNOWN.contains(type);
    }
}
