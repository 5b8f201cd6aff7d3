package io.kurir.dialect.accounts;

import io.kurir.batch.Batch;
import io.kurir.batch.Batches;
import io.kurir.config.Configuration;
import io.kurir.dialect.SharedSessions;
import io.kurir.erasure.Erasure;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Dialect;
import io.kurir.http.Problem;
import io.kurir.http.QrPicture;
import io.kurir.message.Messages;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operations tagged {@code accounts}, and the sides of {@code /sessions} that are 000's. */
public final class AccountsOperations implements SharedSessions.Side {
    private static final Logger log = LoggerFactory.getLogger(AccountsOperations.class);
    private static final String ID = "clientId";

    private final Devices devices;
    private final Messages messages;
    private final Batches batches;
    private final Erasure erasure;
    private final Configuration config;

    public AccountsOperations(
            Devices devices, Messages messages, Batches batches, Erasure erasure, Configuration config) {
        this.devices = devices;
        this.messages = messages;
        this.batches = batches;
        this.erasure = erasure;
        this.config = config;
    }

    @Override
    public Dialect dialect() {
        return Dialect.ACCOUNTS;
    }

    public Answer list(Ask ask) {
        List<Device> found = devices.list(ask.reach(), Optional.empty(), Optional.empty(), ask.page(), ask.pageSize())
                .devices();
        return Answer.json(200, new JsonArray(found.stream().map(Rows::account).toList()));
    }

    public Answer start(Ask ask) {
        return start(ask, ask.text(ID));
    }

    /** One that was disconnected is refused: a start never makes a QR code for an account that somebody has ended. */
    private Answer start(Ask ask, String clientId) {
        Device device = find(ask, clientId).orElseGet(() -> made(ask, clientId));
        return opened(devices.start(ask.reach(), device.deviceId(), Devices.StartPolicy.REFUSE_DISCONNECTED));
    }

    private Optional<Device> find(Ask ask, String clientId) {
        return devices.findExternal(ask.reach(), Dialect.ACCOUNTS, clientId);
    }

    private Device account(Ask ask, String clientId) {
        return devices.external(ask.reach(), Dialect.ACCOUNTS, clientId);
    }

    /** As natively, devices are an admin's to make and to delete; the contract cannot say it of a path that is also for others. */
    private static void requireOperator(Ask ask) {
        if (!ask.caller().operator()) {
            throw Problem.of(Problem.Code.FORBIDDEN, "Only an admin may make or delete accounts");
        }
    }

    private Device made(Ask ask, String clientId) {
        requireOperator(ask);
        try {
            return devices.createFor(Dialect.ACCOUNTS, clientId, ask.caller().userId(), Optional.empty());
        } catch (Problem taken) { // by another first start at this very moment
            return find(ask, clientId).orElseThrow(() -> taken);
        }
    }

    private Answer opened(Device device) {
        return Answer.json(
                200,
                Rows.account(device)
                        .put("qr", devices.currentQr(device.deviceId()).orElse(null)));
    }

    public Answer reconnect(Ask ask) {
        return reconnected(ask, account(ask, ask.text(ID)));
    }

    private Answer reconnected(Ask ask, Device device) {
        return opened(devices.connect(ask.reach(), device.deviceId()));
    }

    public Answer qr(Ask ask) {
        Device device = account(ask, ask.text(ID));
        String qr = devices.qr(ask.reach(), device.deviceId());
        return Answer.json(
                200,
                new JsonObject()
                        .put(ID, device.idIn(Dialect.ACCOUNTS))
                        .put("status", Rows.status(device))
                        .put("qr", qr)
                        .put("qrImage", QrPicture.pngDataUrl(qr)));
    }

    public Answer delete(Ask ask) {
        return deleted(ask, account(ask, ask.text(ID)));
    }

    private Answer deleted(Ask ask, Device device) {
        requireOperator(ask);
        erasure.device(ask.reach(), device.deviceId());
        return Answer.json(
                200, new JsonObject().put(ID, device.idIn(Dialect.ACCOUNTS)).put("deleted", true));
    }

    /** Where a session lies and what program it runs are not for callers to choose. */
    @Override
    public Answer create(Ask ask) {
        List.of("dataPath", "puppeteer").stream()
                .filter(ask.body()::containsKey)
                .forEach(name -> log.info("{} of a session is ignored, request {}", name, ask.requestId()));
        return start(ask, ask.field(ID));
    }

    @Override
    public Answer delete(Ask ask, String id, Optional<Device> device) {
        return deleted(ask, device.orElseThrow(() -> unknown(id)));
    }

    @Override
    public Answer reconnect(Ask ask, String id, Optional<Device> device) {
        return reconnected(ask, device.orElseThrow(() -> unknown(id)));
    }

    private static Problem unknown(String id) {
        return Problem.of(Problem.Code.SESSION_NOT_FOUND, "no account " + id);
    }

    /** Written down, and sent as soon as the account can. */
    public Answer send(Ask ask) {
        Messages.NewText text = new Messages.NewText(
                ask.field("to"),
                ask.field("text"),
                Optional.empty(),
                List.of(),
                false,
                Optional.ofNullable(ask.body().getInteger("maxAttempts")));
        return devices.withExternal(ask.reach(), Dialect.ACCOUNTS, ask.field(ID), device -> {
            Messages.Queued queued = messages.queue(
                    ask.reach(), device.deviceId(), text, ask.names().again());
            return Answer.json(202, Rows.job(device, queued, config.maxAttempts()));
        });
    }

    public Answer job(Ask ask) {
        Messages.Queued queued = messages.queued(ask.reach(), ask.number("id"));
        Device device = devices.get(ask.reach(), queued.message().deviceId());
        return Answer.json(
                200, Rows.job(device, queued, config.maxAttempts()).put("steps", Rows.steps(queued.message())));
    }

    public Answer broadcast(Ask ask) {
        Device device = account(ask, ask.field(ID));
        Batch batch = batches.broadcast(
                ask.reach(),
                ask.names(),
                new Batches.Broadcast(
                        device.deviceId(),
                        ask.part(Ask.BODY).orElseThrow().file(),
                        "recipients",
                        ask.optionalField("name").orElse(""),
                        ask.field("text")));
        return Answer.json(202, Rows.broadcast(device, batch));
    }

    public Answer getBroadcast(Ask ask) {
        Batch batch = batches.get(ask.reach(), ask.text("id"));
        Device device = devices.get(ask.reach(), batch.deviceId());
        List<Batch.Item> items =
                batches.items(batch, Optional.empty(), ask.pageSize(), (long) (ask.page() - 1) * ask.pageSize());
        return Answer.json(200, Rows.broadcast(device, batch).put("jobs", Rows.jobs(items)));
    }

    public Answer setConfig(Ask ask) {
        String value = String.valueOf(ask.body().getValue("value"));
        return Answer.json(200, Configuration.json(config.put(ask.caller(), ask.field("key"), value)));
    }

    public Answer getConfig(Ask ask) {
        return Answer.json(200, Configuration.json(config.get(ask.text("key"))));
    }
}
