package io.kurir.contact;

import io.kurir.access.Reach;
import io.kurir.bus.Bus;
import io.kurir.http.Problem;
import io.kurir.http.Problem.Detail;
import io.kurir.session.Device;
import io.kurir.session.DeviceState;
import io.kurir.session.Devices;
import io.kurir.session.Owners;
import io.kurir.session.Pages;
import io.kurir.session.SessionApi;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Request;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A device's people, and which numbers are on WhatsApp. To be called on a virtual thread. */
public final class AddressBook {
    private static final Duration MOMENT = Duration.ofSeconds(5);
    private static final Duration ASKING = Duration.ofSeconds(20);

    /** {@code fresh}: WhatsApp was asked, at most five seconds ago; else this is what is remembered. */
    public record Listing(List<Contact> contacts, long total, boolean fresh) {}

    /** {@code number} as it was written; {@code contact} is empty where it is not on WhatsApp. */
    public record Checked(String number, Optional<Contact> contact) {}

    private final Devices devices;
    private final Pages pages;
    private final Owners owners;
    private final Contacts contacts;
    private final NumberChecks numbers;
    private final Recent<Boolean> asked = new Recent<>(MOMENT);

    public AddressBook(Devices devices, Pages pages, Owners owners, Contacts contacts, NumberChecks numbers) {
        this.devices = devices;
        this.pages = pages;
        this.owners = owners;
        this.contacts = contacts;
        this.numbers = numbers;
    }

    /** People by name; of a device that is not connected those that are remembered. */
    public Listing list(
            Reach reach, String deviceId, Optional<String> search, Optional<Boolean> saved, int page, int pageSize) {
        boolean connected = devices.get(reach, deviceId).state() == DeviceState.CONNECTED;
        boolean fresh = connected
                && asked.get(deviceId, () -> ask(deviceId)).otherwise(false).await();
        Contacts.Listing listing =
                contacts.list(deviceId, search, saved, page, pageSize).await();
        return new Listing(listing.contacts(), listing.total(), fresh);
    }

    private Future<Boolean> ask(String deviceId) {
        return pages.ask(deviceId, new Request.ListContacts(), ASKING)
                .compose(answer -> contacts.learnAll(
                        deviceId, answer.contacts().stream().map(Sighting::of).toList()))
                .map(true);
    }

    /**
     * In the order of {@code written}.
     *
     * @throws Problem {@code INVALID_PAYLOAD} that names every {@code numbers[i]} that is none, {@code SESSION_NOT_READY}
     */
    public List<Checked> check(Reach reach, String deviceId, List<String> written) {
        Device device = devices.get(reach, deviceId);
        if (device.state() != DeviceState.CONNECTED) {
            throw Problem.of(Problem.Code.SESSION_NOT_READY, "device " + deviceId + " is not connected");
        }
        List<Jid> jids = readable(written, devices.country(device));
        Set<Jid> there = new HashSet<>();
        Supplier<Future<Set<String>>> ask = once(deviceId, jids);
        for (Jid jid : jids) {
            if (numbers.check(jid, () -> ask.get().map(found -> found.contains(jid.user())))
                    .await()) {
                there.add(jid);
            }
        }
        var known = contacts.names(deviceId, jids).await();
        List<Checked> checked = new ArrayList<>();
        for (int i = 0; i < jids.size(); i++) {
            checked.add(new Checked(
                    written.get(i),
                    Optional.of(jids.get(i)).filter(there::contains).map(known)));
        }
        return checked;
    }

    private List<Jid> readable(List<String> written, String country) {
        List<Jid> jids = new ArrayList<>();
        List<Detail> wrong = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            String field = "numbers[" + i + "]";
            try {
                Jid jid = PhoneNumbers.person(field, written.get(i), country);
                if (jid.isPhone()) {
                    jids.add(jid);
                } else {
                    wrong.add(new Detail(field, "is not a number"));
                }
            } catch (Problem unreadable) {
                wrong.addAll(unreadable.details());
            }
        }
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
        return jids;
    }

    /** One question for all numbers that this node does not remember, asked with the first of them that nobody does. */
    private Supplier<Future<Set<String>>> once(String deviceId, List<Jid> jids) {
        List<String> unknown = jids.stream()
                .filter(jid -> !numbers.remembers(jid))
                .map(Jid::user)
                .distinct()
                .toList();
        List<Future<Set<String>>> asking = new ArrayList<>();
        return () -> {
            if (asking.isEmpty()) {
                asking.add(owners.ask(
                                deviceId,
                                SessionApi.checkNumbers(deviceId),
                                new SessionApi.CheckNumbers(deviceId, unknown),
                                ASKING)
                        .map(answer -> Set.copyOf(answer.onWhatsApp()))
                        .recover(why -> Future.failedFuture(
                                why instanceof Bus.Nobody || why instanceof Bus.NotOwner
                                        ? Problem.of(
                                                Problem.Code.SESSION_NOT_READY, "the device's session is not running")
                                        : why)));
            }
            return asking.getFirst();
        };
    }
}
