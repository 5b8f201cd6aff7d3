package io.kurir.dialect.agents;

import static io.kurir.http.Dialect.AGENTS;

import io.kurir.access.Caller;
import io.kurir.access.DeviceTokens;
import io.kurir.access.Reach;
import io.kurir.agent.Agent;
import io.kurir.agent.Agents;
import io.kurir.dialect.SharedSessions;
import io.kurir.erasure.Erasure;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Dialect;
import io.kurir.http.Problem;
import io.kurir.http.Timestamps;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import io.kurir.session.QrCodes;
import io.kurir.session.Tenants;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/** Sessions of agents. A session is a device; {@code userId} is its tenant; {@code apikey} is both its token and what its AI is called with. */
public final class AgentSessions implements SharedSessions.Side {
    private static final Duration QR_PATIENCE = Duration.ofSeconds(60);

    /** What the dialect stands on. */
    public record Features(
            Devices devices, QrCodes qrCodes, Tenants tenants, DeviceTokens tokens, Agents agents, Erasure erasure) {}

    private final Features features;
    private final Devices devices;

    public AgentSessions(Features features) {
        this.features = features;
        this.devices = features.devices();
    }

    @Override
    public Dialect dialect() {
        return AGENTS;
    }

    /** Made or changed, connected, and answered with a QR code where it needs one. */
    @Override
    public Answer create(Ask ask) {
        String tenant = needed(ask, "userId");
        String name = needed(ask, "agentName");
        Optional<Device> there = existing(ask.caller(), ask.field("agentId"));
        if (!there.map(Device::deviceId).map(features.tokens()::has).orElse(false)) {
            DeviceTokens.requireMaker(ask.caller());
        }
        Device device = there.orElseGet(() -> made(ask.caller(), ask.field("agentId"), name));
        features.tenants().claim(device.deviceId(), tenant);
        Optional<String> made = key(ask, device, there.isEmpty());
        devices.rename(ask.reach(), device.deviceId(), name);
        return connected(ask.reach(), device.deviceId(), made);
    }

    /** The contract cannot say it of a body that may also be an account's. */
    private static String needed(Ask ask, String field) {
        String text = ask.optionalField(field).orElseThrow(() -> Problem.invalid(field, "is missing"));
        if (text.indexOf('\0') >= 0) { // refused by the database only when the device is made
            throw Problem.invalid(field, "must not contain NUL characters");
        }
        return text;
    }

    private Optional<Device> existing(Caller caller, String agentId) {
        try {
            return devices.findExternal(caller.reach(), AGENTS, agentId).map(device -> permitted(caller, device));
        } catch (Problem foreign) {
            throw foreign.code() == Problem.Code.FORBIDDEN && !caller.limited() && !caller.anonymous()
                    ? Problem.of(Problem.Code.CONFLICT, "this agentId belongs to another userId")
                    : foreign;
        }
    }

    private Device made(Caller caller, String agentId, String name) {
        if (!caller.operator() && !caller.anonymous()) {
            throw Problem.of(Problem.Code.FORBIDDEN, "Only an admin may make agents");
        }
        return devices.createFor(AGENTS, agentId, caller.userId(), Optional.of(name));
    }

    /** What it has; else what the user's other agents have, the given one, or a new one, which is answered this once. */
    private Optional<String> key(Ask ask, Device device, boolean fresh) {
        String deviceId = device.deviceId();
        boolean stranger = ask.caller().anonymous();
        if (stranger && !fresh) { // who knows a userId must not get at its agents
            return Optional.empty();
        }
        boolean kept = features.tokens().has(deviceId);
        Optional<String> shared = kept || stranger ? Optional.empty() : shared(ask.caller(), deviceId);
        Optional<String> given = kept || shared.isPresent() ? Optional.empty() : ask.optionalField("apikey");
        given.ifPresent(key -> features.tokens().set(ask.caller(), deviceId, key));
        Optional<String> ofAi =
                given.or(() -> shared.flatMap(other -> features.agents().find(ask.reach(), other))
                        .flatMap(Agent::openKey));
        if (ofAi.isPresent() || features.agents().find(ask.reach(), deviceId).isEmpty()) {
            ask(ask.reach(), device, ofAi);
        }
        return kept || shared.isPresent() || given.isPresent()
                ? Optional.empty()
                : Optional.of(features.tokens().issue(ask.caller(), deviceId).secret());
    }

    /** Which other agent of the user it got its key from. */
    private Optional<String> shared(Caller caller, String deviceId) {
        return features.tenants().siblings(deviceId).stream()
                .filter(other -> features.tokens().copy(caller, other, deviceId))
                .findFirst();
    }

