package io.kurir.chat;

import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.kurir.message.MessageJson;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The operations tagged {@code chats}. */
public final class ChatOperations {
    private static final String DEVICE = "deviceId";

    private final Chats chats;
    private final History history;

    public ChatOperations(Chats chats, History history) {
        this.chats = chats;
        this.history = history;
    }

    public Answer list(Ask ask) {
        Chats.Listing listing =
                chats.list(ask.reach(), ask.text(DEVICE), ask.optionalText("search"), ask.page(), ask.pageSize());
        JsonObject data = new JsonObject()
                .put(
                        "chats",
                        Answer.array(listing.chats().stream()
                                .map(chat -> json(chat, listing.last()))
                                .toList()));
        return Answer.page("Chats", data, ask.page(), ask.pageSize(), listing.total());
    }

    public Answer history(Ask ask) {
        return history(ask, this.history.person(ask.text(DEVICE), "jid", ask.text("jid")));
    }

    public Answer groupHistory(Ask ask) {
        return history(ask, PhoneNumbers.group("groupId", ask.text("groupId")));
    }

    private Answer history(Ask ask, Jid chat) {
        History.Query query = new History.Query(
                (int) ask.number("limit"),
                ask.optionalText("before"),
                History.Source.valueOf(ask.text("source").toUpperCase(Locale.ROOT)),
                Duration.ofSeconds(ask.number("waitSeconds")));
        History.Shown shown = history.show(ask.reach(), ask.text(DEVICE), chat, query);
        History.Page page = shown.page();
        Optional<String> next = Optional.of(page.messages())
                .filter(all -> all.size() == query.limit())
                .map(all -> all.getFirst().stanzaId());
        return Answer.ok(
                "Chat history",
                new JsonObject()
                        .put("chatId", page.chat().toString())
                        .put("source", page.source().name().toLowerCase(Locale.ROOT))
                        .put("messages", messages(shown))
                        .put("nextBefore", next.orElse(null)));
    }

    public Answer day(Ask ask) {
        LocalDate date = LocalDate.parse(ask.text("date")); // the contract has looked at it
        int limit = (int) ask.number("limit");
        int offset = (int) ask.number("offset");
        Chats.Day day = chats.day(
                ask.reach(), ask.text(DEVICE), date, ask.parameters().getBoolean("includeGroups"), limit, offset);
        return Answer.ok(
                "Chats of the day",
                new JsonObject()
                        .put("date", date.toString())
                        .put("timezone", day.timezone())
                        .put("total", day.total())
                        .put("limit", limit)
                        .put("offset", offset)
                        .put(
                                "chats",
                                Answer.array(day.chats().stream()
                                        .map(ChatOperations::json)
                                        .toList())));
    }

    private static JsonArray messages(History.Shown shown) {
        return Answer.array(shown.page().messages().stream()
                .map(message -> message.id()
                        .map(shown.known()::get)
                        .map(known -> json(message).mergeIn(MessageJson.details(known)))
                        .orElseGet(() -> json(message)))
                .toList());
    }

    private static JsonObject json(Chats.Chat chat) {
        return new JsonObject()
                .put("chatId", chat.contact().id().toString())
                .put("lid", chat.contact().lid().map(Jid::toString).orElse(null))
                .put("name", chat.name().orElse(null))
                .put("isGroup", chat.contact().id().isGroup())
                .put("unreadCount", chat.unread())
                .put("lastMessageAt", chat.lastAt().map(Timestamps::write).orElse(null))
                .put("isArchived", chat.archived())
                .put("isPinned", chat.pinned());
    }

    private static JsonObject json(Chats.Chat chat, Map<Jid, HistoryMessage> last) {
        JsonObject json = json(chat);
        Optional.ofNullable(last.get(chat.contact().id())).ifPresent(message -> json.put("lastMessage", json(message)));
        return json;
    }

    private static JsonObject json(Chats.DayChat chat) {
        return new JsonObject()
                .put("chatId", chat.chat().toString())
                .put("name", chat.name().orElse(null))
                .put("isGroup", chat.chat().isGroup())
                .put("incoming", chat.incoming())
                .put("outgoing", chat.outgoing())
                .put("lastMessage", json(chat.last()));
    }

    private static JsonObject json(HistoryMessage message) {
        return new JsonObject()
                .put("id", message.id().orElse(null))
                .put("messageId", message.stanzaId())
                .put("chatId", message.chat().toString())
                .put("author", message.author().map(Jid::toString).orElse(null))
                .put("authorName", message.authorName().orElse(null))
                .put("direction", message.outgoing() ? "outgoing" : "incoming")
                .put("type", message.type())
                .put("message", message.text())
                .put("quotedMessageId", message.quoted().orElse(null))
                .put("status", message.status())
                .put("ack", message.ack().name().toLowerCase(Locale.ROOT))
                .put("timestamp", Timestamps.write(message.at()));
    }
}
