package io.kurir.session;

/**
 * The life of a device, as stored in {@code device.state} and checked there.
 *
 * <pre>
 * created ──► connecting ──► qr_required | pairing ──► syncing ──► connected
 *                 ▲  └──────────────(kept profile)───────▲   │
 *                 │                                          ▼
 *                 └───── back-off, at most 3 tries ──── disconnected
 *   any ──► logged_out   the link was removed on the phone
 *   any ──► cancelled    wiped on request
 *   any ──► auth_failed  WhatsApp refused the profile
 *   any ──► error        gave up; only a request starts it again
 *   any ──► recovering   restored from an older profile, being checked
 * </pre>
 */
public enum DeviceState {
    CREATED,
    CONNECTING,
    QR_REQUIRED,
    PAIRING,
    SYNCING,
    CONNECTED,
    DISCONNECTED,
    RECOVERING,
    LOGGED_OUT,
    AUTH_FAILED,
    CANCELLED,
    ERROR;

    /** As stored and as answered: {@code qr_required}. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    public static DeviceState of(String word) {
        return valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }

    /** Whether a node may open it without being asked by somebody: not what was ended on purpose or needs a person. */
    boolean mayBeOpened() {
        return switch (this) {
            case CREATED, CONNECTING, QR_REQUIRED, PAIRING, SYNCING, CONNECTED, DISCONNECTED, RECOVERING -> true;
            case LOGGED_OUT, AUTH_FAILED, CANCELLED, ERROR -> false;
        };
    }

    /** The native API's coarse word: disconnected, connecting, connected or qr_required. */
    public String status() {
        return switch (this) {
            case CONNECTED -> "connected";
            case QR_REQUIRED, PAIRING -> "qr_required";
            case CONNECTING, SYNCING, RECOVERING -> "connecting";
            case CREATED, DISCONNECTED, LOGGED_OUT, AUTH_FAILED, CANCELLED, ERROR -> "disconnected";
        };
    }
}
