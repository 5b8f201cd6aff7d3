package io.kurir.session;

import io.kurir.access.Caller;
import io.kurir.access.Reach;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.http.QrPicture;
import io.kurir.http.Timestamps;
import io.kurir.proxy.Proxy;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongPredicate;

/** The operations tagged {@code devices} and {@code linking}. */
public final class DeviceOperations {
    private static final String ID = "deviceId";

    private final Devices devices;
    private final LongPredicate userExists;

    public DeviceOperations(Devices devices, LongPredicate userExists) {
        this.devices = devices;
        this.userExists = userExists;
    }

    public Answer create(Ask ask) {
        long owner = Optional.ofNullable(ask.body().getLong("userId"))
                .orElse(ask.caller().userId());
        if (!userExists.test(owner)) {
            throw Problem.invalid("userId", "is not a user");
        }
        Device device = devices.create(
                new Devices.NewDevice(
                        ask.optionalField(ID),
                        ask.optionalField("deviceName"),
                        owner,
                        proxy(ask.body()),
                        ask.optionalField("timezone"),
                        ask.optionalField("country")),
                setter(ask));
        return Answer.created("Device created", json(device));
    }

    public Answer list(Ask ask) {
        return page(ask, ask.optionalText("state").map(DeviceState::of));
    }

    /** Of one user where {@code userId} says so, in any order. */
    public Answer listAll(Ask ask) {
        Reach reach = new Reach(ask.optionalNumber("userId"), ask.reach().devices());
        Devices.Listing listing = devices.list(
                reach,
                ask.optionalText("state").map(DeviceState::of),
                ask.optionalText("search"),
                Devices.Order.valueOf(ask.text("sort").toUpperCase(Locale.ROOT)),
                ask.page(),
                ask.pageSize());
        return Answer.page(
                listing.total() + " devices",
                Answer.array(
                        listing.devices().stream().map(DeviceOperations::json).toList()),
                ask.page(),
                ask.pageSize(),
                listing.total());
    }

    public Answer listConnected(Ask ask) {
        return page(ask, Optional.of(DeviceState.CONNECTED));
    }

    public Answer get(Ask ask) {
        return Answer.ok("Device", json(devices.get(ask.reach(), ask.text(ID))));
    }

    public Answer update(Ask ask) {
        Devices.Update update = new Devices.Update(
                ask.optionalField("deviceName"),
                given(ask, "proxy", proxy(ask.body())),
                given(ask, "timezone", ask.optionalField("timezone")),
                given(ask, "country", ask.optionalField("country")));
        return Answer.ok("Device updated", json(devices.update(ask.reach(), ask.text(ID), update, setter(ask))));
    }

    private static Proxies.Setter setter(Ask ask) {
        return ask.caller().operator() ? Proxies.Setter.OPERATOR : Proxies.Setter.ANYBODY;
    }

    /** A field that is there and null takes the value away; one that is not there leaves it. */
    private static <T> Optional<Optional<T>> given(Ask ask, String field, Optional<T> value) {
        return ask.body().containsKey(field) ? Optional.of(value) : Optional.empty();
    }

    private static Optional<Proxy> proxy(JsonObject body) {
        return Optional.ofNullable(body.getJsonObject("proxy"))
                .map(proxy -> Proxy.of(
                        proxy.getString("server"),
                        Optional.ofNullable(proxy.getString("username")),
                        Optional.ofNullable(proxy.getString("password"))));
    }

    /** The QR text links the device to whoever scans it, so a credential that can only read does not get it. */
    public Answer status(Ask ask) {
        Device device = devices.get(ask.reach(), ask.text(ID));
        Optional<String> qr = ask.caller().scopes().contains(Caller.Scope.MANAGE)
                ? devices.currentQr(device.deviceId())
                : Optional.empty();
        JsonObject all = json(device);
        JsonObject status = new JsonObject();
        List.of(ID, "status", "state", "stateReason", "isConnected", "connectionAttempts", "phoneNumber", "node")
                .forEach(name -> status.put(name, all.getValue(name)));
        return Answer.ok("Status", status.put("qrCode", qr.orElse(null)));
    }

