package io.kurir.agent;

import io.kurir.Names;
import io.kurir.Settings;
import io.kurir.Vault;
import io.kurir.access.Reach;
import io.kurir.agent.CircuitStore.Gate;
import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Problem;
import io.kurir.message.Messages;
import io.kurir.message.Messages.NewText;
import io.kurir.session.Devices;
import io.kurir.whatsapp.Jid;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The AI agents of devices. To be called on a virtual thread. Every method throws what {@link Devices#get} does for a device that is not there or
 * beyond the reach.
 */
public final class Agents {
    private static final int LONGEST_URL = 2048; // the circuits' index takes no longer ones

    /** What may be said of an agent; outside empty, it stays as it is, or is the default of a new one; inside empty, it is taken away. */
    public record Wanted(
            Optional<String> agentId,
            Optional<Optional<String>> endpointUrl,
            Optional<Optional<String>> key,
            Optional<Boolean> enabled,
            Optional<String> name,
            Optional<String> prompt,
            Optional<JsonObject> parameters,
            Optional<Optional<Integer>> repliesPerMinute) {}

    /** {@code reply} may be blank: then the endpoint had nothing to say, and nothing was sent. */
    public record Ran(String reply, boolean sent) {}

    /** What a dry run came to. */
    record Tried(Heard heard) {}

    private final AgentStore store;
    private final CircuitStore circuits;
    private final Endpoints endpoints;
    private final Devices devices;
    private final Messages messages;
    private final Settings.Agent settings;
    private final Meters meters;

    public Agents(
            Vertx vertx,
            Pool pool,
            Devices devices,
            Messages messages,
            Vault vault,
            Settings.Agent settings,
            MeterRegistry registry) {
        this.store = new AgentStore(pool, vault);
        this.circuits = new CircuitStore(pool);
        this.endpoints = new Endpoints(vertx, settings);
        this.devices = devices;
        this.messages = messages;
        this.settings = settings;
        this.meters = new Meters(registry);
    }

    /** {@code NOT_FOUND} where the device has none. */
    public Agent get(Reach reach, String deviceId) {
        return find(reach, deviceId)
                .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "Device " + deviceId + " has no agent"));
    }

    public Optional<Agent> find(Reach reach, String deviceId) {
        devices.get(reach, deviceId);
        return store.get(deviceId).await();
    }

    /** Makes or changes it; {@code INVALID_PAYLOAD} for an endpoint that may not be called, or when there would be none. */
    public Agent put(Reach reach, String deviceId, Wanted wanted) {
        Agent old = find(reach, deviceId).orElseGet(() -> Agent.fresh(deviceId));
        Agent agent = new Agent(
                deviceId,
                wanted.agentId().orElse(old.agentId()),
                wanted.endpointUrl().orElse(old.endpointUrl()),
                wanted.key()
                        .<Optional<Agent.Key>>map(key -> key.map(Agent.Key.Open::new))
                        .orElse(old.key()),
                wanted.enabled().orElse(old.enabled()),
                wanted.name().orElse(old.name()),
                wanted.prompt().orElse(old.prompt()),
                wanted.parameters().orElse(old.parameters()),
                wanted.repliesPerMinute().orElse(old.repliesPerMinute()),
                old.createdAt(),
                old.updatedAt());
        check(agent);
        wanted.endpointUrl().flatMap(url -> url).flatMap(endpoints::refusal).ifPresent(why -> {
            throw Problem.invalid("endpointUrl", why);
        });
        if (endpoints.of(agent.agentId(), agent.endpointUrl()).isEmpty()) {
            throw Problem.invalid("endpointUrl", "is missing, and the setting agent.backend-url names no default");
        }
        return store.put(agent).await();
    }

    /** Dialects come here too, with contracts of their own: what goes into a header or cannot be stored is refused here. */
    private static void check(Agent agent) {
        List<Problem.Detail> wrong = new ArrayList<>();
        if (!agent.openKey().orElse("key").matches("[!-~]{1,4096}")) {
            wrong.add(new Problem.Detail("key", "must have 1 to 4096 printable characters, and no blanks"));
        }
        if (agent.endpointUrl().orElse("").length() > LONGEST_URL) {
            wrong.add(new Problem.Detail("endpointUrl", "must have at most " + LONGEST_URL + " characters"));
        }
        storable("name", agent.name(), wrong);
        storable("prompt", agent.prompt(), wrong);
        storable("parameters", agent.parameters().encode().replace("\\u0000", "\0"), wrong);
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
    }

    private static void storable(String field, String text, List<Problem.Detail> wrong) {
        if (text.indexOf('\0') >= 0) {
            wrong.add(new Problem.Detail(field, "must not contain NUL characters"));
        }
    }

    /** False when there was none. */
    public boolean delete(Reach reach, String deviceId) {
        devices.get(reach, deviceId);
        return store.delete(deviceId).await();
    }

    /** Whether an agent needs no endpoint of its own. */
    public boolean hasDefault() {
        return settings.backendUrl().isPresent();
    }

    /** The address that is called now; empty when the settings no longer name a default. */
    public Optional<String> endpoint(Agent agent) {
        return endpoints.of(agent.agentId(), agent.endpointUrl()).map(Responder.Endpoint::url);
    }

    /** Calls the endpoint at once, also when the agent is disabled or its circuit is open; nothing is sent. */
    Tried attempt(Reach reach, String deviceId, String input, Optional<String> sessionId) {
        Agent agent = get(reach, deviceId);
        String person = sessionId.orElse("try-" + deviceId);
        Heard heard = endpoints
                .ask(responder(agent), question(deviceId, input, person, Optional.empty()), traceId())
                .await();
        meters.called(heard);
        return new Tried(heard);
    }

    /**
     * Asks the agent and sends its reply to {@code sessionId}, a recipient in any form that a send takes, within all limits of a send. With repeatable
     * names, what an earlier run has sent is not asked or sent again.
     *
     * @param maxSteps for the endpoint; empty: the agent's own
     * @throws Problem {@code NOT_FOUND} without an agent; {@code SESSION_NOT_READY}, {@code INVALID_PAYLOAD}, {@code NUMBER_NOT_ON_WHATSAPP}: the endpoint was not
     *     called. {@code AI_TIMEOUT}, {@code AI_DOWNSTREAM_ERROR} (no reply that can be used), {@code BAD_GATEWAY} (not reached), {@code NOT_AVAILABLE} (its circuit is open):
     *     nothing was sent. A reply that could not be sent is answered all the same, {@code sent} being false.
     */
    public Ran run(
            Reach reach, String deviceId, String input, String sessionId, Optional<Integer> maxSteps, Names names) {
        Optional<Messages.Sent> earlier = messages.earlier(reach, deviceId, names.again());
        if (earlier.isPresent()) {
            return new Ran(earlier.get().message().text(), true);
        }
        Agent agent = get(reach, deviceId);
        messages.requireSendable(reach, deviceId, sessionId);
        Jid person = PhoneNumbers.recipient("session_id", sessionId, devices.country(deviceId, sessionId));
        String reply = heard(agent, question(deviceId, input, person.toString(), maxSteps));
        if (reply.isBlank()) {
            return new Ran(reply, false);
        }
        try {
            messages.send(
                    reach, deviceId, new NewText(person.toString(), reply, Optional.empty(), List.of(), false), names);
            return new Ran(reply, true);
        } catch (Problem notSent) { // what was paid for is not thrown away
            return new Ran(reply, false);
        }
    }

    private String heard(Agent agent, Question question) {
        Responder responder = responder(agent);
        String endpoint = responder.endpoint().url();
        Gate gate = circuits.gate(
                        agent.deviceId(), endpoint, settings.timeout().plus(Runner.AROUND), settings.probeDelay())
                .await();
        if (gate instanceof Gate.Shut shut) {
            Duration wait = Duration.between(Instant.now(), shut.until());
            throw Problem.later(
                    Problem.Code.NOT_AVAILABLE,
                    "The agent's endpoint is down",
                    wait.isNegative() ? Duration.ofSeconds(1) : wait.plusSeconds(1));
        }
        Heard heard = endpoints.ask(responder, question, traceId()).await();
        meters.called(heard);
        return switch (heard) {
            case Heard.Said said -> {
                circuits.well(agent.deviceId(), endpoint).await();
                yield said.reply();
            }
            case Heard.Failed failed -> {
                boolean probe = gate instanceof Gate.Probe;
                long work = -System.nanoTime(); // no run's number
                circuits.noted(agent.deviceId(), endpoint, failed.fault(), work, probe, settings.probeDelay())
                        .await();
                throw failed.problem();
            }
        };
    }

    private Responder responder(Agent agent) {
        if (!agent.keyReadable()) {
            throw Problem.of(Problem.Code.CONFLICT, "Set the key again: " + Agent.SHUT);
        }
        return endpoints
                .of(agent.agentId(), agent.endpointUrl())
                .map(endpoint -> Responder.of(agent, endpoint))
                .orElseThrow(() -> Problem.of(
                        Problem.Code.CONFLICT,
                        "The agent has no endpoint, and the setting agent.backend-url names none"));
    }

    private static Question question(String deviceId, String input, String sessionId, Optional<Integer> maxSteps) {
        return new Question(deviceId, input, sessionId, maxSteps, "", sessionId, "", Optional.empty());
    }

    private static String traceId() {
        return "agent-try-" + Names.random().hex(8);
    }

    /** Why a URL must not be an endpoint, if so. */
    Optional<String> refusal(String url) {
        return endpoints.refusal(url);
    }
}
