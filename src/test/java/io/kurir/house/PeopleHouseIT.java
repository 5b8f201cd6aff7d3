package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups, contacts and history from HTTP to a real WhatsApp Web page and back. */
class PeopleHouseIT {
    private static final String ANA = "6281234560001";
    private static final String BEN = "6281234560002";
    private static final String NOBODY = "62899990000"; // the simulator's rule for numbers that are not on WhatsApp
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path data;

    private static House house;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        house = new House(data, Map.of());
        admin = house.admin;
        house.link("people", "6281100000001");
        for (String phone : List.of(ANA, BEN)) {
            house.phone("POST", "/api/phones", new JsonObject().put("phone", phone));
        }
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void aGroupLivesFromItsCreationToOurLeaving() throws Exception {
        Reply created = admin.post(
                path("/groups"),
                new JsonObject()
                        .put("subject", "Neighbours")
                        .put("participants", JsonArray.of("0812-3456-0001", NOBODY)));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(strings(created, "participants", "result")).containsExactly("done", "not_on_whatsapp");
        String group = created.data().getString("groupId");
        assertThat(strings(admin.get(path("/groups")), "groups", "groupId")).contains(group);

        Reply added = people(group, BEN, ANA);
        assertThat(strings(added, "participants", "result")).containsExactly("done", "already");
        assertThat(admin.post(path("/groups/" + group + "/admins"), new JsonObject().put("adminJid", BEN))
                        .status())
                .isEqualTo(200);
        assertThat(role(group, BEN)).isEqualTo("admin");
        assertThat(admin.delete(path("/groups/" + group + "/admins/" + BEN)).status())
                .isEqualTo(200);
        assertThat(role(group, BEN)).isEqualTo("member");

        Reply sent = admin.post(
                path("/groups/" + group + "/mention-message"),
                new JsonObject().put("message", "Hi {m1}").put("mentions", JsonArray.of(BEN)));
        assertThat(sent.status()).as(sent.text()).isEqualTo(200);
        String id = sent.data().getString("messageId");
        await().atMost(PATIENCE).until(() -> shown(BEN, id), shown -> !shown.isEmpty());
        JsonObject seen = shown(BEN, id).getJsonObject(0);
        assertThat(seen.getJsonArray("mentions"))
                .as("shown by BEN's phone as a name")
                .hasSize(1);
        assertThat(seen.getJsonArray("mentions").getString(0))
                .isEqualTo(seen.getString("text").replace("Hi @", "") + "@lid");

        write(ANA, group, "hello all");
        await().atMost(PATIENCE)
                .until(
                        () -> history("/group-chat-history/" + group + "?source=store"),
                        texts -> texts.contains("hello all"));
        assertThat(history("/group-chat-history/" + group)).containsSubsequence("Hi @" + BEN, "hello all");

        assertThat(admin.get(path("/groups/" + group + "/invite-link")).data().getString("inviteLink"))
                .startsWith("https://chat.whatsapp.com/");
        assertThat(admin.delete(path("/groups/" + group + "/participants/" + BEN))
                        .status())
                .isEqualTo(200);
        assertThat(admin.delete(path("/groups/" + group + "/participants/" + BEN))
                        .code())
                .isEqualTo("NOT_FOUND");
        await().atMost(PATIENCE)
                .until(
                        () -> changes(group),
                        actions -> actions.containsAll(List.of("add", "promote", "demote", "remove")));
        assertThat(changes(group)).as("by note and by wa-js").doesNotHaveDuplicates();

        assertThat(admin.post(path("/groups/" + group + "/leave")).status()).isEqualTo(200);
        Reply refused = admin.post(
                path("/send-group-message"),
                new JsonObject().put("groupId", group).put("message", "gone"));
        assertThat(refused.code()).isEqualTo("NOT_A_MEMBER");
        assertThat(admin.get(path("/groups/120363000000000000/info")).code()).isEqualTo("GROUP_NOT_FOUND");
    }

    @Test
    void aPersonIsOneContactWithOneChat() throws Exception {
        write(ANA, "6281100000001", "first");
        write(ANA, "6281100000001", "second");
        house.phone(
                "PUT",
                "/api/phones/6281100000001/contacts",
                new JsonObject().put("contacts", JsonArray.of(JsonObject.of("phone", ANA, "name", "Ana of the shop"))));
        await().atMost(PATIENCE)
                .until(
                        () -> strings(admin.get(path("/contacts?saved=true")), "contacts", "contactId"),
                        found -> found.contains(ANA + "@c.us"));
        Reply found = admin.get(path("/contacts?search=shop"));
        assertThat(strings(found, "contacts", "contactId")).containsExactly(ANA + "@c.us");
        assertThat(strings(found, "contacts", "lid").getFirst()).endsWith("@lid");
        String lid = strings(found, "contacts", "lid").getFirst();

        await().atMost(PATIENCE)
                .until(() -> history("/chat-history/" + ANA + "?source=store"), texts -> texts.contains("second"));
        assertThat(history("/chat-history/0812-3456-0001?source=server")).containsSubsequence("first", "second");
        assertThat(history("/chat-history/" + lid)).containsSubsequence("first", "second");
        assertThat(strings(admin.get(path("/chats?search=shop")), "chats", "chatId"))
                .containsExactly(ANA + "@c.us");

        Reply checked = admin.post(path("/check-number"), new JsonObject().put("numbers", JsonArray.of(ANA, NOBODY)));
        JsonArray results = checked.data().getJsonArray("results");
        assertThat(results.getJsonObject(0).getBoolean("exists")).isTrue();
        assertThat(results.getJsonObject(0).getString("lid")).isEqualTo(lid);
        assertThat(results.getJsonObject(1).getBoolean("exists")).isFalse();
    }

    private static Reply people(String group, String... phones) {
        return admin.post(
                path("/groups/" + group + "/participants"),
                new JsonObject().put("participants", new JsonArray(List.of(phones))));
    }

    private static String role(String group, String phone) {
        return admin.get(path("/groups/" + group + "/info")).data().getJsonArray("participants").stream()
                .map(JsonObject.class::cast)
                .filter(member -> phone.equals(member.getString("phoneNumber")))
                .map(member -> member.getString("role"))
                .findFirst()
                .orElse("none");
    }

    private static void write(String from, String to, String text) throws Exception {
        house.phone(
                "POST",
                "/api/phones/" + from + "/messages",
                new JsonObject().put("to", to).put("text", text));
    }

    private static JsonArray shown(String phone, String id) throws Exception {
        return house.phone("GET", "/api/phones/" + phone + "/messages?id=" + id, new JsonObject())
                .getJsonArray("messages");
    }

    private static List<String> history(String path) {
        return strings(admin.get(path(path)), "messages", "message");
    }

    private static List<String> changes(String group) throws Exception {
        List<String> actions = new java.util.ArrayList<>();
        House.get(house.pool
                        .preparedQuery(
                                "select data->>'action' from event where type = 'group.changed' and data->>'groupId' = $1")
                        .execute(io.vertx.sqlclient.Tuple.of(group)))
                .forEach(row -> actions.add(row.getString(0)));
        return actions;
    }

    private static String path(String rest) {
        return House.DEVICES + "/people" + rest;
    }

    private static List<String> strings(Reply reply, String list, String field) {
        assertThat(reply.status()).as(reply.text()).isBetween(200, 201);
        return reply.data().getJsonArray(list).stream()
                .map(each -> ((JsonObject) each).getString(field))
                .toList();
    }
}
