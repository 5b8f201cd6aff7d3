package io.kurir.message;

import io.kurir.access.Reach;
import io.kurir.event.EventLog;
import io.kurir.http.Problem;
import io.kurir.http.Problem.Code;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import io.kurir.session.Pages;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Request;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What can be done to a message that was sent or received: react to it, edit it, delete it for everyone. WhatsApp does it first, then it is
 * written down; what the page tells of it afterwards is the same thing and changes nothing. To be called on a virtual thread.
 */
public final class MessageChanges {
    private final Messages messages;
    private final Devices devices;
    private final Pages pages;
    private final IncomingStore store;
    private final EventLog events;

    public MessageChanges(Pool pool, Messages messages, Devices devices, Pages pages, EventLog events) {
        this.messages = messages;
        this.devices = devices;
        this.pages = pages;
        this.store = new IncomingStore(pool);
        this.events = events;
    }

    /** {@code emoji}: one, or empty to take the reaction back. Throws {@code MESSAGE_NOT_FOUND}, {@code SESSION_NOT_READY} and what WhatsApp says. */
    public Message react(Reach reach, String deviceId, String anyId, String emoji) {
        Message message = existing(reach, deviceId, anyId);
        pages.ask(deviceId, new Request.React(message.chat(), message.stanzaId(), emoji));
        Device device = devices.get(reach, deviceId);
        String me = device.phone().map(Jid::ofPhone).map(Jid::toString).orElse("");
        return applied(
                reach,
                deviceId,
                new Change(
                        message.stanzaId(),
                        message.chat(),
                        Change.Kind.REACTION,
                        Change.ME,
                        Instant.now(),
                        JsonObject.of("from", me, "fromMe", true, "emoji", emoji)));
    }

    /** Changes the text or caption of an own message; also {@code NOT_OWN_MESSAGE}, {@code MESSAGE_TOO_OLD}. */
    public Message edit(Reach reach, String deviceId, String anyId, String text) {
        if (text.isBlank()) {
            throw Problem.invalid("message", "must have 1 to " + Drafts.LONGEST_TEXT + " characters");
        }
        Drafts.words("message", text, Drafts.LONGEST_TEXT);
        Message message = existing(reach, deviceId, anyId);
        if (!message.outgoing()) {
            throw Problem.of(Code.NOT_OWN_MESSAGE, "only messages that this device has sent can be edited");
        }
        if (message.content() instanceof Content.Media) {
            Drafts.words("message", text, Drafts.LONGEST_CAPTION);
        }
        pages.ask(deviceId, new Request.Edit(message.chat(), message.stanzaId(), text));
        return applied(reach, deviceId, Change.edit(message.chat(), message.stanzaId(), text, Instant.now()));
    }

    /** Deletes a message for everyone; somebody else's only by an admin of the group. */
    public Message revoke(Reach reach, String deviceId, String anyId) {
        Message message = existing(reach, deviceId, anyId);
        if (!message.outgoing() && !message.chat().isGroup()) {
            throw Problem.of(Code.NOT_OWN_MESSAGE, "only messages that this device has sent can be deleted");
        }
        pages.ask(deviceId, new Request.Revoke(message.chat(), message.stanzaId()));
        return applied(reach, deviceId, Change.revoke(message.chat(), message.stanzaId(), Instant.now()));
    }

    private Message existing(Reach reach, String deviceId, String anyId) {
        Message message = messages.get(reach, deviceId, anyId);
        messages.requireConnected(reach, deviceId);
        if (message.outgoing() && message.ack() == Ack.NONE) {
            throw Problem.of(
                    Code.CONFLICT,
                    "WhatsApp does not have this message; it is "
                            + message.phase().word());
        }
        if (message.changes().revokedAt().isPresent()) {
            throw Problem.of(Code.CONFLICT, "this message was deleted");
        }
        return message;
    }

    private Message applied(Reach reach, String deviceId, Change change) {
        if (store.change(deviceId, Optional.empty(), List.of(change)).await() > 0) {
            events.told(deviceId);
        }
        return messages.get(reach, deviceId, change.stanzaId());
    }
}
