package io.kurir.dialect.connections;

import static io.kurir.http.Dialect.CONNECTIONS;

import io.kurir.access.DeviceTokens;
import io.kurir.agent.Agent;
import io.kurir.agent.Agents;
import io.kurir.dialect.StatusWords;
import io.kurir.erasure.Erasure;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.http.QrPicture;
import io.kurir.http.Timestamps;
import io.kurir.message.Messages;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import io.kurir.session.QrCodes;
import io.kurir.webhook.DeviceWebhook;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/** The operations tagged {@code connections}. A connection is a device whose id was made at random here. */
public final class ConnectionsOperations {
    static final String ID = "connection_id";
    /** A page that opens shows its code within a few seconds, or not at all. */
    private static final Duration QR_PATIENCE = Duration.ofSeconds(20);

    /** What the dialect stands on; {@code userExists} of a user's number. */
    public record Features(
            Devices devices,
            LongPredicate userExists,
            QrCodes qrCodes,
            DeviceTokens tokens,
            Messages messages,
            DeviceWebhook webhook,
            Agents agents,
            Erasure erasure,
            URI publicUrl) {}

    private static final Map<String, String> FIELDS =
            Map.of("url", "webhook_url", "endpointUrl", "endpoint_url", "key", "api_key");

    private final Features features;
    private final Devices devices;

    public ConnectionsOperations(Features features) {
        this.features = features;
        this.devices = features.devices();
    }

    /** With the token, which is not shown again. */
    public Answer create(Ask ask) {
        DeviceTokens.requireMaker(ask.caller());
        long owner = Optional.ofNullable(ask.body().getLong("user_id"))
                .orElse(ask.caller().userId());
        if (!features.userExists().test(owner)) {
            throw Problem.invalid("user_id", "is not a user");
        }
        Device device = devices.createFor(CONNECTIONS, UUID.randomUUID().toString(), owner, ask.optionalField("name"));
        return Answer.json(
                201,
                done("Koneksi berhasil dibuat")
                        .put(ID, device.idIn(CONNECTIONS))
                        .put(
                                "token",
                                features.tokens()
                                        .issue(ask.caller(), device.deviceId())
                                        .secret())
                        .put("connection", ConnectionJson.json(device)));
    }

    public Answer list(Ask ask) {
        Devices.Filter made = new Devices.Filter(Optional.empty(), Optional.of(CONNECTIONS), Optional.empty());
        Devices.Listing listing = devices.list(ask.reach(), made, ask.page(), ask.pageSize());
        return ok(new JsonObject()
                .put("success", true)
                .put("connections", ConnectionJson.array(listing.devices()))
                .put("pagination", ConnectionJson.pagination(ask.page(), ask.pageSize(), listing.total())));
    }

    public Answer get(Ask ask) {
        Device device = connection(ask);
        JsonObject webhook = features.webhook()
                .find(ask.reach(), device.deviceId())
                .map(ConnectionJson::json)
                .orElse(null);
        JsonObject agent = features.agents()
                .find(ask.reach(), device.deviceId())
                .map(ConnectionJson::json)
                .orElse(null);
        return ok(new JsonObject()
                .put("success", true)
                .put(
                        "connection",
                        ConnectionJson.json(device).put("webhook", webhook).put("agent", agent)));
    }

    /** What was not made here is an admin's to delete, as natively. */
    public Answer delete(Ask ask) {
        Device device = connection(ask);
        boolean own = ask.caller().bearsToken() && device.dialect() == CONNECTIONS;
        if (!ask.caller().operator() && !own) {
            throw Problem.of(
                    Problem.Code.FORBIDDEN, "Only an admin may delete connections, or who has the connection's token");
        }
        features.erasure().device(ask.reach(), device.deviceId());
        features.tokens().forget();
        return ok(done("Koneksi berhasil dihapus"));
    }

    public Answer refresh(Ask ask) {
        Device device = devices.restart(ask.reach(), connection(ask).deviceId());
        return ok(done("Koneksi berhasil di-refresh").put("connection", ConnectionJson.json(device)));
    }

