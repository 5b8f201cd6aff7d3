package io.kurir.dialect;

import io.kurir.batch.Batch;
import io.kurir.message.Message;
import io.kurir.session.DeviceState;
import java.util.Optional;

/**
 * A device's state in the words of each dialect.
 *
 * <table>
 * <tr><th>state<th>natively (003)<th>accounts (000)<th>agents (004)
 * <tr><td>created<td>disconnected<td>none yet<td>awaiting_qr
 * <tr><td>connecting, syncing, recovering<td>connecting<td>none yet<td>disconnected
 * <tr><td>qr_required, pairing<td>qr_required<td>QR<td>awaiting_qr
 * <tr><td>connected<td>connected<td>READY<td>connected
 * <tr><td>disconnected, logged_out, error<td>disconnected<td>DISCONNECTED<td>disconnected
 * <tr><td>auth_failed<td>disconnected<td>AUTH_FAILURE<td>auth_failed
 * <tr><td>cancelled<td>disconnected<td>none yet<td>disconnected
 * </table>
 *
 * <p>000 has four words and none for a session that is being opened: its account has "the last status, if there is one". A device that says
 * DISCONNECTED is exactly one that 000 refuses to start (409). Its jobs and broadcasts have words in the same style.
 */
public final class StatusWords {
    private StatusWords() {}

    public static String natively(DeviceState state) {
        return state.status();
    }

    /** Empty: 000 has recorded none yet. */
    public static Optional<String> accounts(DeviceState state) {
        return switch (state) {
            case CREATED, CONNECTING, SYNCING, RECOVERING, CANCELLED -> Optional.empty();
            case QR_REQUIRED, PAIRING -> Optional.of("QR");
            case CONNECTED -> Optional.of("READY");
            case DISCONNECTED, LOGGED_OUT, ERROR -> Optional.of("DISCONNECTED");
            case AUTH_FAILED -> Optional.of("AUTH_FAILURE");
        };
    }

    /** Of a job of 000, which is a message. */
    public static String accounts(Message.Phase phase) {
        return switch (phase) {
            case SCHEDULED, QUEUED -> "PENDING";
            case SENDING -> "SENDING";
            case SENT -> "SENT";
            case FAILED -> "FAILED";
            case CANCELLED -> "CANCELLED";
            case RECEIVED -> throw new IllegalArgumentException("what came in is no job");
        };
    }

    /** Of a broadcast of 000. */
    public static String accounts(Batch.State state) {
        return switch (state) {
            case STAGING, QUEUED -> "PENDING";
            case PROCESSING -> "PROCESSING";
            case PAUSED -> "PAUSED";
            case COMPLETED -> "COMPLETED";
            case FAILED -> "FAILED";
            case CANCELLED -> "CANCELLED";
        };
    }

    public static String agents(DeviceState state) {
        return switch (state) {
            case CREATED, QR_REQUIRED, PAIRING -> "awaiting_qr";
            case CONNECTED -> "connected";
            case CONNECTING, SYNCING, RECOVERING, DISCONNECTED, LOGGED_OUT, CANCELLED, ERROR -> "disconnected";
            case AUTH_FAILED -> "auth_failed";
        };
    }
}
