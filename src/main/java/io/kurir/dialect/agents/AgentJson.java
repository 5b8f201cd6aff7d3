package io.kurir.dialect.agents;

import static io.kurir.http.Dialect.AGENTS;

import io.kurir.dialect.StatusWords;
import io.kurir.http.QrPicture;
import io.kurir.http.Timestamps;
import io.kurir.session.Device;
import io.kurir.session.DeviceState;
import io.kurir.session.QrCodes;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/** What sessions look like in 004's words: the columns of its table, and beside them what is true now. */
final class AgentJson {
    private static final String PNG = "image/png";

    private AgentJson() {}

    /** {@code endpoint}: what its AI is called at. */
    static JsonObject session(
            Device device, Optional<QrCodes.Code> code, Optional<String> tenant, Optional<String> endpoint) {
        boolean ready = device.state() == DeviceState.CONNECTED;
        Optional<Instant> left = ready ? Optional.empty() : device.lastSeen();
        String status = StatusWords.agents(device.state());
        return new JsonObject()
                .put("user_id", tenant.orElse(null))
                .put("agent_id", device.idIn(AGENTS))
                .put("agent_name", device.name())
                .put("endpoint_url_run", endpoint.orElse(null))
                .put("status", status)
                .put("last_connected_at", written(device.lastSeen()))
                .put("last_disconnected_at", written(left))
                .put("created_at", Timestamps.write(device.createdAt()))
                .put("updated_at", Timestamps.write(device.updatedAt()))
                .put(
                        "liveState",
                        new JsonObject()
                                .put("isReady", ready)
                                .put("hasClient", device.wanted())
                                .put("sessionState", status)
                                .put("qr", code.map(AgentJson::picture).orElse(null))
                                .put("qrUpdatedAt", written(code.map(QrCodes.Code::seenAt)))
                                .put("lastConnectedAt", written(device.lastSeen()))
                                .put("lastDisconnectedAt", written(left)));
    }

    private static @org.jspecify.annotations.Nullable String written(Optional<Instant> at) {
        return at.map(Timestamps::write).orElse(null);
    }

    static JsonObject picture(QrCodes.Code code) {
        String url = QrPicture.pngDataUrl(code.text());
        return new JsonObject().put("contentType", PNG).put("base64", url.substring(url.indexOf(',') + 1));
    }
}
