package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Identity;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.OutgoingMessage;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageStatus;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The words between the JVM and the bridge in the page; the other side is {@code bridge/command} and {@code bridge/event}. */
final class Wire {
    private static final ObjectMapper RECORDS = JsonMapper.builder()
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .addModule(new Jdk8Module())
            .addModule(new PageTypes())
            .build();

    private Wire() {}

    /** The file of {@code bridge/command} that carries the command out. */
    static String verb(Command<?> command) {
        return switch (command) {
            case Command.Send _ -> "send";
            case Command.Find _ -> "find";
            case Command.Download _ -> "download";
            case Command.CheckNumbers _ -> "checkNumbers";
            case Command.RequestPairingCode _ -> "pairingCode";
            case Command.RefreshQr _ -> "refreshQr";
            case Command.ReadStatus _ -> "readStatus";
            case Command.Probe _ -> "probe";
            case Command.Logout _ -> "logout";
            case Request<?> request -> decapitalised(request.getClass().getSimpleName());
        };
    }

    private static String decapitalised(String name) {
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    static ObjectNode arguments(Command<?> command) {
        ObjectNode arguments = Cdp.parameters();
        switch (command) {
            case Command.Send send ->
                send.messages().forEach(message -> write(message, arguments.withArray("messages")));
            case Command.Find find ->
                arguments.put("chat", find.chat().toString()).put("id", find.stanzaId());
            case Command.Download download ->
                arguments.put("chat", download.chat().toString()).put("id", download.stanzaId());
            case Command.CheckNumbers check -> {
                ArrayNode numbers = arguments.putArray("numbers");
                check.numbers().forEach(number -> numbers.add(number.toString()));
            }
            case Command.RequestPairingCode request -> arguments.put("phone", request.phone());
            case Command.RefreshQr _, Command.ReadStatus _, Command.Probe _, Command.Logout _ -> {}
            case Request<?> request -> arguments.setAll((ObjectNode) RECORDS.valueToTree(request));
        }
        return arguments;
    }

    private static void write(OutgoingMessage message, ArrayNode into) {
        ObjectNode node = into.addObject();
        node.put("id", message.stanzaId()).put("to", message.to().toString());
        node.set("content", content(message.content()));
        message.quoted().ifPresent(quoted -> node.put("quoted", quoted));
        ArrayNode mentions = node.putArray("mentions");
        message.mentions().forEach(jid -> mentions.add(jid.toString()));
        node.put("typing", message.typing());
    }

    /** {@code kind} tells what it is; its other fields are those of the record. */
    private static ObjectNode content(Content content) {
        return RECORDS.<ObjectNode>valueToTree(content).put("is", is(content));
    }

    private static String is(Content content) {
        return decapitalised(content.getClass().getSimpleName());
    }

    /** The command's answer; the type is the command's own, which the compiler cannot see through a switch over its cases. */
    @SuppressWarnings("unchecked")
    static <R> R answer(Command<R> command, JsonNode answer) {
        return (R)
                switch (command) {
                    case Command.Send _ ->
                        list(answer).stream().map(Wire::sendAnswer).toList();
                    case Command.Find _ -> finding(answer);
                    case Command.Download _ ->
                        new Command.Downloaded(
                                answer.path("mimetype").asText(),
                                answer.path("size").asLong());
                    case Command.CheckNumbers _ -> people(answer);
                    case Command.RequestPairingCode _ -> answer.asText();
                    case Command.RefreshQr _, Command.Logout _ -> answer.asBoolean();
                    case Command.ReadStatus _ -> status(answer);
                    case Command.Probe _ ->
                        new Command.Pulse(
                                answer.path("store").asBoolean(),
                                answer.path("server").asBoolean());
                    case Request<?> request -> RECORDS.convertValue(answer, request.answer());
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

    private static Map<Jid, Person> people(JsonNode answer) {
        Map<Jid, Person> people = new LinkedHashMap<>();
        answer.properties()
                .forEach(one -> people.put(
                        Jid.parse(one.getKey()), new Person(jid(one.getValue(), "phone"), jid(one.getValue(), "lid"))));
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
                    case "reacted" -> RECORDS.convertValue(event, PageEvent.Reacted.class);
                    case "edited" -> RECORDS.convertValue(event, PageEvent.Edited.class);
                    case "revoked" -> RECORDS.convertValue(event, PageEvent.Revoked.class);
                    case "voted" -> RECORDS.convertValue(event, PageEvent.Voted.class);
                    case "groupChanged" -> RECORDS.convertValue(event, PageEvent.GroupChanged.class);
                    case "paired" -> RECORDS.convertValue(event, PageEvent.Paired.class);
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
        return RECORDS.convertValue(message, IncomingMessage.class);
    }

    private static Identity identity(JsonNode me) {
        return new Identity(
                Jid.parse(me.path("phone").asText()),
                jid(me, "lid"),
                me.path("name").asText());
    }

    /** WhatsApp's number of an ack. */
    static Ack ack(int level) {
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
