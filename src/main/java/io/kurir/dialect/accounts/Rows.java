package io.kurir.dialect.accounts;

import io.kurir.batch.Batch;
import io.kurir.dialect.StatusWords;
import io.kurir.http.Dialect;
import io.kurir.http.Timestamps;
import io.kurir.message.Message;
import io.kurir.message.Messages;
import io.kurir.session.Device;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What 000 kept as rows of its tables, as its clients see them. */
final class Rows {
    private Rows() {}

    static JsonObject account(Device device) {
        return new JsonObject()
                .put("clientId", device.idIn(Dialect.ACCOUNTS))
                .put("status", status(device))
                .put("phoneNumber", device.phone().orElse(null))
                .put("name", device.name())
                .put("lastSeen", time(device.lastSeen()))
                .put("createdAt", Timestamps.write(device.createdAt()))
                .put("updatedAt", Timestamps.write(device.updatedAt()));
    }

    static @Nullable String status(Device device) {
        return StatusWords.accounts(device.state()).orElse(null);
    }

    /** @param maxAttempts where the message does not say it */
    static JsonObject job(Device device, Messages.Queued queued, int maxAttempts) {
        Message message = queued.message();
        return new JsonObject()
                .put("id", message.id())
                .put("clientId", device.idIn(Dialect.ACCOUNTS))
                .put("to", recipient(message.chat()))
                .put("text", message.text())
                .put("messageId", message.stanzaId())
                .put("status", StatusWords.accounts(message.phase()))
                .put("attempts", message.attempts())
                .put("maxAttempts", queued.maxAttempts().orElse(maxAttempts))
                .put("lastError", message.failure().orElse(null))
                .put("nextAttemptAt", time(queued.nextAttempt()))
                .put("createdAt", Timestamps.write(message.createdAt()))
                .put("sentAt", time(message.sentAt()));
    }

    static JsonArray steps(Message message) {
        return new JsonArray(message.steps().stream()
                .map(step -> new JsonObject()
                        .put("at", Timestamps.write(step.at()))
                        .put("step", step.what())
                        .put("detail", step.detail()))
                .toList());
    }

    static JsonObject broadcast(Device device, Batch batch) {
        return new JsonObject()
                .put("id", batch.jobId())
                .put("clientId", device.idIn(Dialect.ACCOUNTS))
                .put("name", batch.name().orElse(null))
                .put("status", StatusWords.accounts(batch.state()))
                .put("total", batch.total())
                .put("sent", batch.completed())
                .put("failed", batch.failed())
                .put("cancelled", batch.cancelled())
                .put("pending", batch.pending())
                .put("createdAt", Timestamps.write(batch.createdAt()))
                .put("finishedAt", time(batch.endedAt()));
    }

    static JsonArray jobs(List<Batch.Item> items) {
        return new JsonArray(items.stream()
                .map(item -> new JsonObject()
                        .put("id", item.id().orElse(null))
                        .put("to", recipient(item.chat()))
                        .put("status", item.id().map(_ -> word(item)).orElse("PENDING"))
                        .put("attempts", item.attempts())
                        .put("lastError", item.failure().orElse(null)))
                .toList());
    }

    private static String word(Batch.Item item) {
        return StatusWords.accounts(Message.Phase.of(item.state()));
    }

    /** Digits where it is a number, as 000's clients write them. */
    private static String recipient(Jid chat) {
        return chat.isPhone() ? chat.user() : chat.toString();
    }

    private static @Nullable String time(Optional<Instant> at) {
        return at.map(Timestamps::write).orElse(null);
    }
}
