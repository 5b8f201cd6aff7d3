package io.kurir.session;

import io.kurir.access.Reach;
import io.kurir.http.Dialect;
import io.kurir.http.Problem;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * QR codes for those who wait until there is one, and for those who may look at one for a while without being known. To be called on a virtual
 * thread.
 */
public final class QrCodes {
    private static final Duration OPEN = Duration.ofMinutes(10);
    private static final Duration AGAIN = Duration.ofMillis(250);

    /** As the page showed it at that instant; WhatsApp changes it every 20 seconds. */
    public record Code(String text, Instant seenAt) {}

    /** What a stranger learns of a device. */
    public record Shown(Device device, Optional<Code> code) {}

    private final Vertx vertx;
    private final Devices devices;
    private final OpenQrStore store;
    private final boolean strangers;

    /** {@code strangers}: whether anybody who is not known may look at all. */
    public QrCodes(Vertx vertx, Pool pool, Devices devices, boolean strangers) {
        this.vertx = vertx;
        this.devices = devices;
        this.store = new OpenQrStore(pool);
        this.strangers = strangers;
    }

    /** The one that is shown now. */
    public Optional<Code> now(String deviceId) {
        return devices.currentQr(deviceId).map(text -> new Code(text, Instant.now()));
    }

    /** Connects the device and waits for its code; empty when it connects without one, fails, or shows none in time. */
    public Optional<Code> await(Reach reach, String deviceId, Duration patience) {
        Device device = devices.connect(reach, deviceId);
        long deadline = System.nanoTime() + patience.toNanos();
        Optional<Code> code = now(deviceId);
        while (code.isEmpty() && mayShowOne(device) && System.nanoTime() < deadline) {
            vertx.timer(AGAIN.toMillis()).await();
            code = now(deviceId);
            device = devices.get(reach, deviceId);
        }
        return code;
    }

    private static boolean mayShowOne(Device device) {
        return switch (device.state()) {
            case CREATED, CONNECTING, QR_REQUIRED, DISCONNECTED -> !device.linked();
            case PAIRING, SYNCING, CONNECTED, RECOVERING, LOGGED_OUT, AUTH_FAILED, CANCELLED, ERROR -> false;
        };
    }

    /** From now on strangers may look at it for ten minutes; answers until when, empty where they may not look at all. */
    public Optional<Instant> open(Reach reach, String deviceId) {
        devices.get(reach, deviceId);
        return strangers ? Optional.of(store.open(deviceId, OPEN).await()) : Optional.empty();
    }

    /**
     * For strangers, who know the id alone: {@code SESSION_NOT_FOUND}, in the same words, for one that is not there, was not made in that dialect
     * or is not open.
     */
    public Shown shown(Dialect dialect, String externalId) {
        Device device = devices.findExternal(Reach.ALL, dialect, externalId)
                .filter(found -> strangers && found.dialect() == dialect)
                .filter(found -> store.isOpen(found.deviceId()).await())
                .orElseThrow(() -> Problem.of(
                        Problem.Code.SESSION_NOT_FOUND, "there is no connection here whose QR code may be looked at"));
        return new Shown(device, now(device.deviceId()));
    }
}
