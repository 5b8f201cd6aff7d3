package io.kurir.dialect.connections;

import static io.kurir.http.Dialect.CONNECTIONS;

import io.kurir.agent.Agent;
import io.kurir.dialect.StatusWords;
import io.kurir.http.Answer;
import io.kurir.http.Timestamps;
import io.kurir.message.Message;
import io.kurir.session.Device;
import io.kurir.webhook.DeviceWebhook;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What connections look like in their dialect. */
final class ConnectionJson {
    private ConnectionJson() {}

    static JsonObject json(Device device) {
        return new JsonObject()
                .put(ConnectionsOperations.ID, device.idIn(CONNECTIONS))
                .put("name", device.name())
                .put("status", StatusWords.natively(device.state()))
                .put("phone_number", device.phone().orElse(null))
                .put("created_at", Timestamps.write(device.createdAt()))
                .put("updated_at", Timestamps.write(device.updatedAt()));
    }

    static JsonObject json(DeviceWebhook.Present webhook) {
        return new JsonObject()
                .put("url", webhook.url())
                .put("events", new JsonArray(webhook.events()))
                .put("enabled", webhook.enabled());
    }

    static JsonObject json(Agent agent) {
        return new JsonObject()
                .put("endpoint_url", agent.endpointUrl().orElse(null))
                .put("enabled", agent.enabled())
                .put("has_api_key", agent.key().isPresent());
    }

    static JsonObject json(Device device, Message message) {
        return new JsonObject()
                .put(ConnectionsOperations.ID, device.idIn(CONNECTIONS))
                .put("message_id", message.stanzaId())
                .put("status", message.status())
                .put("timestamp", Timestamps.write(message.sentAt().orElse(message.createdAt())));
    }

    static JsonArray array(List<Device> devices) {
        return Answer.array(devices.stream().map(ConnectionJson::json).toList());
    }

    static JsonObject pagination(int page, int pageSize, long total) {
        return new JsonObject()
                .put("page", page)
                .put("page_size", pageSize)
                .put("total", total)
                .put("total_pages", (total + pageSize - 1) / pageSize);
    }
}
