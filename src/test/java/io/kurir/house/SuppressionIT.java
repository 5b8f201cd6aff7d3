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
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who said stop gets replies, and nothing else. */
class SuppressionIT {
    private static final String SUPPRESSIONS = "/api/suppressions";
    private static int ids;

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data);
        admin = house.admin;
        house.connect("main");
        house.connect("other");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    /** Tells the device of a message, and waits until it is stored. */
    private static String incoming(String from, String text) throws Exception {
        String id = "3EB0IN%04d".formatted(++ids);
        house.whatsapp.tell(
                "main",
                new PageEvent.Received(new IncomingMessage(
                        id,
                        from.contains("@") ? Jid.parse(from) : Jid.ofPhone(from),
                        Optional.empty(),
                        from.contains("@g.us") ? Optional.of(Jid.ofPhone("6281234500099")) : Optional.empty(),
                        false,
                        "chat",
                        new Content.Text(text),
                        List.of(),
                        "Friend",
                        Optional.empty(),
                        Ack.NONE,
                        Instant.now())));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> house.column("select 1 from message where stanza_id = '" + id + "'")
                                .size()
                        == 1);
        return id;
    }

    private static Reply send(String device, String to, Optional<String> quoted) {
        JsonObject body = new JsonObject().put("to", to).put("message", "hello");
        quoted.ifPresent(id -> body.put("quotedMessageId", id));
        return admin.post(FakeHouse.DEVICES + "/" + device + "/send-message", body);
    }

    private static List<String> listed(String search) {
        return admin.get(SUPPRESSIONS + "?search=" + search).json().getJsonArray("data").stream()
                .map(each -> ((JsonObject) each).getString("phone"))
                .toList();
    }

    @Test
    @Effect({"addSuppression", "listSuppressions"})
    void aStopWordSuppressesAndALaterMessageAllowsReplies() throws Exception {
        String person = "6281234500011";
        incoming(person, "please do not stop");
        assertThat(listed(person)).isEmpty();
        String stop = incoming(person, " STOP\n");
        assertThat(listed(person)).containsExactly(person);
        assertThat(house.column("select data ->> 'phone' from event where type = 'contact.suppressed'"))
                .contains(person);
        Reply refused = send("main", person, Optional.empty());
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("RECIPIENT_SUPPRESSED");
        assertThat(send("main", person, Optional.of(stop)).status())
                .as("a reply")
                .isEqualTo(200);
        assertThat(send("other", person, Optional.empty()).status())
                .as("another device")
                .isEqualTo(200);
        incoming(person, "on second thoughts: what does it cost?");
        assertThat(send("main", person, Optional.empty()).status()).isEqualTo(200);
        incoming(person, "Berhenti");
        assertThat(listed(person)).containsExactly(person);
        assertThat(send("main", person, Optional.empty()).code())
                .as("the second stop takes back what was written in between")
                .isEqualTo("RECIPIENT_SUPPRESSED");
        incoming(person, "and what does the other one cost?");
        assertThat(send("main", person, Optional.empty()).status()).isEqualTo(200);
        admin.post(SUPPRESSIONS, new JsonObject().put("phone", person).put("deviceId", "main"));
        assertThat(send("main", person, Optional.empty()).code()).isEqualTo("RECIPIENT_SUPPRESSED");
    }

    @Test
    void aReplyQuotesWhatCameInFromTheSameChat() throws Exception {
        String person = "6281234500061";
        String friend = "6281234500071";
        String ours = send("main", person, Optional.empty()).data().getString("messageId");
        String theirs = incoming(friend, "hello");
        String stop = incoming(person, "stop");
        for (String quoted : List.of(ours, theirs)) {
            assertThat(send("main", person, Optional.of(quoted)).code()).isEqualTo("RECIPIENT_SUPPRESSED");
        }
        assertThat(send("main", person, Optional.of(stop)).status()).isEqualTo(200);
    }

    /** What was planned is no answer to what they wrote meanwhile; one that quotes them is. */
    @Test
    void aJobLeavesOutAlsoWhoHasWrittenSince() throws Exception {
        String person = "6281234500081";
        String ours = send("main", person, Optional.empty()).data().getString("messageId");
        incoming(person, "stop");
        String question = incoming(person, "but what about my order?");
        JsonArray items = new JsonArray();
        for (Optional<String> quoted : List.of(Optional.<String>empty(), Optional.of(ours), Optional.of(question))) {
            JsonObject item = new JsonObject().put("to", person).put("message", "an offer");
            quoted.ifPresent(id -> item.put("quotedMessageId", id));
            items.add(item);
        }
        Reply waited = admin.post(
                FakeHouse.DEVICES + "/main/send-message",
                new JsonObject().put("messages", items).put("delay", 0));
        assertThat(waited.status()).as(waited.text()).isEqualTo(200);
        assertThat(house.column("select string_agg(phase, ' ' order by batch_item) from message where chat = '" + person
                        + "@c.us' and batch_id is not null"))
                .containsExactly("failed failed sent");
    }

    @Test
    void aGroupIsNotSuppressed() throws Exception {
        incoming("120363041234567890@g.us", "stop");
        assertThat(listed("12036304")).isEmpty();
    }

    @Test
    @Effect("removeSuppression")
    void jobsLeaveOutWhoSaidStop() throws Exception {
        String quiet = "6281234500021";
        String keen = "6281234500031";
        Reply added = admin.post(
                SUPPRESSIONS,
                new JsonObject().put("phone", "0" + quiet.substring(2)).put("reason", "by telephone"));
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.data().getString("phone")).isEqualTo(quiet);
        assertThat(admin.post(SUPPRESSIONS, new JsonObject().put("phone", quiet))
                        .data()
                        .getLong("id"))
                .as("once")
                .isEqualTo(added.data().getLong("id"));
        JsonArray items = new JsonArray()
                .add(new JsonObject().put("to", quiet).put("message", "an offer"))
                .add(new JsonObject().put("to", keen).put("message", "an offer"));
        Reply job = admin.post(
                FakeHouse.DEVICES + "/main/jobs/send-text",
                new JsonObject().put("items", items).put("delay", 0));
        String path = "/api/whatsapp-multi-device/jobs/" + job.data().getString("jobId");
        JsonObject done = await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> admin.get(path).data(),
                        it -> it.getString("status").equals("completed"));
        assertThat(done.getInteger("successCount")).isEqualTo(1);
        assertThat(done.getInteger("errorCount")).isEqualTo(1);
        JsonObject first =
                admin.get(path + "/items").json().getJsonArray("data").getJsonObject(0);
        assertThat(first.getString("failure")).startsWith("SUPPRESSED");
        assertThat(house.whatsapp.sent).noneMatch(message -> message.to().user().equals(quiet));

        Reply waited = admin.post(
                FakeHouse.DEVICES + "/main/send-message",
                new JsonObject().put("messages", items).put("delay", 0));
        assertThat(waited.status()).as(waited.text()).isEqualTo(200);
        assertThat(waited.data().getInteger("errorCount")).isEqualTo(1);

        assertThat(admin.delete(SUPPRESSIONS + "/" + added.data().getLong("id")).status())
                .isEqualTo(200);
        assertThat(admin.delete(SUPPRESSIONS + "/" + added.data().getLong("id")).status())
                .isEqualTo(404);
        assertThat(send("main", quiet, Optional.empty()).status()).isEqualTo(200);
    }

    @Test
    void everybodyHasAListOfTheirOwn() throws Exception {
        ContractClient user = house.user("somebody");
        Reply mine = user.post(SUPPRESSIONS, new JsonObject().put("phone", "6281234500041"));
        assertThat(mine.status()).isEqualTo(201);
        assertThat(send("main", "6281234500041", Optional.empty()).status())
                .as("another owner's device")
                .isEqualTo(200);
        assertThat(user.get(SUPPRESSIONS).json().getJsonArray("data")).hasSize(1);
        assertThat(user.post(
                                SUPPRESSIONS,
                                new JsonObject().put("phone", "6281234500041").put("deviceId", "main"))
                        .status())
                .isEqualTo(403);
        long id = admin.post(SUPPRESSIONS, new JsonObject().put("phone", "6281234500051"))
                .data()
                .getLong("id");
        assertThat(user.delete(SUPPRESSIONS + "/" + id).status()).isEqualTo(404);
    }
}
