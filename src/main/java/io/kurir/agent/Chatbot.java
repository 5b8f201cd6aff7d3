package io.kurir.agent;

import java.time.Instant;
import java.util.Optional;

/**
 * What answers for a number, before the agent of its device.
 *
 * @param number international digits: it answers while the device is linked to this number
 * @param endpointUrl empty: none yet, and it answers nothing
 */
record Chatbot(
        long id,
        String deviceId,
        String number,
        String status,
        Optional<String> endpointUrl,
        Instant createdAt,
        Instant updatedAt) {
    static final String ACTIVE = "aktif";
}