    /** An AI at the default endpoint, where the settings name one. */
    private void ask(Reach reach, Device device, Optional<String> key) {
        if (features.agents().hasDefault()) {
            features.agents()
                    .put(
                            reach,
                            device.deviceId(),
                            new Agents.Wanted(
                                    Optional.of(device.idIn(AGENTS)),
                                    Optional.empty(),
                                    key.isPresent() ? Optional.of(key) : Optional.empty(),
                                    Optional.empty(),
                                    Optional.of(device.name()),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty()));
        }
    }

    private Answer connected(Reach reach, String deviceId, Optional<String> key) {
        Optional<QrCodes.Code> code = features.qrCodes().await(reach, deviceId, QR_PATIENCE);
        return Answer.json(200, json(devices.get(reach, deviceId), code).put("api_key", key.orElse(null)));
    }

    public Answer get(Ask ask) {
        Device device = session(ask);
        Optional<QrCodes.Code> code = ask.caller().scopes().contains(Caller.Scope.MANAGE)
                ? features.qrCodes().now(device.deviceId())
                : Optional.empty();
        return Answer.json(200, json(device, code).putNull("api_key"));
    }

    /** With all that it has; to delete what is not there is no error. */
    @Override
    public Answer delete(Ask ask, String agentId, Optional<Device> device) {
        Caller caller = ask.caller();
        boolean allowed = device.map(there -> mayForget(caller, permitted(caller, there)))
                .orElse(caller.operator() || caller.anonymous() || caller.bearsToken());
        if (!allowed) {
            throw Problem.of(Problem.Code.FORBIDDEN, "Only an admin may delete agents, or who has the agent's key");
        }
        device.ifPresent(there -> features.erasure().device(ask.reach(), there.deviceId()));
        return Answer.json(200, new JsonObject().put("deleted", device.isPresent()));
    }

    /** Forgets the link and answers as {@link #create}. What was not made here keeps its link, unless an admin asks. */
    @Override
    public Answer reconnect(Ask ask, String agentId, Optional<Device> device) {
        Device there = device.map(found -> permitted(ask.caller(), found)).orElseThrow(() -> unknown(agentId));
        boolean forget = mayForget(ask.caller(), there);
        if (!forget && there.dialect() == AGENTS) {
            throw Problem.of(
                    Problem.Code.FORBIDDEN,
                    "Only an admin may have an agent forget its link, or who has the agent's key");
        }
        if (forget) {
            devices.wipe(ask.reach(), there.deviceId());
        }
        return connected(ask.reach(), there.deviceId(), Optional.empty());
    }

    /** Of what this dialect made, who shows its key, or is a stranger that was let in; of the rest, admins alone. */
    private static boolean mayForget(Caller caller, Device device) {
        return caller.operator() || (device.dialect() == AGENTS && (caller.bearsToken() || caller.anonymous()));
    }

    private static Problem unknown(String agentId) {
        return Problem.of(Problem.Code.SESSION_NOT_FOUND, "no agent " + agentId);
    }

    /** Waits for a code at most 60 seconds; {@code NO_QR} when there is none then, or none is needed. */
    public Answer qr(Ask ask) {
        Device device = session(ask);
        QrCodes.Code code = features.qrCodes()
                .await(ask.reach(), device.deviceId(), QR_PATIENCE)
                .orElseThrow(() -> Problem.of(Problem.Code.NO_QR, "no QR code is shown; the session may be linked"));
        return Answer.json(
                200,
                new JsonObject()
                        .put("qr", AgentJson.picture(code))
                        .put("qrUpdatedAt", Timestamps.write(code.seenAt())));
    }

    private Device session(Ask ask) {
        return permitted(ask.caller(), devices.external(ask.reach(), AGENTS, ask.text("sessionId")));
    }

    /** Strangers, where they are let in, have to do with what this dialect made, and with nothing else of the admin's. */
    private static Device permitted(Caller caller, Device device) {
        if (caller.anonymous() && device.dialect() != AGENTS) {
            throw Problem.of(Problem.Code.FORBIDDEN, "this needs credentials");
        }
        return device;
    }

    private JsonObject json(Device device, Optional<QrCodes.Code> code) {
        Optional<String> endpoint =
                features.agents().find(Reach.ALL, device.deviceId()).flatMap(features.agents()::endpoint);
        return AgentJson.session(device, code, features.tenants().of(device.deviceId()), endpoint);
    }
}