    public Answer connect(Ask ask) {
        Device device = devices.connect(ask.reach(), ask.text(ID));
        Optional<String> qr = devices.currentQr(device.deviceId());
        String message = switch (device.state()) {
            case CONNECTED -> "Connected";
            case QR_REQUIRED -> "Scan the QR code";
            case PAIRING -> "Type the pairing code on the phone";
            case CONNECTING, SYNCING, RECOVERING -> "Connecting";
            case CREATED, DISCONNECTED, LOGGED_OUT, AUTH_FAILED, CANCELLED, ERROR -> "Not connected";
        };
        return Answer.ok(
                message,
                json(device).put("qrCode", qr.map(QrPicture::pngDataUrl).orElse(null)));
    }

    public Answer disconnect(Ask ask) {
        return Answer.ok("Device disconnected", json(devices.disconnect(ask.reach(), ask.text(ID))));
    }

    public Answer restart(Ask ask) {
        return Answer.ok("Device restarted", json(devices.restart(ask.reach(), ask.text(ID))));
    }

    public Answer wipe(Ask ask) {
        return Answer.ok("Device wiped", json(devices.wipe(ask.reach(), ask.text(ID))));
    }

    public Answer qr(Ask ask) {
        String qr = devices.qr(ask.reach(), ask.text(ID));
        return Answer.ok("QR code", new JsonObject().put(ID, ask.text(ID)).put("qrCode", qr));
    }

    public Answer qrImage(Ask ask) {
        if (ask.text("format").equals("svg")) {
            return Answer.raw("image/svg+xml", QrPicture.svg(devices.qr(ask.reach(), ask.text(ID))));
        }
        return qrBase64(ask);
    }

    public Answer qrBase64(Ask ask) {
        String qr = devices.qr(ask.reach(), ask.text(ID));
        return Answer.ok(
                "QR code",
                new JsonObject()
                        .put(ID, ask.text(ID))
                        .put("qrImage", QrPicture.pngDataUrl(qr))
                        .put("format", "png")
                        .put("message", "QR code as an image"));
    }

    public Answer pairingCode(Ask ask) {
        String code = devices.pairingCode(ask.reach(), ask.text(ID), ask.field("phone"));
        return Answer.ok(
                "Type this code on the phone",
                new JsonObject()
                        .put(ID, ask.text(ID))
                        .put("phone", ask.field("phone"))
                        .put("pairingCode", code));
    }

    private Answer page(Ask ask, Optional<DeviceState> state) {
        Devices.Listing listing =
                devices.list(ask.reach(), state, ask.optionalText("search"), ask.page(), ask.pageSize());
        JsonObject counts = new JsonObject()
                .put("total", count(ask, Optional.empty()))
                .put("connected", count(ask, Optional.of(DeviceState.CONNECTED)));
        JsonObject data = new JsonObject()
                .put(
                        "devices",
                        Answer.array(listing.devices().stream()
                                .map(DeviceOperations::json)
                                .toList()))
                .put("counts", counts);
        String message = listing.total() + (listing.total() == 1 ? " device" : " devices");
        return Answer.page(message, data, ask.page(), ask.pageSize(), listing.total());
    }

    private long count(Ask ask, Optional<DeviceState> state) {
        return devices.list(ask.reach(), state, Optional.empty(), 1, 1).total();
    }

    static JsonObject json(Device device) {
        return new JsonObject()
                .put("id", device.number())
                .put(ID, device.deviceId())
                .put("deviceName", device.name())
                .put("userId", device.ownerId())
                .put("status", device.state().status())
                .put("state", device.state().word())
                .put("stateReason", device.stateReason())
                .put("phoneNumber", device.phone().orElse(null))
                .put("lid", device.lid().orElse(null))
                .put("pushName", device.pushName().orElse(null))
                .put("isLinked", device.linked())
                .put("isConnected", device.state() == DeviceState.CONNECTED)
                .put("connectionAttempts", device.attempts())
                .put("node", device.node().orElse(null))
                .put("lastSeen", device.lastSeen().map(Timestamps::write).orElse(null))
                .put(
                        "proxy",
                        device.proxyServer()
                                .map(server -> new JsonObject()
                                        .put("server", server)
                                        .put("username", device.proxyUsername().orElse(null)))
                                .orElse(null))
                .put("timezone", device.timezone().orElse(null))
                .put("country", device.country().orElse(null))
                .put("createdAt", Timestamps.write(device.createdAt()))
                .put("updatedAt", Timestamps.write(device.updatedAt()));
    }
}
