package io.kurir.webhook;

import io.kurir.Settings;
import io.kurir.event.EventType;
import io.kurir.outbound.Circuit;
import java.time.Instant;
import java.util.Optional;

/** What follows from a call: for the delivery, for the endpoint, and for whoever wants to know. */
record Judgement(Outcome outcome, Circuit circuit, Optional<Notice> notice) {
    // The waits between them add up to 2.6 minutes, and with the slowest calls to 5.6. No clock beside that: it would
    // count the time in which the
    // endpoint or this node was away.
    private static final int ATTEMPTS = 6;

    /** What is told as an event of a device of the webhook's owner. */
    enum Notice {
        /** Emitted when a webhook's endpoint counts as down: calls stop but for a probe now and then. */
        DOWN(EventType.WEBHOOK_DOWN),
        /** Emitted when the endpoint of a webhook that was down answers again. */
        UP(EventType.WEBHOOK_UP),
        /** Emitted when a webhook's endpoint was down for so long that the webhook was disabled. */
        DISABLED(EventType.WEBHOOK_DISABLED);

        final String type;

        Notice(EventType type) {
            this.type = type.word();
        }
    }

    static Judgement of(Delivery delivery, Reply reply, Circuit before, Instant now, Settings.Webhook settings) {
        if (reply.taken()) {
            return new Judgement(
                    new Outcome.Done(), Circuit.CLOSED, before.open() ? Optional.of(Notice.UP) : Optional.empty());
        }
        Circuit after = before.failed(reply.away(), delivery.id(), delivery.probe(), now, settings.probeDelay());
        if (!after.open()) {
            return new Judgement(again(delivery, now, settings), after, Optional.empty());
        }
        Optional<Notice> notice = after.exhausted(now, settings.giveUpAfter())
                ? Optional.of(Notice.DISABLED)
                : before.open() ? Optional.empty() : Optional.of(Notice.DOWN);
        return new Judgement(new Outcome.Snooze(), after, notice);
    }

    private static Outcome again(Delivery delivery, Instant now, Settings.Webhook settings) {
        return delivery.attempts() + 1 >= ATTEMPTS
                ? new Outcome.GiveUp("dead")
                : new Outcome.Retry(now.plus(settings.retryDelay().multipliedBy(1L << delivery.attempts())));
    }
}
