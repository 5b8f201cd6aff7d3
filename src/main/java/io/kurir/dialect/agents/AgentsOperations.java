package io.kurir.dialect.agents;

import static io.kurir.http.Dialect.AGENTS;

import io.kurir.access.Authenticator;
import io.kurir.agent.Agents;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.media.Intake;
import io.kurir.media.MediaLinks;
import io.kurir.message.Drafts;
import io.kurir.message.Messages;
import io.kurir.message.Messages.NewMessage;
import io.kurir.message.Messages.NewText;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is asked of an agent, mostly by who has its key. */
public final class AgentsOperations {
    private static final long LARGEST_FILE = 10L << 20;

    private final Devices devices;
    private final Messages messages;
    private final Agents agents;
    private final Intake intake;
    private final MediaLinks links;

    public AgentsOperations(Devices devices, Messages messages, Agents agents, Intake intake, MediaLinks links) {
        this.devices = devices;
        this.messages = messages;
        this.agents = agents;
        this.intake = intake;
        this.links = links;
    }

    /** Asks the AI, and sends its reply to whom the session is about. */
    public Answer run(Ask ask) {
        Device device = agent(ask);
        String input = ask.optionalField("input")
                .or(() -> ask.optionalField("message"))
                .orElseThrow(() -> Problem.invalid("input", "is missing"));
        Optional<Integer> steps =
                Optional.ofNullable(ask.body().getJsonObject("parameters")).map(each -> each.getInteger("max_steps"));
        Agents.Ran ran = agents.run(ask.reach(), device.deviceId(), input, ask.field("session_id"), steps, ask.names());
        return Answer.json(
                200,
                new JsonObject()
                        .put("reply", ran.reply())
                        .put("replySent", ran.sent())
                        .put("traceId", ask.requestId()));
    }

    public Answer send(Ask ask) {
        Device device = agent(ask);
        return delivered(
                messages.send(
                        ask.reach(),
                        device.deviceId(),
                        new NewText(
                                ask.field("to"),
                                ask.field("message"),
                                ask.optionalField("quotedMessageId"),
                                List.of(),
                                false),
                        ask.names()),
                new JsonObject());
    }

    /** {@code previewPath} opens the file for a while; null where {@code save_to_temp} is false. */
    public Answer sendMedia(Ask ask) {
        Device device = agent(ask);
        Messages.Sent sent = messages.earlier(
                        ask.reach(), device.deviceId(), ask.names().again())
                .orElseGet(() -> sendFile(ask, device.deviceId()));
        boolean kept = ask.body().getBoolean("save_to_temp", true);
        String preview = sent.message()
                .file()
                .hash()
                .filter(_ -> kept)
                .map(hash -> links.link(hash, ask.optionalField("filename").orElse(""))
                        .url()
                        .toString())
                .orElse(null);
        return delivered(sent, new JsonObject().put("previewPath", preview));
    }

    private Messages.Sent sendFile(Ask ask, String deviceId) {
        Intake.Source source = source(ask);
        String caption = Drafts.caption("", ask.body().getString("caption", ""));
        messages.requireSendable(ask.reach(), deviceId, ask.field("to"));
        Intake.Said said = new Intake.Said(
                Optional.empty(), ask.optionalField("filename"), ask.optionalField("mimeType"), caption);
        Intake.Taken taken = intake.take("", source, said, LARGEST_FILE);
        NewMessage message = new NewMessage(
                ask.field("to"),
                taken.content(),
                Optional.of(taken.hash()),
                ask.optionalField("quotedMessageId"),
                List.of(),
                false,
                "");
        return messages.send(ask.reach(), deviceId, message, ask.names());
    }

    private static Intake.Source source(Ask ask) {
        List<Intake.Source> sources = new ArrayList<>();
        ask.optionalField("data").map(Intake.Base64Text::new).ifPresent(sources::add);
        ask.optionalField("url").map(Intake.Url::new).ifPresent(sources::add);
        if (sources.size() != 1) {
            throw Problem.invalid("data", "is needed, or url, and not both");
        }
        return sources.getFirst();
    }

    /** 202 with {@code delivered: false} when it goes on by itself. */
    private static Answer delivered(Messages.Sent sent, JsonObject more) {
        return Answer.json(
                sent.finished() ? 200 : 202,
                new JsonObject().put("delivered", sent.finished()).mergeIn(more));
    }

    /** Another agent's key is not this one's: 004 answers as to a stranger. */
    private Device agent(Ask ask) {
        try {
            return devices.external(ask.reach(), AGENTS, ask.text("agentId"));
        } catch (Problem foreign) {
            throw foreign.code() == Problem.Code.FORBIDDEN && ask.caller().limited()
                    ? Authenticator.unauthorized()
                    : foreign;
        }
    }
}
