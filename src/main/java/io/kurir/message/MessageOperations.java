package io.kurir.message;

import io.kurir.access.Reach;
import io.kurir.batch.Bulk;
import io.kurir.batch.JobJson;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.message.Messages.NewMessage;
import io.kurir.message.Messages.NewText;
import io.kurir.whatsapp.Content;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The operations tagged {@code messages}, but for those with files. */
public final class MessageOperations {
    private final Messages messages;
    private final MessageChanges changes;
    private final Bulk bulk;

    public MessageOperations(Messages messages, MessageChanges changes, Bulk bulk) {
        this.messages = messages;
        this.changes = changes;
        this.bulk = bulk;
    }

    /** 200 when WhatsApp's server has it, 202 when it goes on by itself. */
    public Answer send(Ask ask) {
        if (ask.body().containsKey("messages")) {
            return sendMany(ask);
        }
        return answer(messages.send(ask.reach(), ask.text("deviceId"), text(ask.body()), ask.names()));
    }

    private static NewText text(JsonObject body) {
        return new NewText(
                recipient(body),
                body.getString("message"),
                Optional.ofNullable(body.getString("quotedMessageId")),
                strings(body, "mentions"),
                body.getBoolean("typing", false),
                Optional.ofNullable(body.getInteger("maxAttempts")));
    }

    public static String recipient(JsonObject body) {
        return Optional.ofNullable(body.getString("to"))
                .or(() -> Optional.ofNullable(body.getString("phone")))
                .orElseThrow(() -> Problem.invalid("to", "is missing"));
    }

    public static List<String> strings(JsonObject body, String name) {
        return body.getJsonArray(name, new JsonArray()).stream()
                .map(String.class::cast)
                .toList();
    }

    public static Answer answer(Messages.Sent sent) {
        JsonObject data = MessageJson.sent(sent.message());
        return sent.finished() ? Answer.ok("Message sent", data) : Answer.accepted("Message on its way", data);
    }

    private Answer sendMany(Ask ask) {
        Reach reach = adminsReach(ask);
        List<NewMessage> texts = new ArrayList<>();
        JsonArray given = ask.body().getJsonArray("messages");
        for (int i = 0; i < given.size(); i++) {
            texts.add(NewMessage.of("messages[" + i + "].", text(given.getJsonObject(i))));
        }
        return answer(bulk.send(reach, ask.names(), ask.text("deviceId"), "message", texts, delay(ask)));
    }

    /** Writing to many is for admins, and not for a credential of one device. */
    static Reach adminsReach(Ask ask) {
        if (!ask.reach().equals(Reach.ALL)) {
            throw Problem.of(Problem.Code.FORBIDDEN, "Only an admin may send many messages at once");
        }
        return ask.reach();
    }

    public static Optional<Duration> delay(Ask ask) {
        return Optional.ofNullable(ask.body().getDouble("delay"))
                .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)));
    }

    public static Answer answer(Bulk.Sent sent) {
        JsonObject data = JobJson.job(sent.batch())
                .put(
                        "results",
                        Answer.array(sent.items().stream().map(JobJson::item).toList()));
        return sent.finished()
                ? Answer.ok(sent.batch().completed() + " of " + sent.batch().total() + " messages sent", data)
                : Answer.accepted("The rest goes on by itself", data);
    }

    public Answer sendLocation(Ask ask) {
        JsonObject body = ask.body();
        return send(
                ask,
                new Content.Location(
                        body.getDouble("latitude"),
                        body.getDouble("longitude"),
                        body.getString("name", ""),
                        body.getString("address", "")));
    }

    public Answer sendContact(Ask ask) {
        List<Content.Card> cards = new ArrayList<>();
        JsonArray given = ask.body().getJsonArray("contacts");
        for (int i = 0; i < given.size(); i++) {
            JsonObject card = given.getJsonObject(i);
            String phone = messages.digits(ask.text("deviceId"), "contacts[" + i + "].phone", card.getString("phone"));
            cards.add(new Content.Card(card.getString("name"), phone));
        }
        return send(ask, new Content.Contacts(List.copyOf(cards)));
    }

    public Answer sendPoll(Ask ask) {
        JsonObject body = ask.body();
        return send(
                ask,
                new Content.Poll(
                        body.getString("question"), strings(body, "options"), body.getInteger("selectable", 1)));
    }

    private Answer send(Ask ask, Content content) {
        NewMessage message = new NewMessage(
                recipient(ask.body()),
                content,
                Optional.empty(),
                ask.optionalField("quotedMessageId"),
                List.of(),
                false,
                "");
        return answer(messages.send(ask.reach(), ask.text("deviceId"), message, ask.names()));
    }

    public Answer react(Ask ask) {
        Message message = changes.react(ask.reach(), ask.text("deviceId"), ask.field("messageId"), ask.field("emoji"));
        return Answer.ok(ask.field("emoji").isEmpty() ? "Reaction taken back" : "Reacted", MessageJson.whole(message));
    }

    public Answer edit(Ask ask) {
        Message message = changes.edit(ask.reach(), ask.text("deviceId"), ask.text("messageId"), ask.field("message"));
        return Answer.ok("Message edited", MessageJson.whole(message));
    }

    public Answer revoke(Ask ask) {
        Message message = changes.revoke(ask.reach(), ask.text("deviceId"), ask.text("messageId"));
        return Answer.ok("Message deleted for everyone", MessageJson.whole(message));
    }

    public Answer get(Ask ask) {
        return Answer.ok(
                "Message", MessageJson.whole(messages.get(ask.reach(), ask.text("deviceId"), ask.text("messageId"))));
    }
}
