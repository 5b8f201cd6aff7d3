package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The longest list that there may be: accepted whole, and nothing of it in the outbox before its time. */
class LongListIT {
    private static final int MOST = 100_000;

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data);
        admin = house.admin;
        house.connect("main");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void aHundredThousandAreAccepted() throws Exception {
        StringBuilder body = new StringBuilder("{\"items\":[");
        for (int i = 0; i < MOST; i++) {
            body.append(i == 0 ? "" : ",")
                    .append("{\"to\":\"62812%08d\",\"variables\":{\"name\":\"Person %d\",\"code\":\"%08x\"}}"
                            .formatted(i == MOST - 1 ? 0 : i, i, i));
        }
        body.append("],\"template\":\"Halo {name}, your code is {code}\"}");
        long before = System.nanoTime();
        Reply reply = admin.with("Content-Type", "application/json")
                .send("POST", FakeHouse.DEVICES + "/main/jobs/send-text", Optional.of(body.toString()));
        long millis = (System.nanoTime() - before) / 1_000_000;
        assertThat(reply.status()).as(reply.text()).isEqualTo(202);
        assertThat(reply.data().getInteger("total")).isEqualTo(MOST - 1);
        assertThat(reply.data().getJsonArray("duplicates").getJsonObject(0).getInteger("index"))
                .isEqualTo(MOST - 1);
        System.out.println("100,000 recipients, " + body.length() + " bytes, accepted in " + millis + " ms");

        String job = "/api/whatsapp-multi-device/jobs/" + reply.data().getString("jobId");
        assertThat(house.column("select count(*) from batch_item")).containsExactly(String.valueOf(MOST - 1));
        assertThat(Integer.parseInt(house.column("select count(*) from message").getFirst()))
                .isLessThan(100);
        Reply page = admin.get(job + "/items?page=1000&pageSize=100");
        assertThat(page.json().getJsonArray("data").getJsonObject(98).getInteger("index"))
                .isEqualTo(MOST - 2);
        assertThat(admin.get(job + "/items?format=csv").text().lines()).hasSize(MOST);
        JsonObject cancelled = admin.post(job + "/cancel").data();
        assertThat(cancelled.getString("status")).isEqualTo("cancelled");
    }
}
