package io.kurir.session;

import io.kurir.access.Reach;
import java.util.List;
import java.util.Optional;

/**
 * What can be done with devices. Every method throws {@link io.kurir.http.Problem}: {@code SESSION_NOT_FOUND} for a device that is
 * not there, {@code FORBIDDEN} for one that the reach does not cover. To be called on a virtual thread.
 */
public final class Devices {

    /** {@code deviceId} is made up where it is absent. */
    public record NewDevice(Optional<String> deviceId, Optional<String> name, long ownerId) {}

    /** One page of a list; {@code total} counts all that match. */
    public record Listing(List<Device> devices, long total) {}

    /** {@code CONFLICT} when the id is taken. */
    public Device create(NewDevice device) {
        throw new IllegalStateException();
    }

    /** By creation, newest first; {@code state} and {@code search} (in id, name and phone) narrow the list. */
    public Listing list(Reach reach, Optional<DeviceState> state, Optional<String> search, int page, int pageSize) {
        throw new IllegalStateException();
    }

    public Device get(Reach reach, String deviceId) {
        throw new IllegalStateException();
    }

    /** Idempotent: opens the page; a linked device connects, another shows a QR code. Answers when the page is open, or has failed. */
    public Device connect(Reach reach, String deviceId) {
        throw new IllegalStateException();
    }

    /** Logs out at WhatsApp and stops. */
    public Device disconnect(Reach reach, String deviceId) {
        throw new IllegalStateException();
    }

    /** Closes and reopens the page; the link stays. */
    public Device restart(Reach reach, String deviceId) {
        throw new IllegalStateException();
    }

    /** Stops whatever is going on and forgets the profile. */
    public Device wipe(Reach reach, String deviceId) {
        throw new IllegalStateException();
    }

    public void delete(Reach reach, String deviceId) {
        throw new IllegalStateException();
    }

    /** The raw QR text that is valid now; {@code NO_QR} when none is shown. */
    public String qr(Reach reach, String deviceId) {
        throw new IllegalStateException();
    }

    /** The QR text that is shown now, if any; never waits. */
    public Optional<String> currentQr(String deviceId) {
        throw new IllegalStateException();
    }

    /** 8 characters for the phone; {@code ALREADY_LINKED} when the device is linked, {@code INVALID_PAYLOAD} for a bad number. */
    public String pairingCode(Reach reach, String deviceId, String phone) {
        throw new IllegalStateException();
    }
}
