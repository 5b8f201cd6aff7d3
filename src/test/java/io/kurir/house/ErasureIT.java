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
import io.kurir.whatsapp.Person;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is erased is nowhere any more: the whole database is searched for it as text. And who did it is in the audit. */
class ErasureIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DEVICE = "erase-1";
    private static final Jid BEN = Jid.ofPhone("6281377700011");
    private static final Jid BENS_LID = new Jid("99887766554433", Jid.LID);
    private static final Jid ANA = Jid.ofPhone("6281355500022");
    private static final Jid GROUP = new Jid("120363049999999999", Jid.GROUP);
    private static final String SECRET = "the-wine-is-under-the-stairs";

    @TempDir
    static Path data;

    private static FakeHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data);
        house.connect(DEVICE);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static IncomingMessage says(String id, Jid chat, Optional<Jid> author, String text, List<Jid> mentions) {
        return new IncomingMessage(
                id,
                chat,
                Optional.empty(),
                author,
                false,
                "chat",
                new Content.Text(text),
                mentions,
                "Somebody",
                Optional.empty(),
                Ack.NONE,
                Instant.now());
    }

    private static void hear(IncomingMessage message) {
        house.whatsapp.tell(DEVICE, new PageEvent.Received(message));
    }

    private static Person person(Jid jid) {
        return new Person(Optional.of(jid), Optional.empty());
    }

    private static void everythingHappens() throws Exception {
        hear(says("BEN0", BENS_LID, Optional.empty(), "Who am I?", List.of()));
        await().atMost(PATIENCE)
                .until(() -> !house.column("select 1 from contact where contact_id = '" + BENS_LID + "'")
                        .isEmpty());
        house.whatsapp.tell(DEVICE, new PageEvent.Paired(BEN, BENS_LID));
        hear(says("BEN1", BEN, Optional.empty(), "I say " + SECRET, List.of()));
        hear(says("BEN2", GROUP, Optional.of(BEN), "To all: " + SECRET, List.of()));
        hear(says("ANA1", GROUP, Optional.of(ANA), "Thanks @" + BEN.user() + " and bye", List.of(BEN)));
        hear(says("ANA2", ANA, Optional.empty(), "nothing to do with it", List.of()));
        house.whatsapp.tell(DEVICE, new PageEvent.Edited(BEN, "BEN1", "I mean " + SECRET, Instant.now()));
        house.whatsapp.tell(
                DEVICE, new PageEvent.Reacted(GROUP, "ANA1", person(BEN), false, "\uD83D\uDC4D", Instant.now()));
        house.whatsapp.tell(DEVICE, new PageEvent.Voted(GROUP, "POLL", person(BEN), List.of(SECRET), Instant.now()));
        house.whatsapp.tell(
                DEVICE,
                new PageEvent.GroupChanged(
                        Optional.of("NOTE"),
                        GROUP,
                        "add",
                        List.of(person(BEN)),
                        Optional.of(person(ANA)),
                        Optional.empty(),
                        Instant.now()));
        house.admin.post(
                FakeHouse.DEVICES + "/" + DEVICE + "/send-message",
                new JsonObject().put("to", BEN.user()).put("message", "Answer: " + SECRET));
        house.admin.post(
                FakeHouse.DEVICES + "/" + DEVICE + "/send-message",
                new JsonObject().put("to", ANA.user()).put("message", "Ask +" + BEN.user()));
        await().atMost(PATIENCE)
                .until(() -> house.column("select type from event where device_id = '" + DEVICE + "'")
                        .containsAll(List.of(
                                "message.received",
                                "message.edited",
                                "message.reaction",
                                "poll.vote",
                                "group.changed",
                                "contact.merged",
                                "message.status")));
        await().atMost(PATIENCE)
                .until(() -> house.column("select 1 from message where phase <> 'sent' and outgoing")
                        .isEmpty());
        await().atMost(PATIENCE)
                .until(() -> house.column("select 1 from message").size() == 7);
    }

    /** A schedule; a job that is paused after its first item; what is to be delivered: as their features write them. */
    private static void muchIsStillToBeDone() throws Exception {
        for (String sql : List.of(
                "insert into schedule (name, device_id, chat, body, local_time, timezone, missed, due_at, look_at) values"
                        + " ('s-1', '%1$s', '%2$s', '%4$s', '2099-01-01T08:00', 'UTC', 'send', '2099-01-01', '2099-01-01'),"
                        + " ('s-2', '%1$s', '%3$s', 'ask %5$s', '2099-01-01T08:00', 'UTC', 'send', '2099-01-01', '2099-01-01')",
                "insert into batch (job_id, device_id, kind, total, delay_ms, state, pause_reason, cursor, promoted, duplicates)"
                        + " values ('job-erase', '%1$s', 'bulk', 3, 0, 'paused', 'user', 0, 1, '[{\"index\": 3, \"of\": 0, \"to\": \"%5$s\"}]')",
                "insert into batch_item (batch_id, n, chat, body) select id, n, case n when 2 then '%3$s' else '%2$s' end,"
                        + " case n when 2 then 'for another one' else '%4$s' end"
                        + " from batch, generate_series(0, 2) n where job_id = 'job-erase'",
                "insert into webhook (id, owner_id, url, headers, secret, timeout_ms, enabled, position) select"
                        + " 'wh_0', min(id), 'https://hooks.example', '', '', 1000, false, 0 from app_user",
                "insert into webhook_delivery (webhook_id, position, event_at, device_id, seq, chat, type) values"
                        + " ('wh_0', 1, now(), '%1$s', 1, '%2$s', 'message.received'),"
                        + " ('wh_0', 2, now(), '%1$s', 2, '%3$s', 'message.received')")) {
            FakeHouse.get(house.pool
                    .query(sql.formatted(DEVICE, BEN, ANA, SECRET, BEN.user()))
                    .execute());
        }
    }

    /** Rows of the whole schema whose text has the needle. */
    private static List<String> grep(String needle) throws Exception {
        List<String> found = new ArrayList<>();
        for (String table : house.column("select tablename from pg_tables where schemaname = 'public'")) {
            house.column("select t::text from \"" + table + "\" t where t::text like '%" + needle + "%'")
                    .forEach(row -> found.add(table + ": " + row));
        }
        return found;
    }

    @Test
    @Effect("eraseContact")
    void nothingOfAPersonIsLeft() throws Exception {
        everythingHappens();
        muchIsStillToBeDone();
        for (String needle : List.of(BEN.user(), BENS_LID.user(), SECRET)) {
            assertThat(grep(needle)).as(needle).isNotEmpty();
        }
        List<String> seqs = house.column("select seq from event where device_id = '" + DEVICE + "' order by seq");

        Reply reply = house.admin.delete(FakeHouse.DEVICES + "/" + DEVICE + "/contacts/" + BENS_LID + "/data");
        assertThat(reply.status()).isEqualTo(200);
        JsonObject erased = reply.data().getJsonObject("erased");
        assertThat(erased.getInteger("messages")).isEqualTo(4);
        assertThat(erased.getInteger("contacts")).isEqualTo(1);

        for (String needle : List.of(BEN.user(), BENS_LID.user(), SECRET)) {
            assertThat(grep(needle)).as(needle).isEmpty();
        }
        assertThat(erased.getInteger("deliveries")).isEqualTo(1);
        assertThat(house.column("select name from schedule")).containsExactly("s-2");
        assertThat(house.column("select n from batch_item order by n")).containsExactly("0", "2");
        assertThat(house.column("select body from batch_item where n = 2")).containsExactly("for another one");
        // the job's counters still add up: one is promoted, one was cancelled, one is to come
        assertThat(house.column("select promoted from batch where job_id = 'job-erase'"))
                .containsExactly("2");
        await().atMost(PATIENCE)
                .until(() -> house.column("select cancelled from batch where job_id = 'job-erase'")
                        .equals(List.of("1")));
        // nobody else has lost anything, and no counter has a gap
        assertThat(house.column("select stanza_id from message where not outgoing order by id"))
                .containsExactly("ANA1", "ANA2");
        assertThat(house.column("select body from message where stanza_id = 'ANA1'"))
                .containsExactly("Thanks @1 and bye");
        assertThat(house.column("select seq from event where device_id = '" + DEVICE + "' order by seq"))
                .startsWith(seqs.toArray(String[]::new));
        assertThat(house.column("select distinct type from event")).contains("event.erased", "message.received");

        JsonObject entry = entries("?action=contact.erase").getJsonObject(0);
        assertThat(entry.getInteger("status")).isEqualTo(200);
        assertThat(entry.getString("deviceId")).isEqualTo(DEVICE);
        assertThat(entry.getString("subject")).startsWith("hmac:");
        assertThat(entry.getJsonObject("detail").getJsonObject("erased")).isEqualTo(erased);
        assertThat(entry.getValue("userId")).isNotNull();
        assertThat(entry.getValue("apiKeyId")).isNotNull();

        // again: there is nothing, which is no error
        assertThat(house.admin
                        .delete(FakeHouse.DEVICES + "/" + DEVICE + "/contacts/" + BEN + "/data")
                        .data()
                        .getJsonObject("erased")
                        .getInteger("messages"))
                .isZero();
    }

    @Test
    @Effect("deleteDevice")
    void nothingOfADeviceIsLeftButWhoDeletedIt() throws Exception {
        house.connect("erase-2");
        house.whatsapp.tell(
                "erase-2",
                new PageEvent.Received(
                        says("X1", Jid.ofPhone("6281366600033"), Optional.empty(), "a tulip in june", List.of())));
        await().atMost(PATIENCE).until(() -> !grep("a tulip in june").isEmpty());
        Reply reply = house.admin.delete(FakeHouse.DEVICES + "/erase-2");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.data().getJsonObject("erased").getInteger("messages")).isEqualTo(1);
        assertThat(grep("a tulip in june")).isEmpty();
        assertThat(grep("6281366600033")).isEmpty();
        assertThat(grep("erase-2")).isNotEmpty().allMatch(row -> row.startsWith("audit: "));
        assertThat(entries("?deviceId=erase-2").stream()
                        .map(entry -> ((JsonObject) entry).getString("action"))
                        .toList())
                .containsExactly("device.delete", "device.create");
    }

    private static JsonArray entries(String query) {
        return house.admin.get("/api/admin/audit" + query).json().getJsonArray("data");
    }

    @Test
    @Effect("listAudit")
    void theAuditHasRefusalsTooAndNoSecrets() throws Exception {
        Reply made = house.admin.post(
                "/api/auth/api-keys",
                new JsonObject().put("name", "billing-key").put("scopes", new JsonArray().add("read")));
        String key = made.data().getString("key");
        assertThat(house.admin
                        .delete("/api/auth/api-keys/" + made.data().getLong("id"))
                        .status())
                .isEqualTo(200);
        assertThat(house.admin.delete("/api/auth/api-keys/999999").status()).isEqualTo(404);
        JsonArray deleted = entries("?action=api-key.delete");
        assertThat(deleted.getJsonObject(0).getInteger("status")).isEqualTo(404);
        assertThat(deleted.getJsonObject(0).getString("subject")).isEqualTo("999999");
        assertThat(deleted.getJsonObject(1).getInteger("status")).isEqualTo(200);
        assertThat(entries("?action=api-key.create").getJsonObject(0).getString("subject"))
                .isEqualTo(String.valueOf(made.data().getLong("id")));
        assertThat(grep(key)).isEmpty();
        Instant now = Instant.now();
        assertThat(entries("?from=" + now.plusSeconds(60))).isEmpty();
        assertThat(entries("?until=" + now.minusSeconds(86_400))).isEmpty();
        assertThat(entries("?userId=424242")).isEmpty();
    }

    @Test
    void onlyAnAdminErasesAndReads() throws Exception {
        ContractClient user = house.user("eko");
        assertThat(user.get("/api/admin/audit").status()).isEqualTo(403);
        assertThat(user.delete(FakeHouse.DEVICES + "/" + DEVICE + "/contacts/" + ANA + "/data")
                        .status())
                .isEqualTo(403);
        record Row(String path, int status, String code, List<String> fields) {}
        for (Row row : List.of(
                new Row("/nobody-1/contacts/" + ANA + "/data", 404, "SESSION_NOT_FOUND", List.of()),
                new Row("/" + DEVICE + "/contacts/ana/data", 400, "INVALID_PAYLOAD", List.of("contactId")),
                new Row("/" + DEVICE + "/contacts/1@c.us/data", 400, "INVALID_PAYLOAD", List.of("contactId")))) {
            Reply reply = house.admin.delete(FakeHouse.DEVICES + row.path());
            assertThat(reply.status()).as(row.path()).isEqualTo(row.status());
            assertThat(reply.code()).as(row.path()).isEqualTo(row.code());
            assertThat(reply.fields()).as(row.path()).isEqualTo(row.fields());
        }
        for (Row row : List.of(
                new Row("userId=0", 400, "INVALID_PAYLOAD", List.of("userId")),
                new Row("action=Delete", 400, "INVALID_PAYLOAD", List.of("action")),
                new Row("from=yesterday", 400, "INVALID_PAYLOAD", List.of("from")),
                new Row("pageSize=101", 400, "INVALID_PAYLOAD", List.of("pageSize")))) {
            Reply reply = house.admin.get("/api/admin/audit?" + row.path());
            assertThat(reply.status()).as(row.path()).isEqualTo(row.status());
            assertThat(reply.fields()).as(row.path()).isEqualTo(row.fields());
        }
    }
}
