package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.http.Effect;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People under both names, chats and their history: a whole node, real databases, a scripted WhatsApp. Over 300 lines: one house for all. */
class PeopleIT {
    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data);
        admin = house.admin;
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    @Effect("getGroupChatHistory")
    void aPersonWhoseNumberBecomesKnownIsOneContactWithOneChat() throws Exception {
        house.connect("merge");
        Jid lid = new Jid("55500001", Jid.LID);
        Jid phone = Jid.ofPhone("6281234500001");
        Jid group = new Jid("120363000000000001", Jid.GROUP);
        house.whatsapp.tell("merge", received("A1", lid, Optional.empty(), Optional.empty(), "Ana", "first"));
        house.whatsapp.tell("merge", received("A2", group, Optional.empty(), Optional.of(lid), "Ana", "to all"));
        await().until(() -> house.column("select stanza_id from message where device_id = 'merge'"), hasSize(2));
        await().until(
                        () -> house.column("select contact_id || push_name from contact where device_id = 'merge'"),
                        found -> found.contains("55500001@lidAna"));

        // on A1 the LID had the last word, on A2 the number
        Person hidden = new Person(Optional.empty(), Optional.of(lid));
        Person known = new Person(Optional.of(phone), Optional.of(lid));
        Instant early = Instant.parse("2026-01-15T08:30:00Z");
        Instant late = early.plusSeconds(1);
        for (PageEvent event : List.of(
                new PageEvent.Reacted(lid, "A1", known, false, "👎", early),
                new PageEvent.Reacted(lid, "A1", hidden, false, "👍", late),
                new PageEvent.Reacted(group, "A2", hidden, false, "👎", early),
                new PageEvent.Reacted(group, "A2", known, false, "👍", late),
                new PageEvent.Voted(group, "A3", hidden, List.of("Friday"), early))) {
            house.whatsapp.tell("merge", event);
        }
        await().until(() -> house.column("select 1 from message_change where device_id = 'merge'"), hasSize(5));

        house.whatsapp.tell("merge", new PageEvent.Paired(phone, lid));
        await().until(
                        () -> house.column(
                                "select data from event where type = 'contact.merged' and device_id = 'merge'"),
                        hasSize(1));
        assertThat(new JsonObject(house.column(
                                "select data::text from event where type = 'contact.merged' and device_id = 'merge'")
                        .getFirst()))
                .isEqualTo(
                        JsonObject.of("contactId", phone.toString(), "phone", "6281234500001", "lid", lid.toString()));
        assertThat(
                        house.column(
                                "select chat || ' ' || coalesce(author, '') from message where device_id = 'merge' order by stanza_id"))
                .containsExactly(phone + " ", group + " " + phone);
        assertThat(house.column(
                        "select stanza_id || ' ' || author || ' ' || (value->>'from') || ' ' || coalesce(value->>'emoji', '')"
                                + " from message_change where device_id = 'merge' order by stanza_id"))
                .containsExactly(
                        "A1 " + phone + " " + phone + " 👍",
                        "A2 " + phone + " " + phone + " 👍",
                        "A3 " + phone + " " + phone + " ");
        assertThat(
                        house.column(
                                "select contact_id || ' ' || lid || ' ' || push_name from contact where device_id = 'merge' and lid is not null"))
                .containsExactly(phone + " " + lid + " Ana");

        // told again, it is no news
        house.whatsapp.tell("merge", received("A3", phone, Optional.of(lid), Optional.empty(), "Ana", "again"));
        await().until(() -> house.column("select stanza_id from message where device_id = 'merge'"), hasSize(3));
        assertThat(house.column("select data from event where type = 'contact.merged' and device_id = 'merge'"))
                .hasSize(1);

        Reply history = admin.get(path("merge", "/chat-history/" + lid + "?source=store"));
        assertThat(history.data().getString("chatId")).isEqualTo(phone.toString());
        assertThat(texts(history)).containsExactly("first", "again");
        assertThat(message(history, 0).getString("authorName")).isEqualTo("Ana");
        Reply inGroup = admin.get(path("merge", "/group-chat-history/120363000000000001?source=store"));
        assertThat(message(inGroup, 0).getString("author")).isEqualTo(phone.toString());
    }

    @Test
    void whatBecomesReadableIsStoredAndToldWithItsWords() throws Exception {
        house.connect("keys");
        Jid friend = Jid.ofPhone("6281234500019");
        Instant now = Instant.now();
        String told = "select data->>'messageId' || ' ' || (data->>'messageType') || ' ' || (data->>'message')"
                + " from event where device_id = 'keys' and type = 'message.received' order by seq";
        house.whatsapp.tell("keys", unreadable("K1", friend, now));
        await().until(() -> house.column(told), hasSize(1));
        house.whatsapp.tell("keys", unreadable("K1", friend, now));
        house.whatsapp.tell("keys", received("K1", friend, now, "at last"));
        house.whatsapp.tell("keys", unreadable("K1", friend, now));
        // of what comes in one batch, what can be read counts
        house.whatsapp.tell("keys", unreadable("K2", friend, now));
        house.whatsapp.tell("keys", received("K2", friend, now, "in time"));
        house.whatsapp.tell("keys", received("K2", friend, now, "in time"));
        house.whatsapp.tell("keys", received("K3", friend, now, "the last"));
        await().until(() -> house.column(told), found -> found.contains("K3 chat the last"));
        assertThat(house.column(told))
                .startsWith("K1 ciphertext ", "K1 chat at last")
                .containsOnlyOnce("K2 chat in time");
        assertThat(house.column("select type || ' ' || body from message where device_id = 'keys' order by stanza_id"))
                .containsExactly("chat at last", "chat in time", "chat the last");
        assertThat(house.column("select step->>'what' from message, jsonb_array_elements(steps) step"
                        + " where device_id = 'keys' and stanza_id = 'K1'"))
                .containsExactly("received", "decrypted");
    }

    private static PageEvent.Received unreadable(String id, Jid chat, Instant at) {
        return new PageEvent.Received(new IncomingMessage(
                id,
                chat,
                Optional.empty(),
                Optional.empty(),
                false,
                "ciphertext",
                new Content.Other("ciphertext"),
                List.of(),
                "",
                Optional.empty(),
                Ack.NONE,
                at));
    }

    @Test
    void whatGoesToALidIsStoredUnderItsNumber() throws Exception {
        house.connect("lids");
        Jid lid = new Jid("55500009", Jid.LID);
        Jid unknown = new Jid("55500010", Jid.LID);
        house.whatsapp.tell("lids", new PageEvent.Paired(Jid.ofPhone("6281234500009"), lid));
        await().until(() -> house.column("select contact_id from contact where lid = '" + lid + "'"), hasSize(1));
        send("lids", lid);
        send("lids", unknown);
        assertThat(house.column("select chat from message where device_id = 'lids' order by id"))
                .containsExactly("6281234500009@c.us", unknown.toString());

        house.whatsapp.tell("lids", new PageEvent.Paired(Jid.ofPhone("6281234500010"), unknown));
        await().until(
                        () -> house.column("select chat from message where device_id = 'lids' order by id"),
                        chats -> chats.equals(List.of("6281234500009@c.us", "6281234500010@c.us")));
        await().until(
                        () -> house.column("select 1 from event where device_id = 'lids' and type = 'contact.merged'"),
                        hasSize(1));
    }

    private static void send(String device, Jid to) {
        Reply sent = admin.post(
                path(device, "/send-message"),
                new JsonObject().put("to", to.toString()).put("message", "hello"));
        assertThat(sent.status()).as(sent.text()).isEqualTo(200);
    }

    @Test
    @Effect("listContacts")
    void contactsAreListedOnceAndSearched() throws Exception {
        house.connect("book");
        Person both = new Person(Optional.of(Jid.ofPhone("6281234500002")), Optional.of(new Jid("5552", Jid.LID)));
        Person hidden = new Person(Optional.empty(), Optional.of(new Jid("55533333", Jid.LID)));
        house.whatsapp.answer(
                Request.ListContacts.class,
                _ -> new Request.Contacts(List.of(
                        new Request.Contact(both, "Zaza 100%", "zz", true, false),
                        new Request.Contact(hidden, "", "Hidden_One", false, true))));
        Reply listed = admin.get(path("book", "/contacts"));
        assertThat(listed.data().getString("source")).isEqualTo("whatsapp");
        assertThat(names(listed, "contacts")).containsExactly("Hidden_One", "Zaza 100%");
        assertThat(item(listed, "contacts", 1).getString("phoneNumber")).isEqualTo("6281234500002");
        assertThat(item(listed, "contacts", 0).getValue("phoneNumber")).isNull();

        assertThat(names(admin.get(path("book", "/contacts?search=100%25")), "contacts"))
                .containsExactly("Zaza 100%");
        assertThat(names(admin.get(path("book", "/contacts?search=Hid_en")), "contacts"))
                .isEmpty();
        assertThat(names(admin.get(path("book", "/contacts?saved=true")), "contacts"))
                .containsExactly("Zaza 100%");
        Reply second = admin.get(path("book", "/contacts?page=2&pageSize=1"));
        assertThat(names(second, "contacts")).containsExactly("Zaza 100%");
        assertThat(second.json().getJsonObject("pagination").getInteger("totalPages"))
                .isEqualTo(2);
        assertThat(house.whatsapp.asked.stream().filter(Request.ListContacts.class::isInstance))
                .as("asked once in five seconds")
                .hasSize(1);

        admin.delete(path("book", "/disconnect"));
        Reply offline = admin.get(path("book", "/contacts"));
        assertThat(offline.data().getString("source")).isEqualTo("store");
        assertThat(names(offline, "contacts")).containsExactly("Hidden_One", "Zaza 100%");
    }

    @Test
    @Effect("checkNumbers")
    void numbersAreCheckedInEveryForm() {
        house.connect("numbers");
        Reply checked = admin.post(
                path("numbers", "/check-number"),
                new JsonObject().put("numbers", JsonArray.of("081234500003", "+62 812-3450-0003", "6281234500000")));
        assertThat(checked.status()).isEqualTo(200);
        assertThat(item(checked, "results", 0))
                .isEqualTo(new JsonObject()
                        .put("number", "081234500003")
                        .put("exists", true)
                        .put("contactId", "6281234500003@c.us")
                        .putNull("lid"));
        assertThat(item(checked, "results", 1).getBoolean("exists")).isTrue();
        assertThat(item(checked, "results", 2).getBoolean("exists")).isFalse();

        Reply wrong = admin.post(
                path("numbers", "/check-number"),
                new JsonObject().put("numbers", JsonArray.of("081234500003", "abc", "5550000@lid", "12345678@g.us")));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.fields()).containsExactly("numbers[1]", "numbers[2]", "numbers[3]");
    }

    @Test
    @Effect("updateDevice")
    void aLeadingZeroIsReadInTheDevicesOwnCountry() {
        house.connect("abroad");
        admin.put(path("abroad", ""), new JsonObject().put("country", "DE"));
        JsonObject numbers = new JsonObject().put("numbers", JsonArray.of("0170 1234563", "+62 812-3450-0003"));
        Reply checked = admin.post(path("abroad", "/check-number"), numbers);
        assertThat(item(checked, "results", 0).getString("contactId")).isEqualTo("491701234563@c.us");
        assertThat(item(checked, "results", 1).getString("contactId")).isEqualTo("6281234500003@c.us");
        admin.put(path("abroad", ""), new JsonObject().putNull("country"));
        Reply again = admin.post(
                path("abroad", "/check-number"), new JsonObject().put("numbers", JsonArray.of("081234500003")));
        assertThat(item(again, "results", 0).getString("contactId")).isEqualTo("6281234500003@c.us");
    }

    @Test
    @Effect("listChats")
    void chatsAreListedAsWhatsAppShowsThem() {
        house.connect("chats");
        Instant now = Instant.parse("2026-01-15T08:30:00Z");
        house.whatsapp.answer(
                Request.ListChats.class,
                _ -> new Request.Chats(List.of(
                        chat("6281234500004@c.us", "Old friend", now.minusSeconds(60), false),
                        chat("120363000000000004@g.us", "Pinned group", now.minusSeconds(600), true),
                        chat("6281234500005@c.us", "New friend", now, false))));
        Reply listed = admin.get(path("chats", "/chats"));
        assertThat(names(listed, "chats")).containsExactly("Pinned group", "New friend", "Old friend");
        assertThat(names(admin.get(path("chats", "/chats?search=FRIEND&pageSize=1")), "chats"))
                .containsExactly("New friend");
        assertThat(item(listed, "chats", 1).containsKey("lastMessage")).isFalse();

        house.whatsapp.tell("chats", received("L1", Jid.ofPhone("6281234500005"), now, "the newest"));
        await().until(() -> house.column("select id from message where device_id = 'chats'"), hasSize(1));
        JsonObject last = item(admin.get(path("chats", "/chats")), "chats", 1).getJsonObject("lastMessage");
        assertThat(last.getString("message")).isEqualTo("the newest");
    }

    private static Request.Chat chat(String jid, String name, Instant at, boolean pinned) {
        return new Request.Chat(Jid.parse(jid), Optional.empty(), name, 1, Optional.of(at), false, pinned);
    }

    @Test
    @Effect("getChatHistory")
    void historyComesFromWhatsAppFromTheTableOrFromBoth() throws Exception {
        house.connect("history");
        Jid friend = Jid.ofPhone("6281234500006");
        Instant start = Instant.parse("2026-01-15T08:30:00Z");
        for (int i = 3; i <= 5; i++) {
            house.whatsapp.tell("history", received("H" + i, friend, start.plusSeconds(i), "message " + i));
        }
        await().until(() -> house.column("select id from message where device_id = 'history'"), hasSize(3));
        house.whatsapp.answer(Request.History.class, asked -> {
            if (asked.before()
                    .filter(id -> !id.equals("H1") && !id.equals("H5") && !id.equals("H2"))
                    .isPresent()) {
                throw PageException.refused(Request.Refusal.MESSAGE_NOT_FOUND, "no such message");
            }
            int end = asked.before().map(id -> id.charAt(1) - '0').orElse(5);
            return new Request.HistoryPage(java.util.stream.IntStream.range(1, end)
                    .mapToObj(i -> message("H" + i, friend, start.plusSeconds(i), "message " + i))
                    .toList());
        });
        Instant later = start.plusSeconds(60);
        house.whatsapp.tell(
                "history",
                new PageEvent.Reacted(
                        friend, "H4", new Person(Optional.of(friend), Optional.empty()), false, "👍", later));
        await().until(() -> house.column("select kind from message_change where device_id = 'history'"), hasSize(1));
        String chat = "/chat-history/081234500006";
        assertThat(texts(admin.get(path("history", chat + "?source=store"))))
                .containsExactly("message 3", "message 4", "message 5");
        assertThat(texts(admin.get(path("history", chat + "?source=server"))))
                .containsExactly("message 1", "message 2", "message 3", "message 4");
        Reply both = admin.get(path("history", chat + "?limit=4"));
        assertThat(texts(both)).containsExactly("message 2", "message 3", "message 4", "message 5");
        assertThat(both.data().getString("source")).isEqualTo("both");
        assertThat(message(both, 0).getValue("id")).isNull();
        assertThat(message(both, 0).containsKey("reactions")).isFalse();
        assertThat(message(both, 1).getLong("id")).isPositive();
        assertThat(message(both, 1).getJsonArray("reactions")).isEmpty();
        assertThat(message(both, 1).getValue("revokedAt")).isNull();
        assertThat(message(both, 2).getJsonArray("reactions").getJsonObject(0).getString("emoji"))
                .isEqualTo("👍");
        assertThat(both.data().getString("nextBefore")).isEqualTo("H2");

        Reply older = admin.get(path("history", chat + "?limit=4&before=H2"));
        assertThat(texts(older)).containsExactly("message 1");
        assertThat(older.data().getValue("nextBefore")).isNull();
        assertThat(texts(admin.get(path("history", chat + "?before=H5&source=store"))))
                .containsExactly("message 3", "message 4");
        Reply unknown = admin.get(path("history", chat + "?before=nothing"));
        assertThat(unknown.fields()).containsExactly("before");

        house.whatsapp.fail(Request.History.class, PageException.Kind.FAILED);
        Reply alone = admin.get(path("history", chat));
        assertThat(alone.data().getString("source")).isEqualTo("store");
        assertThat(texts(alone)).containsExactly("message 3", "message 4", "message 5");
        assertThat(admin.get(path("history", chat + "?source=server")).code()).isEqualTo("WHATSAPP_ERROR");

        admin.delete(path("history", "/disconnect"));
        assertThat(texts(admin.get(path("history", chat + "?waitSeconds=0")))).hasSize(3);
        assertThat(admin.get(path("history", chat + "?source=server&waitSeconds=0"))
                        .code())
                .isEqualTo("SESSION_NOT_READY");
    }

    /** WhatsApp's times are whole seconds, ours are not: an answer must not come before its question. */
    @Test
    void withinASecondTheOrderOfArrivalStays() throws Exception {
        house.connect("second");
        Jid friend = Jid.ofPhone("6281234500017");
        String sent = admin.post(
                        path("second", "/send-message"),
                        new JsonObject().put("to", friend.toString()).put("message", "question"))
                .data()
                .getString("messageId");
        Instant second = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        house.whatsapp.tell("second", received("S1", friend, second, "answer"));
        await().until(() -> house.column("select id from message where device_id = 'second'"), hasSize(2));
        house.whatsapp.answer(
                Request.History.class,
                _ -> new Request.HistoryPage(
                        List.of(message(sent, friend, second, "question"), message("S1", friend, second, "answer"))));
        Reply both = admin.get(path("second", "/chat-history/" + friend));
        assertThat(texts(both)).containsExactly("question", "answer");
        assertThat(message(both, 0).getString("direction")).isEqualTo("outgoing");
    }

    @Test
    @Effect("getDailyChatList")
    void aDayOfChatsIsTheDevicesDay() throws Exception {
        house.connect("daily");
        FakeHouse.get(house.pool
                .query("update device set timezone = 'Asia/Jakarta' where device_id = 'daily'")
                .execute());
        // Jakarta is 7 hours ahead: its 15th of January begins at 17:00 of the 14th
        insert("daily", "D1", "6281234500007@c.us", false, "2026-01-14T16:59:59Z");
        insert("daily", "D2", "6281234500007@c.us", false, "2026-01-14T17:00:00Z");
        insert("daily", "D3", "6281234500007@c.us", true, "2026-01-15T01:00:00Z");
        insert("daily", "D4", "6281234500008@c.us", true, "2026-01-15T16:59:59Z");
        insert("daily", "D5", "120363000000000007@g.us", false, "2026-01-15T12:00:00Z");
        insert("daily", "D6", "6281234500008@c.us", true, "2026-01-15T17:00:00Z");
        Reply day = admin.get(path("daily", "/daily-chat-list?date=2026-01-15"));
        assertThat(day.data().getString("timezone")).isEqualTo("Asia/Jakarta");
        assertThat(day.data().getInteger("total")).isEqualTo(2);
        JsonObject first = item(day, "chats", 0);
        assertThat(first.getString("chatId")).isEqualTo("6281234500008@c.us");
        assertThat(first.getJsonObject("lastMessage").getString("messageId")).isEqualTo("D4");
        JsonObject second = item(day, "chats", 1);
        assertThat(second.getInteger("incoming")).isEqualTo(1);
        assertThat(second.getInteger("outgoing")).isEqualTo(1);
        assertThat(second.getJsonObject("lastMessage").getString("messageId")).isEqualTo("D3");

        assertThat(admin.get(path("daily", "/daily-chat-list?date=2026-01-15&includeGroups=true"))
                        .data()
                        .getInteger("total"))
                .isEqualTo(3);
        Reply part = admin.get(path("daily", "/daily-chat-list?date=2026-01-15&limit=1&offset=1"));
        assertThat(part.data().getJsonArray("chats")).hasSize(1);
        assertThat(part.data().getInteger("total")).isEqualTo(2);
        Reply beyond = admin.get(path("daily", "/daily-chat-list?date=2026-01-15&offset=7"));
        assertThat(beyond.data().getInteger("total")).isEqualTo(2);
        Reply empty = admin.get(path("daily", "/daily-chat-list?date=2020-02-29"));
        assertThat(empty.data().getJsonArray("chats")).isEmpty();
    }

    private static void insert(String device, String id, String chat, boolean outgoing, String at) throws Exception {
        FakeHouse.get(house.pool
                .preparedQuery(
                        "insert into message (device_id, stanza_id, outgoing, chat, type, body, phase, created_at)"
                                + " values ($1, $2, $3, $4, 'chat', $2, $5, $6)")
                .execute(io.vertx.sqlclient.Tuple.of(
                        device,
                        id,
                        outgoing,
                        chat,
                        outgoing ? "queued" : "received",
                        Instant.parse(at).atOffset(java.time.ZoneOffset.UTC))));
    }

    private static PageEvent.Received received(
            String id, Jid chat, Optional<Jid> lid, Optional<Jid> author, String name, String text) {
        return new PageEvent.Received(new IncomingMessage(
                id,
                chat,
                lid,
                author,
                false,
                "chat",
                new Content.Text(text),
                List.of(),
                name,
                Optional.empty(),
                Ack.NONE,
                Instant.now()));
    }

    private static PageEvent.Received received(String id, Jid chat, Instant at, String text) {
        return new PageEvent.Received(message(id, chat, at, text));
    }

    private static IncomingMessage message(String id, Jid chat, Instant at, String text) {
        return new IncomingMessage(
                id,
                chat,
                Optional.empty(),
                Optional.empty(),
                false,
                "chat",
                new Content.Text(text),
                List.of(),
                "",
                Optional.empty(),
                Ack.NONE,
                at);
    }

    private static java.util.function.Predicate<List<String>> hasSize(int size) {
        return found -> found.size() == size;
    }

    private static String path(String device, String rest) {
        return FakeHouse.DEVICES + "/" + device + rest;
    }

    private static JsonObject item(Reply reply, String list, int index) {
        return reply.data().getJsonArray(list).getJsonObject(index);
    }

    private static JsonObject message(Reply reply, int index) {
        return item(reply, "messages", index);
    }

    private static List<String> names(Reply reply, String list) {
        return strings(reply, list, "name");
    }

    private static List<String> texts(Reply reply) {
        return strings(reply, "messages", "message");
    }

    private static List<String> strings(Reply reply, String list, String field) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.data().getJsonArray(list).stream()
                .map(each -> ((JsonObject) each).getString(field))
                .toList();
    }
}
