package io.kurir.session;

import io.kurir.access.Reach;
import io.kurir.access.ShortMemory;
import io.kurir.bus.Bus;
import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Dialect;
import io.kurir.http.Problem;
import io.kurir.proxy.Proxy;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What can be done with devices. Every method throws {@link io.kurir.http.Problem}: {@code SESSION_NOT_FOUND} for a device that is
 * not there, {@code FORBIDDEN} for one that the reach does not cover. To be called on a virtual thread. Over 300 lines: one short method for each.
 */
public final class Devices {
    /** Opening a page takes seconds, and a page that fails is tried again after a while. */
    private static final Duration OPENING = Duration.ofSeconds(45);

    private static final Duration LOOKING = Duration.ofSeconds(3);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Set<DeviceState> DISCONNECTED =
            Set.of(DeviceState.DISCONNECTED, DeviceState.LOGGED_OUT, DeviceState.ERROR);
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]{3,50}");

    /** {@code deviceId} is made up where it is absent; {@code timezone} is an IANA name, {@code country} two capital letters. */
    public record NewDevice(
            Optional<String> deviceId,
            Optional<String> name,
            long ownerId,
            Optional<Proxy> proxy,
            Optional<String> timezone,
            Optional<String> country) {}

    /** What is to be changed: outside empty, it stays as it is; inside empty, it is taken away. */
    public record Update(
            Optional<String> name,
            Optional<Optional<Proxy>> proxy,
            Optional<Optional<String>> timezone,
            Optional<Optional<String>> country) {}

    /** What a start may do with a device that is not connected. */
    public enum StartPolicy {
        /** Connects it, with a QR code where it has no link. */
        CONNECT,
        /** Refuses one that is disconnected or logged out, or was given up; makes no QR code then. */
        REFUSE_DISCONNECTED
    }

    /** Which devices a list is about: all that is given must fit; {@code search} looks in id, name and phone. */
    public record Filter(Optional<DeviceState> state, Optional<Dialect> dialect, Optional<String> search) {}

    /** What a list begins with. */
    public enum Order {
        NEWEST,
        OLDEST,
        NAME,
        LAST_SEEN
    }

    /** One page of a list; {@code total} counts all that match. */
    public record Listing(List<Device> devices, long total) {}

    private final DeviceStore store;
    private final Owners owners;
    private final String country;
    private final Proxies proxies;
    private final ShortMemory<Called, Device> called = new ShortMemory<>();

    private record Called(Reach reach, Dialect dialect, String externalId) {}

    /** @param country how numbers with a leading 0 are read where a device says nothing */
    public Devices(Pool pool, Owners owners, String country, Proxies proxies) {
        this.store = new DeviceStore(pool);
        this.owners = owners;
        this.country = country;
        this.proxies = proxies;
    }

    /** {@code CONFLICT} when the id is taken, {@code PROXY_UNREACHABLE} when the proxy does not work. */
    public Device create(NewDevice device, Proxies.Setter setter) {
        String deviceId = device.deviceId().orElseGet(Devices::madeUp);
        device.timezone().ifPresent(Devices::checkZone);
        device.proxy().ifPresent(proxy -> proxies.check(proxy, setter));
        return store.create(deviceId, device, Dialect.NATIVE, Optional.empty(), proxies.vault())
                .await()
                .orElseThrow(() -> Problem.of(Problem.Code.CONFLICT, "there is a device " + deviceId + " already"));
    }

    /**
     * A device that clients of a dialect call {@code externalId} (1 to 128 characters), which is also its id where it can be one and is free; else
     * an id is made. {@code CONFLICT} when the dialect has a device of that name, whoever owns it.
     */
    public Device createFor(Dialect dialect, String externalId, long ownerId, Optional<String> name) {
        NewDevice device = new NewDevice(
                Optional.empty(),
                Optional.of(name.orElse(externalId)),
                ownerId,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return Stream.of(externalId, madeUp())
                .filter(Devices::canBeAnId)
                .map(id -> store.create(id, device, dialect, Optional.of(externalId), proxies.vault())
                        .await())
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> Problem.of(Problem.Code.CONFLICT, "there is a device " + externalId + " already"));
    }

    /** What a device is called here that its clients call so: the same where it can be an id, else a made one. */
    static String idFor(String externalId) {
        return canBeAnId(externalId) ? externalId : madeUp();
    }

    /** What a path such as {@code /devices/connected} means otherwise is no id. */
    private static boolean canBeAnId(String id) {
        return ID.matcher(id).matches() && !id.equals("connected");
    }

    /**
     * The device that clients of a dialect call so, or else the one whose id this is: whatever a caller reaches can be used in any dialect. Empty
     * when there is none; {@code FORBIDDEN} for one that the reach does not cover.
     */
    public Optional<Device> findExternal(Reach reach, Dialect dialect, String externalId) {
        Optional<DeviceStore.Found> found =
                store.find(reach, dialect, externalId).await();
        found.filter(other -> !other.reached()).ifPresent(_ -> {
            throw foreign(externalId);
        });
        return found.map(DeviceStore.Found::device);
    }

    /** As {@link #findExternal}, and {@code SESSION_NOT_FOUND} when there is none. */
    public Device external(Reach reach, Dialect dialect, String externalId) {
        return findExternal(reach, dialect, externalId).orElseThrow(() -> unknown(externalId));
    }

    /**
     * {@code use} of {@link #external}, which may be as it was up to 5 seconds ago: for what is judged by the statement that writes, which must throw
     * {@code SESSION_NOT_FOUND} or {@code FORBIDDEN} itself. Then, and when the name means another device by now, {@code use} is called once more.
     */
    public <T> T withExternal(Reach reach, Dialect dialect, String externalId, Function<Device, T> use) {
        Called name = new Called(reach, dialect, externalId);
        Device known =
                called.get(name, () -> findExternal(reach, dialect, externalId)).orElseThrow(() -> unknown(externalId));
        try {
            return use.apply(known);
        } catch (Problem refused) {
            if (refused.code() != Problem.Code.SESSION_NOT_FOUND && refused.code() != Problem.Code.FORBIDDEN) {
                throw refused;
            }
            called.forget(name);
            Device now = external(reach, dialect, externalId);
            if (now.deviceId().equals(known.deviceId())) {
                throw refused;
            }
            return use.apply(now);
        }
    }

    private static String madeUp() {
        byte[] bytes = new byte[6];
        RANDOM.nextBytes(bytes);
        return "device-" + HexFormat.of().formatHex(bytes);
    }

    /** By creation, newest first; {@code state} and {@code search} (in id, name and phone) narrow the list. */
    public Listing list(Reach reach, Optional<DeviceState> state, Optional<String> search, int page, int pageSize) {
        return list(reach, state, search, Order.NEWEST, page, pageSize);
    }

    /** As {@link #list(Reach, Optional, Optional, int, int)}, in another order. */
    public Listing list(
            Reach reach, Optional<DeviceState> state, Optional<String> search, Order order, int page, int pageSize) {
        return store.list(reach, new Filter(state, Optional.empty(), search), order, page, pageSize)
                .await();
    }

    /** By creation, newest first. */
    public Listing list(Reach reach, Filter filter, int page, int pageSize) {
        return store.list(reach, filter, Order.NEWEST, page, pageSize).await();
    }

    public Device get(Reach reach, String deviceId) {
        Device device = store.get(deviceId).await().orElseThrow(() -> unknown(deviceId));
        if (!reach.covers(device.ownerId(), deviceId)) {
            throw foreign(deviceId);
        }
        return device;
    }

    private static Problem foreign(String deviceId) {
        return Problem.of(Problem.Code.FORBIDDEN, "device " + deviceId + " belongs to somebody else");
    }

    private static Problem unknown(String deviceId) {
        return Problem.of(Problem.Code.SESSION_NOT_FOUND, "no device " + deviceId);
    }

    private static void checkZone(String zone) {
        if (!ZoneId.getAvailableZoneIds().contains(zone)) {
            throw Problem.invalid("timezone", "is no time zone such as Asia/Jakarta");
        }
    }

    /** A device that runs and gets another proxy goes on in another browser; its link stays. {@code PROXY_UNREACHABLE} changes nothing. */
    public Device update(Reach reach, String deviceId, Update update, Proxies.Setter setter) {
        Device before = get(reach, deviceId);
        update.timezone().flatMap(zone -> zone).ifPresent(Devices::checkZone);
        Optional<Proxy> old = store.proxy(deviceId, proxies.vault()).await();
        boolean moves = update.proxy().isPresent() && !update.proxy().get().equals(old);
        if (moves) {
            update.proxy().flatMap(proxy -> proxy).ifPresent(proxy -> proxies.check(proxy, setter));
        }
        Device after = store.update(deviceId, update, proxies.vault()).await().orElseThrow(() -> unknown(deviceId));
        if (!moves || !stop(deviceId, SessionApi.Ending.CLOSE)) {
            return after;
        }
        start(deviceId, !before.linked());
        return get(reach, deviceId);
    }

    public Device rename(Reach reach, String deviceId, String name) {
        Update update = new Update(Optional.of(name), Optional.empty(), Optional.empty(), Optional.empty());
        return update(reach, deviceId, update, Proxies.Setter.ANYBODY);
    }

    /** Idempotent: opens the page; a linked device connects, another shows a QR code. Answers when the page is open, or has failed. */
    public Device connect(Reach reach, String deviceId) {
        get(reach, deviceId);
        start(deviceId, true);
        return get(reach, deviceId);
    }

    /** As {@link #connect} where the policy allows it; {@code DEVICE_DISCONNECTED} where it does not. */
    public Device start(Reach reach, String deviceId, StartPolicy policy) {
        Device device = get(reach, deviceId);
        if (policy == StartPolicy.REFUSE_DISCONNECTED && DISCONNECTED.contains(device.state())) {
            throw Problem.of(
                    Problem.Code.DEVICE_DISCONNECTED,
                    "device " + deviceId + " is " + device.state().word() + "; it must be reconnected explicitly");
        }
        return connect(reach, deviceId);
    }

    private void start(String deviceId, boolean qr) {
        owners.start(deviceId, qr).await();
    }

    /** Logs out at WhatsApp and stops. */
    public Device disconnect(Reach reach, String deviceId) {
        Device device = get(reach, deviceId);
        if (device.linked() && !stop(deviceId, SessionApi.Ending.LOGOUT)) {
            start(deviceId, false); // only a running page can tell WhatsApp
            stop(deviceId, SessionApi.Ending.LOGOUT);
        } else if (!device.linked()) {
            stop(deviceId, SessionApi.Ending.LOGOUT);
        }
        return get(reach, deviceId);
    }

    /** False when the session runs nowhere. */
    private boolean stop(String deviceId, SessionApi.Ending ending) {
        try {
            owners.ask(deviceId, SessionApi.stop(deviceId), new SessionApi.Stop(deviceId, ending), OPENING)
                    .await();
            return true;
        } catch (Bus.Nobody | Bus.NotOwner runsNowhere) {
            return false;
        }
    }

    /** Closes and reopens the page; the link stays. */
    public Device restart(Reach reach, String deviceId) {
        get(reach, deviceId);
        try {
            owners.ask(deviceId, SessionApi.restart(deviceId), new SessionApi.Restart(deviceId), OPENING)
                    .await();
        } catch (Bus.Nobody | Bus.NotOwner runsNowhere) {
            start(deviceId, false);
        }
        return get(reach, deviceId);
    }

    /** How many devices are to run and are not owned by any node. */
    public long unowned() {
        return store.unowned().await();
    }

    /** Waits while the device changes nodes, at most {@code patience}; {@code NOT_AVAILABLE} when it still does then. */
    public Device settled(Device device, Duration patience) {
        return owners.settled(device, patience).await();
    }

    /**
     * Hands the device over to another node: closes its page, carries its profile, opens it there. Answers when it is open, or could not be opened.
     *
     * @param node empty: the one with the most room
     * @throws Problem {@code CONFLICT} when it runs there already, the node is not there or takes no devices; {@code SESSION_NOT_READY} when it runs nowhere
     */
    public String move(Reach reach, String deviceId, Optional<String> node) {
        get(reach, deviceId);
        try {
            return owners.ask(
                            deviceId,
                            SessionApi.move(deviceId),
                            new SessionApi.Move(deviceId, node),
                            OPENING.multipliedBy(2))
                    .await()
                    .node();
        } catch (Bus.Nobody | Bus.NotOwner runsNowhere) {
            throw Problem.of(Problem.Code.SESSION_NOT_READY, "the device's session is not running");
        }
    }

    /** Stops whatever is going on and forgets the profile. */
    public Device wipe(Reach reach, String deviceId) {
        get(reach, deviceId);
        forget(deviceId);
        return get(reach, deviceId);
    }

    private void forget(String deviceId) {
        if (!stop(deviceId, SessionApi.Ending.WIPE)) {
            owners.anybody(SessionApi.FORGET, new SessionApi.Forget(deviceId)).await();
        }
    }

    public void delete(Reach reach, String deviceId) {
        get(reach, deviceId);
        forget(deviceId);
        store.delete(deviceId).await();
    }

    /** The raw QR text that is valid now; {@code NO_QR} when none is shown. */
    public String qr(Reach reach, String deviceId) {
        Device device = get(reach, deviceId);
        return currentQr(deviceId)
                .orElseThrow(() -> Problem.of(
                        Problem.Code.NO_QR,
                        device.linked()
                                ? "the device is linked; there is no QR code"
                                : "no QR code is shown; connect the device first"));
    }

    /**
     * The country in which a number is read that the caller has written so: the device's, else the settings'. Only a leading 0 needs one, so the
     * database is asked for no other number.
     */
    public String country(String deviceId, String written) {
        return written.strip().startsWith("0")
                ? store.get(deviceId).await().map(this::country).orElse(country)
                : country;
    }

    /** The settings': where no device is asked about. */
    public String country() {
        return country;
    }

    /** As {@link #country(String, String)}, for who has read the device already. */
    public String country(Device device) {
        return device.country().orElse(country);
    }

    /** The QR text that is shown now, if any; never waits for one. */
    public Optional<String> currentQr(String deviceId) {
        return owners.ask(deviceId, SessionApi.look(deviceId), new SessionApi.Look(deviceId), LOOKING)
                .map(seen -> Optional.of(seen.qr()).filter(qr -> !qr.isEmpty()))
                .recover(why -> why instanceof Bus.Nobody || why instanceof Bus.NotOwner
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(why))
                .await();
    }

    /** 8 characters for the phone; {@code ALREADY_LINKED} when the device is linked, {@code INVALID_PAYLOAD} for a bad number. */
    public String pairingCode(Reach reach, String deviceId, String phone) {
        Device device = get(reach, deviceId);
        if (device.linked()) {
            throw Problem.of(Problem.Code.ALREADY_LINKED, "the device is linked already");
        }
        String digits = PhoneNumbers.digits("phone", phone, country(device));
        start(deviceId, true);
        return owners.ask(
                        deviceId,
                        SessionApi.pairingCode(deviceId),
                        new SessionApi.PairingCode(deviceId, digits),
                        OPENING)
                .await()
                .code();
    }
}
