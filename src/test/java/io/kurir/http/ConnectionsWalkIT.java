package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.dialect.Captured;
import io.kurir.message.FakeSession;
import io.kurir.session.FakeWorker;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A user of "WhatsApp API" (001) goes through its document, from top to bottom, on Kurir. Takes 15 seconds, most of them for the databases. */
class ConnectionsWalkIT {
    private static final String TO = "6281234567890@c.us";

    private static HttpFixture fixture;
    private static ContractClient admin;
    private static String connectionId = "";

    @BeforeAll
    static void open() {
        fixture = new HttpFixture();
        new FakeWorker(fixture.pool, fixture.bus);
        admin = fixture.stranger.withKey(HttpFixture.KEY);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Test
    @Effect({
        "createConnection",
        "requestConnectionQr",
        "getConnectionQr",
        "listConnections",
        "getConnection",
        "updateConnectionWebhook",
        "sendFromConnection",
        "updateConnectionAgent",
        "disconnectConnection",
        "deleteConnection"
    })
    void theDocumentFromTopToBottom() throws Exception {
        Captured captured = new Captured(fixture.stranger, "connections");
        captured.with("key", HttpFixture.KEY);
        captured.with("token", "none-yet");
        captured.with(
                "otherId",
                admin.post("/api/connection/create", new JsonObject()).json().getString("connection_id"));
        captured.with("webhookUrl", "http://127.0.0.1:9/hook");
        captured.with("agentUrl", "http://127.0.0.1:9/agents/toko/execute");

        JsonObject created = captured.play("create").json();
        captured.with("token", created.getString("token"));
        connectionId = created.getString("connection_id");
        captured.with("connectionId", connectionId);
        captured.play("create-unknown");
        captured.play("create-forbidden");
        captured.play("create-invalid");

        qrCode(captured);
        connections(captured);
        webhook(captured);
        message(captured);
        agent(captured);
        end(captured);
        captured.allWerePlayed();
    }

    private void qrCode(Captured captured) throws Exception {
        captured.play("qr-closed");
        captured.play("qr-request-other");
        JsonObject requested = captured.play("qr-request").json();
        ContractClient.Reply shown = captured.play("qr");
        assertThat(shown.header("Cache-Control")).contains("no-store");
        assertThat(shown.json().getString("qr_code")).isEqualTo(requested.getString("qr_code"));
        assertThat(QrReading.text(requested.getString("qr_code"))).isEqualTo("2@the,qr,of," + connectionId);
        assertThat(requested.getString("qr_url")).endsWith("/api/qr/" + connectionId);
        captured.play("send-not-ready");

        new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, connectionId, 1);
        captured.play("qr-connected");

        // ten minutes later, and for a device that was not made here
        sql("update open_qr set until = clock_timestamp()");
        captured.play("qr-closed");
        admin.post("/api/whatsapp-multi-device/devices", new JsonObject().put("deviceId", "native-one"));
        assertThat(fixture.stranger.get("/api/qr/native-one").status()).isEqualTo(404);
    }

    private void connections(Captured captured) {
        captured.play("list");
        captured.play("list-forbidden");
        captured.play("get");
        captured.play("get-other");
        captured.play("get-unknown");
        captured.play("refresh");
        captured.play("refresh-other");
    }

    private void webhook(Captured captured) throws Exception {
        captured.play("webhook-update");
        captured.play("webhook-update-again");
        captured.play("webhook-update-other");
        captured.play("webhook-update-private");
        assertThat(one("select count(*) from webhook where device_id = $1 and not all_owners", connectionId))
                .isEqualTo("1");
    }

    private void message(Captured captured) throws Exception {
        String id = captured.play("send").json().getJsonObject("data").getString("message_id");
        assertThat(one("select chat || ' ' || body || ' ' || phase from message where stanza_id = $1", id))
                .isEqualTo(TO + " Halo sent");
        captured.play("send-by-admin");
        captured.play("send-invalid");
        captured.play("send-which");
        captured.play("send-other");
        captured.play("send-not-on-whatsapp");
        assertThat(one("select count(*) from message where device_id = $1", connectionId))
                .isEqualTo("2");
    }

    private void agent(Captured captured) {
        captured.play("agent-update");
        captured.play("agent-update-other");
        captured.play("get-complete");
    }

    private void end(Captured captured) throws Exception {
        captured.play("disconnect-other");
        captured.play("disconnect-unknown");
        captured.play("disconnect");
        assertThat(one("select state from device where device_id = $1", connectionId))
                .isEqualTo("logged_out");
        captured.play("delete-other");
        captured.play("delete");
        captured.play("deleted");
        assertThat(one("select count(*) from device where device_id = $1", connectionId))
                .isEqualTo("0");
        assertThat(admin.get("/api/connections/" + connectionId).status()).isEqualTo(404);
        assertThat(one("select string_agg(action, ' ' order by id) from audit where subject = $1", connectionId))
                .contains("device.create")
                .endsWith("device.delete");
    }

    private static void sql(String statement) throws Exception {
        fixture.pool
                .query(statement)
                .execute()
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    private static String one(String query, String argument) throws Exception {
        Row row = fixture.pool
                .preparedQuery(query)
                .execute(Tuple.of(argument))
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .iterator()
                .next();
        return String.valueOf(row.getValue(0));
    }
}