    public Answer disconnect(Ask ask) {
        devices.disconnect(ask.reach(), connection(ask).deviceId());
        return ok(done("WhatsApp berhasil disconnect"));
    }

    /** Shows the code to whom it may concern, and for a while to anybody who knows the connection's id. */
    public Answer requestQr(Ask ask) {
        String deviceId = connection(ask).deviceId();
        Optional<String> code =
                features.qrCodes().await(ask.reach(), deviceId, QR_PATIENCE).map(QrCodes.Code::text);
        Optional<String> until = features.qrCodes().open(ask.reach(), deviceId).map(Timestamps::write);
        Device device = devices.get(ask.reach(), deviceId);
        String id = device.idIn(CONNECTIONS);
        return ok(done(code.isPresent() ? "QR Code siap dipindai" : "Tidak ada QR Code")
                .put(ID, id)
                .put("status", StatusWords.natively(device.state()))
                .put("qr_code", code.map(QrPicture::pngDataUrl).orElse(null))
                .put("qr_url", until.map(_ -> url("/api/qr/" + id)).orElse(null))
                .put("expires_at", until.orElse(null)));
    }

    private String url(String path) {
        return features.publicUrl().toString().replaceAll("/+$", "") + path;
    }

    /** For strangers: see {@link QrCodes#shown}. */
    public Answer qr(Ask ask) {
        QrCodes.Shown shown = features.qrCodes().shown(CONNECTIONS, ask.text("connectionId"));
        return ok(new JsonObject()
                .put("success", true)
                .put(ID, shown.device().idIn(CONNECTIONS))
                .put("status", StatusWords.natively(shown.device().state()))
                .put(
                        "qr_code",
                        shown.code()
                                .map(QrCodes.Code::text)
                                .map(QrPicture::pngDataUrl)
                                .orElse(null)));
    }

    public Answer updateWebhook(Ask ask) {
        Device device = connection(ask);
        DeviceWebhook.Present webhook =
                within(() -> features.webhook().put(ask.reach(), device.deviceId(), ConnectionBodies.webhook(ask)));
        return ok(done("Webhook berhasil diupdate")
                .put(
                        "webhook",
                        ConnectionJson.json(webhook)
                                .put(ID, device.idIn(CONNECTIONS))
                                .put("secret", webhook.secret().orElse(null))));
    }

    /** 200 when WhatsApp's server has it, 202 when it goes on by itself. */
    public Answer send(Ask ask) {
        Device device = connection(ask);
        Messages.Sent sent =
                features.messages().send(ask.reach(), device.deviceId(), ConnectionBodies.text(ask), ask.names());
        String message = sent.finished() ? "Pesan berhasil dikirim" : "Pesan sedang dikirim";
        return Answer.json(
                sent.finished() ? 200 : 202, done(message).put("data", ConnectionJson.json(device, sent.message())));
    }

    public Answer updateAgent(Ask ask) {
        Device device = connection(ask);
        Agent agent = within(() -> features.agents().put(ask.reach(), device.deviceId(), ConnectionBodies.agent(ask)));
        return ok(done("Agen AI berhasil diupdate")
                .put("agent", ConnectionJson.json(agent).put(ID, device.idIn(CONNECTIONS))));
    }

    /** The one of the path or the body, or else the one whose token this is. */
    private Device connection(Ask ask) {
        String id = ask.optionalText("connectionId")
                .or(() -> ask.optionalField(ID))
                .or(() -> ask.caller().onlyDevice())
                .orElseThrow(() -> Problem.invalid(ID, "is missing"));
        return devices.external(ask.reach(), CONNECTIONS, id);
    }

    /** A refusal names the fields as they were sent. */
    private static <T> T within(Supplier<T> what) {
        try {
            return what.get();
        } catch (Problem refusal) {
            throw refusal.naming(FIELDS);
        }
    }

    private static Answer ok(JsonObject body) {
        return Answer.json(200, body);
    }

    private static JsonObject done(String message) {
        return new JsonObject().put("success", true).put("message", message);
    }
}
