package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.http.ContractClient.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;

/** Something of the admin's for each id that a path can have, which nobody else is to read; and one device of Bob's. */
record AdminsThings(Pool pool, ContractClient admin) {
    static final String BOBS = "bobs-phone";
    static final String LATER = "2037-01-01 09:00:00";

    /** In all that can hold a text. */
    private static final String WORDS = "kept-from-others-4711";
    /** Whom the admin's device has written with, and its number in the lists that hold nothing else. */
    private static final String NUMBER = "6289947114711";

    /** As {@link io.kurir.message.FakeSession} has it. */
    private static final String OWN = "6281100000001";

    private static final String DEVICES = "/api/whatsapp-multi-device/devices";

    static final Map<String, String> NUMBERS = Map.of(
            "phone1", OWN,
            "phone2", NUMBER,
            "phone_number", NUMBER,
            "/api/whatsapp/messages/by-number/{whatsapp_number}", OWN);

    static boolean in(Reply reply) {
        return reply.text().contains(WORDS) || reply.text().contains(NUMBER);
    }

    /** The ids, as in {@link Known}. */
    Map<String, String> made(ContractClient bob) {
        long bobsId = bob.get("/api/auth/profile").data().getLong("id");
        done(admin.put(DEVICES + "/main", new JsonObject().put("deviceName", WORDS)));
        done(admin.post(DEVICES, new JsonObject().put("deviceId", BOBS).put("userId", bobsId)));
        for (String number : new String[] {"6281234567890", NUMBER}) {
            insert("message (device_id, stanza_id, outgoing, chat, type, phase, body)" + " values ('main', '3EB0"
                    + number + "', false, '" + number + "@c.us', 'text', 'received', $1)");
            insert("contact (device_id, phone, name) values ('main', '" + number + "', $1)");
        }
        Map<String, String> ids = new HashMap<>(Map.of(Known.DEVICE_ID, "main", "/api/whatsapp/sessions/{id}", "main"));
        ids.put("userId", Long.toString(bobsId));
        ids.put("/api/whatsapp/sessions/user/{id}", "1");
        natively(ids);
        inDialects(ids);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(this::settled);
        return Map.copyOf(ids);
    }

    /** What was sent is sent and counted: nothing changes by itself any more. */
    private boolean settled() {
        return pool.query("select not exists (select from outbox) and not exists (select from batch_delta)"
                        + " and not exists (select from batch where state = 'processing')")
                .execute()
                .await()
                .iterator()
                .next()
                .getBoolean(0);
    }

    private void natively(Map<String, String> ids) {
        String device = DEVICES + "/main";
        JsonObject text = new JsonObject().put("to", NUMBER).put("message", WORDS);
        JsonObject when = new JsonObject().put("scheduleTime", LATER).put("timezone", "Asia/Jakarta");
        JsonObject items =
                new JsonObject().put("items", new JsonArray().add(text)).mergeIn(when);
        JsonObject webhook = new JsonObject().put("url", "http://127.0.0.1:1/" + WORDS);
        JsonObject suppression = new JsonObject().put("phone", "6281299999999").put("reason", WORDS);
        JsonObject key = new JsonObject().put("name", WORDS).put("scopes", new JsonArray().add("read"));
        ids.put("messageId", id(admin.post(device + "/send-message", text), "messageId"));
        ids.put(
                "scheduleId",
                id(admin.post(device + "/schedule-message", text.copy().mergeIn(when)), "id"));
        ids.put("jobId", id(admin.post(device + "/jobs/send-text", items), "jobId"));
        ids.put("/api/webhooks/{id}", id(admin.post("/api/webhooks", webhook.put(Known.DEVICE_ID, "main")), "id"));
        ids.put(
                "/api/suppressions/{id}",
                id(admin.post("/api/suppressions", suppression.put(Known.DEVICE_ID, "main")), "id"));
        ids.put("/api/auth/api-keys/{id}", id(admin.post("/api/auth/api-keys", key), "id"));
    }

    private void inDialects(Map<String, String> ids) {
        JsonObject bot = new JsonObject().put("sender_number", NUMBER).put("session_id", "main");
        ids.put("/api/whatsapp/chatbots/{id}", id(admin.post("/api/whatsapp/chatbots", bot), "id"));
        ids.put("/api/whatsapp/chatbots/{whatsapp_number}", NUMBER);
        JsonObject allowed = new JsonObject().put("whatsapp_number", NUMBER).put("session_id", "main");
        ids.put("/api/whatsapp/allowed-numbers/{id}", id(admin.post("/api/whatsapp/allowed-numbers", allowed), "id"));
        JsonObject text = new JsonObject().put("clientId", "main").put("text", WORDS);
        Reply queued = done(admin.post("/messages", text.copy().put("to", NUMBER)));
        ids.put("/jobs/{id}", queued.json().getValue("id").toString());
        Reply broadcast = done(admin.post("/broadcasts", text.put("recipients", new JsonArray().add(NUMBER))));
        ids.put("/broadcasts/{id}", broadcast.json().getString("id"));
    }

    private void insert(String row) {
        pool.preparedQuery("insert into " + row).execute(Tuple.of(WORDS)).await();
    }

    private static String id(Reply reply, String field) {
        return done(reply).data().getValue(field).toString();
    }

    private static Reply done(Reply reply) {
        assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
        return reply;
    }
}
