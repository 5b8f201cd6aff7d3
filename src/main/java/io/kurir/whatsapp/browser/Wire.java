package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Identity;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.OutgoingText;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The words between the JVM and the bridge in the page; the other side is {@code bridge/command} and {@code bridge/event}. */
final class Wire {
    private Wire() {}

    /** The file of {@code bridge/command} that carries the command out. */
    static String verb(Command<?> command) {
        return switch (command) {
            case Command.Send _ -> "send";
            case Command.Find _ -> "find";
            case Command.CheckNumbers _ -> "checkNumbers";
            case Command.RequestPairingCode _ -> "pairingCode";
            case Command.RefreshQr _ -> "refreshQr";
            case Command.ReadStatus _ -> "readStatus";
            case Command.Logout _ -> "logout";
        };
    }

    static ObjectNode arguments(Command<?> command) {
        ObjectNode arguments = Cdp.parameters();
        switch (command) {
            case Command.Send send -> send.texts().forEach(text -> write(text, arguments.withArray("texts")));
            case Command.Find find ->
                arguments.put("chat", find.chat().toString()).put("id", find.stanzaId());
            case Command.CheckNumbers check -> {
                ArrayNode numbers = arguments.putArray("numbers");
                check.numbers().forEach(number -> numbers.add(number.toString()));
            }
            case Command.RequestPairingCode request -> arguments.put("phone", request.phone());
            case Command.RefreshQr _, Command.ReadStatus _, Command.Logout _ -> {}
        }
        return arguments;
    }

    private static void write(OutgoingText text, ArrayNode into) {
        ObjectNode node = into.addObject();
        node.put("id", text.stanzaId()).put("to", text.to().toString()).put("text", text.text());
        text.quoted().ifPresent(quoted -> node.put("quoted", quoted));
        ArrayNode mentions = node.putArray("mentions");
        text.mentions().forEach(jid -> mentions.add(jid.toString()));
        node.put("typing", text.typing());
    }

    /** The command's answer; the type is the command's own, which the compiler cannot see through a switch over its cases. */
    @SuppressWarnings("unchecked")
    static <R> R answer(Command<R> command, JsonNode answer) {
        return (R)
                switch (command) {
                    case Command.Send _ ->
                        list(answer).stream().map(Wire::sendAnswer).toList();
                    case Command.Find _ -> finding(answer);
                    case Command.CheckNumbers _ -> people(answer);
                    case Command.RequestPairingCode _ -> answer.asText();
                    case Command.RefreshQr _, Command.Logout _ -> answer.asBoolean();
                    case Command.ReadStatus _ -> status(answer);
                };
    }

    private static Command.SendAnswer sendAnswer(JsonNode answer) {
        return switch (answer.path(0).asText()) {
            case "taken" -> new Command.Taken();
            case "known" -> new Command.Known(ack(answer.path(1).asInt()));
            default ->
                new Command.Refused(
                        Command.Reason.valueOf(answer.path(1).asText()),
                        answer.path(2).asText());
        };
    }

    private static Command.Finding finding(JsonNode answer) {
        return switch (answer.path(0).asText()) {
            case "present" -> new Command.Present(ack(answer.path(1).asInt()));
            case "failed" -> new Command.Failed();
            default -> new Command.Absent();
        };
    }

    private static Map<Jid, Command.Person> people(JsonNode answer) {
        Map<Jid, Command.Person> people = new LinkedHashMap<>();
        answer.properties()
                .forEach(one -> people.put(
                        Jid.parse(one.getKey()),
                        new Command.Person(jid(one.getValue(), "phone"), jid(one.getValue(), "lid"))));
        return people;
    }

    private static PageStatus status(JsonNode answer) {
        return new PageStatus(
                answer.path("linked").asBoolean(),
                answer.path("connected").asBoolean(),
                answer.path("synced").asBoolean(),
                answer.hasNonNull("me") ? Optional.of(identity(answer.path("me"))) : Optional.empty(),
                text(answer, "qr"));
    }

    /** Empty: an event of the bridge's own ({@code document}, {@code up}), which {@link ChromiumPage} minds. */
    static Optional<PageEvent> event(JsonNode event) {
        return Optional.ofNullable(
                switch (event.path("type").asText()) {
                    case "qr" -> new PageEvent.QrCode(event.path("code").asText());
                    case "qrExpired" -> new PageEvent.QrExpired();
                    case "linked" -> new PageEvent.Linked(identity(event.path("me")));
                    case "ready" -> new PageEvent.Ready(identity(event.path("me")));
                    case "socketLost" -> new PageEvent.SocketLost();
                    case "acked" -> acked(event);
                    case "failed" ->
                        new PageEvent.SendFailed(
                                event.path("id").asText(), event.path("reason").asText());
                    case "received" -> new PageEvent.Received(received(event.path("message")));
                    case "presence" ->
                        new PageEvent.Presence(
                                Jid.parse(event.path("chat").asText()),
                                event.path("state").asText());
                    case "loggedOut" ->
                        new PageEvent.LoggedOut(event.path("reason").asText());
                    case "replaced" -> new PageEvent.Replaced();
                    case "fenced" -> new PageEvent.Fenced();
                    default -> null;
                });
    }

    private static PageEvent acked(JsonNode event) {
        List<String> ids =
                list(event.path("ids")).stream().map(JsonNode::asText).toList();
        return new PageEvent.Acked(
                Jid.parse(event.path("chat").asText()),
                ids,
                ack(event.path("ack").asInt()));
    }

    private static IncomingMessage received(JsonNode message) {
        return new IncomingMessage(
                message.path("id").asText(),
                Jid.parse(message.path("chat").asText()),
                jid(message, "chatLid"),
                jid(message, "author"),
                message.path("fromMe").asBoolean(),
                message.path("type").asText(),
                message.path("text").asText(),
                message.path("senderName").asText(),
                text(message, "quoted"),
                ack(message.path("ack").asInt()),
                Instant.ofEpochMilli(message.path("at").asLong()));
    }

    private static Identity identity(JsonNode me) {
        return new Identity(
                Jid.parse(me.path("phone").asText()),
                jid(me, "lid"),
                me.path("name").asText());
    }

    /** WhatsApp's number of an ack. */
    private static Ack ack(int level) {
        return switch (level) {
            case 1 -> Ack.SERVER;
            case 2 -> Ack.DELIVERED;
            case 3 -> Ack.READ;
            default -> level > 3 ? Ack.PLAYED : Ack.NONE;
        };
    }

    private static Optional<Jid> jid(JsonNode node, String field) {
        return text(node, field).map(Jid::parse);
    }

    private static Optional<String> text(JsonNode node, String field) {
        return node.hasNonNull(field) ? Optional.of(node.path(field).asText()) : Optional.empty();
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> items = new ArrayList<>(array.size());
        array.forEach(items::add);
        return items;
    }
}
