package io.kurir.client;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * How a device is now.
 *
 * @param status {@code disconnected, connecting, connected, qr_required}
 * @param state the precise word
 * @param stateReason may be empty
 * @param qrCode the text of the QR code that is shown now, for keys with the scope manage only
 * @param phoneNumber digits of the linked number
 * @param node where its session runs
 */
public record DeviceStatus(
        String deviceId,
        String status,
        String state,
        String stateReason,
        boolean isConnected,
        Optional<String> qrCode,
        Optional<String> phoneNumber,
        Optional<String> node) {
    static DeviceStatus of(JsonObject json) {
        return new DeviceStatus(
                json.getString("deviceId"),
                json.getString("status"),
                json.getString("state"),
                json.getString("stateReason"),
                json.getBoolean("isConnected"),
                Optional.ofNullable(json.getString("qrCode")),
                Optional.ofNullable(json.getString("phoneNumber")),
                Optional.ofNullable(json.getString("node")));
    }
}
