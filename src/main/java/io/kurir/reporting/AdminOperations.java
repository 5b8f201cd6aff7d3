package io.kurir.reporting;

import io.kurir.access.Reach;
import io.kurir.contact.ContactOperations;
import io.kurir.contact.Contacts;
import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.kurir.message.Message;
import io.kurir.session.Devices;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The admin's lists of what all devices have; devices and jobs are listed by their own operations. */
public final class AdminOperations {
    private final Reports reports;
    private final Contacts contacts;
    private final Devices devices;
    private final Overview overview;

    public AdminOperations(Reports reports, Contacts contacts, Devices devices, Overview overview) {
        this.reports = reports;
        this.contacts = contacts;
        this.devices = devices;
        this.overview = overview;
    }

    public Answer messages(Ask ask) {
        Optional<Jid> chat = ask.optionalText("number")
                .map(written -> Jid.ofPhone(PhoneNumbers.digits("number", written, devices.country())));
        Reports.Query query = new Reports.Query(
                ask.optionalText("deviceId"),
                List.of(new Reports.Side(
                        Optional.empty(), chat, ask.optionalText("direction").map("outgoing"::equals))),
                new Reports.When.Instants(
                        ask.optionalText("from").map(Timestamps::read),
                        ask.optionalText("until").map(Timestamps::read)),
                ask.optionalText("state").map(Message.Phase::of).map(Set::of).orElseGet(Set::of),
                ask.text("order").equals("asc"));
        Reports.Listing found = reports.messages(reach(ask), query, ask.page(), ask.pageSize());
        return page(
                ask, "messages", found.entries().stream().map(ReportJson::model).toList(), found.total());
    }

    public Answer groups(Ask ask) {
        Contacts.Held held = held(ask, true);
        List<JsonObject> groups = held.entries().stream()
                .map(entry -> of(entry)
                        .put("groupId", entry.contact().id().toString())
                        .put("subject", entry.contact().displayName().orElse(null)))
                .toList();
        return page(ask, "groups", groups, held.total());
    }

    public Answer contacts(Ask ask) {
        Contacts.Held held = held(ask, false);
        List<JsonObject> people = held.entries().stream()
                .map(entry -> of(entry).mergeIn(ContactOperations.json(entry.contact())))
                .toList();
        return page(ask, "contacts", people, held.total());
    }

    private Contacts.Held held(Ask ask, boolean groups) {
        Optional<String> deviceId = ask.optionalText("deviceId");
        deviceId.ifPresent(id -> devices.get(reach(ask), id));
        return contacts.held(reach(ask), deviceId, groups, ask.optionalText("search"), ask.page(), ask.pageSize())
                .await();
    }

    private static JsonObject of(Contacts.Entry entry) {
        return new JsonObject()
                .put("deviceId", entry.deviceId())
                .put("userId", entry.ownerId())
                .put("updatedAt", Timestamps.write(entry.updatedAt()));
    }

    public Answer stats(Ask ask) {
        Overview.Counts counts = overview.counts();
        return Answer.ok(
                "Everything at a glance",
                new JsonObject()
                        .put("users", counts.users())
                        .put("devices", sum(counts.devices()))
                        .put(
                                "messagesToday",
                                new JsonObject()
                                        .put("timezone", counts.zone().getId())
                                        .put("incoming", counts.incoming())
                                        .put("outgoing", counts.outgoing())
                                        .put("failed", counts.failed()))
                        .put("queue", sum(counts.queue()))
                        .put("jobs", sum(counts.jobs())));
    }

    private static JsonObject sum(Map<String, Long> byState) {
        JsonObject states = new JsonObject();
        byState.forEach(states::put);
        return new JsonObject()
                .put(
                        "total",
                        byState.values().stream().mapToLong(Long::longValue).sum())
                .put("byState", states);
    }

    /** An admin's, narrowed to the devices of one user where {@code userId} says so. */
    private static Reach reach(Ask ask) {
        return new Reach(ask.optionalNumber("userId"), ask.reach().devices());
    }

    private static Answer page(Ask ask, String what, List<JsonObject> items, long total) {
        return Answer.page(total + " " + what, Answer.array(items), ask.page(), ask.pageSize(), total);
    }
}
