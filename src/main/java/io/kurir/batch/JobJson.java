package io.kurir.batch;

import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** Jobs as the native API shows them. */
public final class JobJson {
    private static final double MEAN_OF_RANDOM = (Pace.SHORTEST_MS + Pace.LONGEST_MS) / 2000.0;

    private JobJson() {}

    /** What the one who started it learns. */
    static JsonObject started(Batch batch) {
        return new JsonObject()
                .put("jobId", batch.jobId())
                .put("status", batch.state().word())
                .put("delaySec", delaySeconds(batch))
                .put("total", batch.total())
                .put("startsAt", batch.startsAt().map(Timestamps::write).orElse(null))
                .put("duplicateCount", batch.repeated())
                .put("duplicates", batch.duplicates());
    }

    private static double delaySeconds(Batch batch) {
        return batch.pace()
                .delay()
                .map(Duration::toMillis)
                .map(ms -> ms / 1000.0)
                .orElse(MEAN_OF_RANDOM);
    }

    /** How far it has come. */
    public static JsonObject job(Batch batch) {
        return new JsonObject()
                .put("jobId", batch.jobId())
                .put("deviceId", batch.deviceId())
                .put("kind", batch.kind())
                .put("status", batch.state().word())
                .put("pauseReason", batch.pauseReason().orElse(null))
                .put(
                        "progress",
                        new JsonObject()
                                .put("total", batch.total())
                                .put("completed", batch.completed())
                                .put("failed", batch.failed())
                                .put("cancelled", batch.cancelled())
                                .put("pending", batch.pending()))
                .put("currentIndex", batch.total() - batch.pending())
                .put("successCount", batch.completed())
                .put("errorCount", batch.failed())
                .put("delaySec", delaySeconds(batch))
                .put("duplicateCount", batch.repeated())
                .put("startsAt", batch.startsAt().map(Timestamps::write).orElse(null))
                .put("createdAt", Timestamps.write(batch.createdAt()))
                .put("endedAt", batch.endedAt().map(Timestamps::write).orElse(null));
    }

    public static JsonObject item(Batch.Item item) {
        return new JsonObject()
                .put("index", item.index())
                .put("id", item.id().orElse(null))
                .put("messageId", item.stanzaId().orElse(null))
                .put("to", item.chat().toString())
                .put("status", item.status())
                .put("state", item.state())
                .put("attempts", item.attempts())
                .put("failure", item.failure().orElse(null))
                .put("timestamp", Timestamps.write(item.at()));
    }
}
