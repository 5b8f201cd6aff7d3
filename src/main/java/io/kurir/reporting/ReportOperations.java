package io.kurir.reporting;

import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.reporting.Reports.Query;
import io.kurir.reporting.Reports.Side;
import io.kurir.reporting.Reports.When;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import io.kurir.statistics.Statistics;
import io.kurir.statistics.Statistics.Counts;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonObject;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The operations tagged {@code reporting}, but for allowed numbers. */
public final class ReportOperations {
    private static final String SESSION = "session_id";

    private final Reports reports;
    private final Devices devices;
    private final Statistics statistics;

    public ReportOperations(Reports reports, Devices devices, Statistics statistics) {
        this.reports = reports;
        this.devices = devices;
        this.statistics = statistics;
    }

    public Answer session(Ask ask) {
        Device device = devices.get(ask.reach(), ask.text("id"));
        return Answer.ok("Session", session(device, reports.remarks(List.of(device))));
    }

    public Answer sessionsOfUser(Ask ask) {
        Devices.Listing found = reports.sessionsOf(ask.reach(), ask.number("id"), ask.page(), ask.pageSize());
        Map<String, String> remarks = reports.remarks(found.devices());
        List<JsonObject> sessions =
                found.devices().stream().map(each -> session(each, remarks)).toList();
        return page(ask, "sessions", sessions, found.total());
    }

    private static JsonObject session(Device device, Map<String, String> remarks) {
        return ReportJson.session(device, Optional.ofNullable(remarks.get(device.deviceId())));
    }

    public Answer remark(Ask ask) {
        String remark = ask.field("keterangan");
        Device device = reports.remark(ask.reach(), ask.text("id"), remark);
        return Answer.ok("Noted", ReportJson.session(device, Optional.of(remark)));
    }

    public Answer stats(Ask ask) {
        Optional<LocalDate> date = date(ask, "date");
        Statistics.Range day = statistics.range(ask.reach(), ask.text(SESSION), date, date, 1);
        Counts counts = day.total();
        return Answer.ok(
                "Statistics of a day",
                new JsonObject()
                        .put(SESSION, day.deviceId())
                        .put("date", day.days().getFirst().date().toString())
                        .put("timezone", day.zone().getId())
                        .put("total_messages", counts.incoming() + counts.outgoing())
                        .put("incoming_messages", counts.incoming())
                        .put("outgoing_messages", counts.outgoing())
                        .put("failed_messages", counts.failed())
                        .put("active_chats", counts.activeChats())
                        .put("response_rate", counts.responseRate().orElse(null)));
    }

    public Answer details(Ask ask) {
        return messages(ask, Query.of(ask.text(SESSION), When.Days.of(date(ask, "date"))));
    }

    public Answer groupLinks(Ask ask) {
        Reports.GroupLinks found = reports.groupLinks(ask.reach(), ask.text(SESSION), ask.page(), ask.pageSize());
        return page(ask, "groups", found.links().stream().map(ReportJson::link).toList(), found.total());
    }

    /** Of the devices that have the number. */
    public Answer byNumber(Ask ask) {
        Side side = new Side(Optional.of(number(ask, "whatsapp_number")), Optional.empty(), Optional.empty());
        return messages(ask, Query.of(When.Days.of(date(ask, "date")), false, side));
    }

    /** What came from the sender to a device of ours, and what such a device sent to the receiver. */
    public Answer filtered(Ask ask) {
        Optional<String> sender = optionalNumber(ask, "sender_number");
        Optional<String> receiver = optionalNumber(ask, "receiver_number");
        Side in = new Side(receiver, sender.map(Jid::ofPhone), Optional.of(false));
        Side out = new Side(sender, receiver.map(Jid::ofPhone), Optional.of(true));
        return messages(ask, Query.of(days(ask), oldestFirst(ask), in, out));
    }

    public Answer conversation(Ask ask) {
        String one = number(ask, "phone1");
        String other = number(ask, "phone2");
        List<Side> sides = new ArrayList<>(List.of(between(one, other)));
        if (!one.equals(other)) {
            sides.add(between(other, one));
        }
        return messages(ask, Query.of(days(ask), oldestFirst(ask), sides.toArray(Side[]::new)));
    }

    private static Side between(String own, String partner) {
        return new Side(Optional.of(own), Optional.of(Jid.ofPhone(partner)), Optional.empty());
    }

    /** What the number wrote and what was written to it, as one of ours or as somebody else. */
    public Answer ofNumber(Ask ask) {
        String digits = number(ask, "phone_number");
        return messages(ask, Reports.ofNumber(digits, days(ask), oldestFirst(ask)));
    }

    public Answer mapping(Ask ask) {
        Statistics.Partners found = partners(ask, number(ask, "phone_number"));
        return page(
                ask,
                "partners",
                found.partners().stream().flatMap(ReportJson::mapping).toList(),
                found.total());
    }

    public Answer contacts(Ask ask) {
        String digits = number(ask, "phone_number");
        Statistics.Partners found = partners(ask, digits);
        return page(
                ask,
                "contacts",
                found.partners().stream()
                        .map(partner -> ReportJson.contact(partner, digits))
                        .toList(),
                found.total());
    }

    private Statistics.Partners partners(Ask ask, String digits) {
        return reports.partners(ask.reach(), digits, days(ask), ask.page(), ask.pageSize());
    }

    private Answer messages(Ask ask, Query query) {
        Reports.Listing found = reports.messages(ask.reach(), query, ask.page(), ask.pageSize());
        return page(
                ask,
                "messages",
                found.entries().stream().map(ReportJson::message).toList(),
                found.total());
    }

    private static Answer page(Ask ask, String what, List<JsonObject> items, long total) {
        return Answer.page(total + " " + what, Answer.array(items), ask.page(), ask.pageSize(), total);
    }

    private static When.Days days(Ask ask) {
        When.Days days = new When.Days(date(ask, "start_date"), date(ask, "end_date"));
        if (days.from().isPresent()
                && days.to().filter(to -> to.isBefore(days.from().get())).isPresent()) {
            throw Problem.invalid("end_date", "is before start_date");
        }
        return days;
    }

    private static Optional<LocalDate> date(Ask ask, String parameter) {
        return ask.optionalText(parameter).map(LocalDate::parse); // the contract has looked at it
    }

    private static boolean oldestFirst(Ask ask) {
        return ask.text("order").equals("asc");
    }

    private String number(Ask ask, String parameter) {
        return PhoneNumbers.digits(parameter, ask.text(parameter), devices.country());
    }

    private Optional<String> optionalNumber(Ask ask, String parameter) {
        return ask.optionalText(parameter).map(written -> PhoneNumbers.digits(parameter, written, devices.country()));
    }
}
