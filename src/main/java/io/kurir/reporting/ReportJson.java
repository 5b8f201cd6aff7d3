package io.kurir.reporting;

import io.kurir.contact.Contact;
import io.kurir.http.Timestamps;
import io.kurir.message.Contents;
import io.kurir.message.Message;
import io.kurir.session.Device;
import io.kurir.session.DeviceState;
import io.kurir.statistics.Statistics.Partner;
import io.kurir.statistics.Statistics.Span;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reports in the words of the clients that read them: snake_case for the dashboard, the message model of the single-device API else. */
final class ReportJson {
    private ReportJson() {}

    static JsonObject session(Device device, Optional<String> remark) {
        return new JsonObject()
                .put("session_id", device.deviceId())
                .put("session_name", device.name())
                .put("user_id", device.ownerId())
                .put("whatsapp_number", device.phone().orElse(null))
                .put("status", device.state().status())
                .put("is_connected", device.state() == DeviceState.CONNECTED)
                .put("keterangan", remark.orElse(""))
                .put("last_seen", device.lastSeen().map(Timestamps::write).orElse(null))
                .put("created_at", Timestamps.write(device.createdAt()))
                .put("updated_at", Timestamps.write(device.updatedAt()));
    }

    static JsonObject message(Reports.Entry entry) {
        return new JsonObject()
                .put("id", entry.id())
                .put("message_id", entry.stanzaId())
                .put("session_id", entry.deviceId())
                .put("direction", direction(entry))
                .put("sender_number", sender(entry).orElse(null))
                .put("receiver_number", receiver(entry).orElse(null))
                .put("chat_id", entry.chat().toString())
                .put("group_id", entry.chat().isGroup() ? entry.chat().toString() : null)
                .put("contact_name", entry.name().orElse(null))
                .put("message_type", Contents.word(entry.content()))
                .put("message", entry.content().words())
                .put("status", Message.status(entry.phase(), entry.ack()))
                .put("timestamp", Timestamps.write(entry.at()));
    }

    /** As {@link #message}, in the words of the single-device API and of the admin's lists. */
    static JsonObject model(Reports.Entry entry) {
        return new JsonObject()
                .put("id", entry.id())
                .put("messageId", entry.stanzaId())
                .put("deviceId", entry.deviceId())
                .put("direction", direction(entry))
                .put("fromNumber", sender(entry).orElse(null))
                .put("toNumber", receiver(entry).orElse(null))
                .put("chatId", entry.chat().toString())
                .put("contactName", entry.name().orElse(null))
                .put("messageType", Contents.word(entry.content()))
                .put("content", entry.content().words())
                .put("status", Message.status(entry.phase(), entry.ack()))
                .put("state", entry.phase().word())
                .put("failure", entry.failure().orElse(null))
                .put("timestamp", Timestamps.write(entry.at()))
                .put("createdAt", Timestamps.write(entry.createdAt()));
    }

    private static String direction(Reports.Entry entry) {
        return entry.outgoing() ? "outgoing" : "incoming";
    }

    /** Empty where WhatsApp hides the number. */
    private static Optional<String> sender(Reports.Entry entry) {
        return entry.outgoing() ? entry.own() : number(entry.author().orElse(entry.chat()));
    }

    /** Empty for a group too. */
    private static Optional<String> receiver(Reports.Entry entry) {
        return entry.outgoing() ? number(entry.chat()) : entry.own();
    }

    private static Optional<String> number(Jid jid) {
        return Optional.of(jid).filter(Jid::isPhone).map(Jid::user);
    }

    static JsonObject link(Reports.GroupLink link) {
        Contact group = link.group().contact();
        return new JsonObject()
                .put("session_id", link.group().deviceId())
                .put("group_id", group.id().toString())
                .put("group_name", group.displayName().orElse(null))
                .put("link", link.link().orElse(null))
                .put("updated_at", Timestamps.write(link.group().updatedAt()));
    }

    /** Who wrote to whom: up to two rows of one partner, the partner's own first. */
    static Stream<JsonObject> mapping(Partner partner) {
        Optional<String> theirs = number(Jid.parse(partner.partner()));
        return Stream.of(
                        partner.in().map(span -> way(partner, theirs, partner.phone(), partner.incoming(), span)),
                        partner.out().map(span -> way(partner, partner.phone(), theirs, partner.outgoing(), span)))
                .flatMap(Optional::stream);
    }

    private static JsonObject way(
            Partner partner, Optional<String> sender, Optional<String> receiver, long count, Span span) {
        return new JsonObject()
                .put("session_id", partner.deviceId())
                .put("sender_number", sender.orElse(null))
                .put("receiver_number", receiver.orElse(null))
                .put("chat_id", partner.partner())
                .put("total_messages", count)
                .put("first_message_at", Timestamps.write(span.first()))
                .put("last_message_at", Timestamps.write(span.last()));
    }

    /** The other one than {@code digits}. */
    static JsonObject contact(Partner partner, String digits) {
        Jid chat = Jid.parse(partner.partner());
        boolean own = partner.phone().filter(digits::equals).isPresent();
        List<Span> spans =
                Stream.of(partner.in(), partner.out()).flatMap(Optional::stream).toList();
        return new JsonObject()
                .put("session_id", partner.deviceId())
                .put("contact_number", (own ? number(chat) : partner.phone()).orElse(null))
                .put("contact_name", own ? partner.name().orElse(null) : null)
                .put("chat_id", partner.partner())
                .put("total_messages", partner.incoming() + partner.outgoing())
                .put("incoming_messages", partner.incoming())
                .put("outgoing_messages", partner.outgoing())
                .put(
                        "first_message_at",
                        extreme(spans.stream().map(Span::first).sorted().findFirst()))
                .put("last_message_at", extreme(spans.stream().map(Span::last).max(Instant::compareTo)));
    }

    private static String extreme(Optional<Instant> at) {
        return at.map(Timestamps::write).orElseThrow(); // a partner without messages is none
    }

    static JsonObject allowed(AllowedNumber number) {
        return new JsonObject()
                .put("id", number.id())
                .put("session_id", number.deviceId())
                .put("whatsapp_number", number.digits())
                .put("status", number.status().word())
                .put("created_at", Timestamps.write(number.createdAt()))
                .put("updated_at", Timestamps.write(number.updatedAt()));
    }
}
