package io.kurir.reporting;

import io.kurir.access.Reach;
import io.kurir.contact.ContactOperations;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.message.MessageOperations;
import io.kurir.reporting.Reports.Query;
import io.kurir.reporting.Reports.When;
import io.kurir.session.DeviceOperations;
import io.kurir.session.Devices;
import java.util.Optional;

/** The operations tagged {@code single-device}: each finds the caller's device and is the native one from there on. */
public final class SingleDeviceOperations {
    private final Devices devices;
    private final DeviceOperations life;
    private final MessageOperations messages;
    private final ContactOperations contacts;
    private final Reports reports;

    public SingleDeviceOperations(
            Devices devices,
            DeviceOperations life,
            MessageOperations messages,
            ContactOperations contacts,
            Reports reports) {
        this.devices = devices;
        this.life = life;
        this.messages = messages;
        this.contacts = contacts;
        this.reports = reports;
    }

    public Answer status(Ask ask) {
        return life.status(mine(ask));
    }

    public Answer connect(Ask ask) {
        return life.connect(mine(ask));
    }

    /** WhatsApp renews its code by itself: the one that is valid now is a new one. */
    public Answer regenerateQr(Ask ask) {
        Ask mine = mine(ask);
        if (devices.get(mine.reach(), mine.text("deviceId")).linked()) {
            throw Problem.of(Problem.Code.ALREADY_LINKED, "the device is linked already; disconnect it first");
        }
        return life.connect(mine);
    }

    public Answer disconnect(Ask ask) {
        return life.disconnect(mine(ask));
    }

    public Answer sendMessage(Ask ask) {
        return messages.send(mine(ask));
    }

    /** Newest first. */
    public Answer messages(Ask ask) {
        Query query = Query.of(mine(ask).text("deviceId"), When.EVER);
        Reports.Listing found = reports.messages(ask.reach(), query, ask.page(), ask.pageSize());
        return Answer.page(
                found.total() + " messages",
                Answer.array(found.entries().stream().map(ReportJson::model).toList()),
                ask.page(),
                ask.pageSize(),
                found.total());
    }

    public Answer contacts(Ask ask) {
        return contacts.list(mine(ask));
    }

    /** About the device that is named, else about the oldest of the caller's own: an admin has others in reach, and does not mean them. */
    private Ask mine(Ask ask) {
        if (ask.optionalText("deviceId").isPresent()) {
            return ask;
        }
        Reach own = new Reach(Optional.of(ask.caller().userId()), ask.caller().devices());
        return devices.list(own, Optional.empty(), Optional.empty(), Devices.Order.OLDEST, 1, 1).devices().stream()
                .findFirst()
                .map(device -> ask.about(device.deviceId()))
                .orElseThrow(() -> Problem.of(Problem.Code.SESSION_NOT_FOUND, "you have no device"));
    }
}
