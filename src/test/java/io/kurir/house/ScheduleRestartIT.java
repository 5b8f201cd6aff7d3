package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Kurir;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.db.Database;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.http.ContractClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes due while no node runs. */
class ScheduleRestartIT {
    private static final String DEVICE = House.DEVICES + "/main";
    private static final DateTimeFormatter WRITTEN = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path data;

    private final Vertx vertx = Vertx.vertx();
    private EmbeddedDatabases databases;
    private Settings settings;
    private FakeWhatsApp whatsapp;
    private Kurir kurir;
    private ContractClient admin;

    @BeforeEach
    void start() throws Exception {
        databases = EmbeddedDatabases.start(data, Progress.SILENT);
        settings = House.settings(data, databases, "http://127.0.0.1:1", Map.of("KURIR_SCHEDULE_LATE_AFTER", "1s"));
        Schema.prepare(settings.database());
        node();
        admin.post(House.DEVICES, new JsonObject().put("deviceId", "main"));
        admin.post(DEVICE + "/connect");
        connected();
    }

    private void node() throws Exception {
        whatsapp = new FakeWhatsApp();
        kurir = House.get(Kurir.start(settings, (_, _) -> Future.succeededFuture(whatsapp)));
        admin = ContractClient.at(settings.http().publicUrl()).withKey(House.KEY);
    }

    private void connected() {
        await().atMost(PATIENCE)
                .until(() -> admin.get(DEVICE + "/status").data().getBoolean("isConnected"));
    }

    @AfterEach
    void close() throws Exception {
        House.get(kurir.close());
        House.get(vertx.close());
        databases.close();
    }

    private JsonObject schedule(String words, Duration in) {
        JsonObject body = new JsonObject()
                .put("to", "6281234567891")
                .put("message", words)
                .put(
                        "scheduleTime",
                        WRITTEN.format(LocalDateTime.now(ZoneOffset.UTC).plus(in)))
                .put("timezone", "UTC");
        return admin.post(DEVICE + "/schedule-message", body).data();
    }

    private JsonObject message(JsonObject schedule) {
        return admin.get(DEVICE + "/messages/" + schedule.getString("messageId"))
                .data();
    }

    @Test
    void itIsSentOnceAfterTheRestartAndMarkedLate() throws Exception {
        JsonObject missed = schedule("due in the night", Duration.ofHours(1));
        JsonObject later = schedule("due in an hour", Duration.ofHours(1));
        House.get(kurir.close());
        Pool pool = Database.open(vertx, settings.database());
        // an hour in which nobody ran
        House.get(pool.query(
                        "update schedule set due_at = due_at - interval '90 minutes', look_at = look_at - interval '90 minutes'"
                                + " where body = 'due in the night'")
                .execute());
        House.get(pool.close());

        node();
        connected();
        await().atMost(PATIENCE).until(() -> message(missed).getString("state").equals("sent"));
        assertThat(message(missed).getBoolean("late")).isTrue();
        assertThat(message(later).getString("state")).isEqualTo("scheduled");
        JsonObject shown =
                admin.get(DEVICE + "/schedules/" + missed.getLong("id")).data();
        assertThat(shown.getString("status")).isEqualTo("done");
        assertThat(shown.getBoolean("late")).isTrue();

        JsonObject soon = schedule("due soon", Duration.ofSeconds(3));
        await().atMost(PATIENCE).until(() -> message(soon).getString("state").equals("sent"));
        assertThat(whatsapp.sent.stream().map(sent -> sent.content().words()))
                .containsExactly("due in the night", "due soon");
    }
}
