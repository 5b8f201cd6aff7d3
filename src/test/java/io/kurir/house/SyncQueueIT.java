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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device with one place for requests that wait, and a budget that lets them wait. Takes twice the time that they wait. */
class SyncQueueIT {
    private static final String SEND = FakeHouse.DEVICES + "/main/send-message";
    private static final String TO = "6281234500011";

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(
                data,
                Map.of(
                        "KURIR_SEND_PER_MINUTE", "1",
                        "KURIR_SEND_BURST", "1",
                        "KURIR_SEND_SYNC_QUEUE", "1",
                        "KURIR_SEND_SYNC_TIMEOUT", "6s"));
        admin = house.admin;
        house.connect("main");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static JsonObject one() {
        return new JsonObject().put("to", TO).put("message", "hello");
    }

    private static JsonObject several() {
        return new JsonObject()
                .put("messages", new JsonArray().add(one()).add(one()))
                .put("delay", 0);
    }

    @Test
    void whoFindsNoPlaceIsToldWhenToComeAgainAndNothingIsStored() throws Exception {
        assertThat(admin.post(SEND, one()).status()).as("takes the budget").isEqualTo(200);
        // one alone gives up and sends nothing; several go on by themselves
        assertThat(whileThisWaits(one()).status()).isEqualTo(503);
        assertThat(whileThisWaits(several()).status()).isEqualTo(202);
    }

    private static Reply whileThisWaits(JsonObject body) throws Exception {
        CompletableFuture<Reply> waits = CompletableFuture.supplyAsync(() -> admin.post(SEND, body));
        await().atMost(Duration.ofSeconds(30)).until(() -> !stored("outbox").equals("0"));
        String messages = stored("message");
        for (JsonObject next : List.of(one(), several())) {
            Reply refused = admin.post(SEND, next);
            assertThat(refused.status()).as(refused.text()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("RATE_LIMITED");
            assertThat(Long.parseLong(refused.header("retry-after").orElseThrow()))
                    .isPositive();
        }
        assertThat(stored("message")).isEqualTo(messages);
        assertThat(waits.isDone()).as("the refusals came while it waited").isFalse();
        return waits.join();
    }

    private static String stored(String table) throws Exception {
        return house.column("select count(*) from " + table).getFirst();
    }
}
