package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient.Reply;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A browser is replaced by a fresh one under traffic; nobody has to scan a code, and no message is lost or doubled. */
class RecycleIT {
    private static final List<String> DEVICES = List.of("recycled-1", "recycled-2");

    @TempDir
    Path data;

    @Test
    void twoDevicesMoveToAFreshBrowserInTheMiddleOfTraffic() throws Exception {
        House house = new House(
                data,
                Map.of(
                        "KURIR_WHATSAPP_BROWSER_RECYCLE_AFTER", "15s",
                        "KURIR_SEND_PER_MINUTE", "6000",
                        "KURIR_SEND_BURST", "1000"));
        try {
            for (int i = 0; i < DEVICES.size(); i++) {
                house.link(DEVICES.get(i), "628110000088" + i);
            }
            Set<Long> browsers = new TreeSet<>();
            AtomicBoolean enough = new AtomicBoolean();
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < DEVICES.size(); i++) {
                int number = i;
                senders.add(Thread.ofVirtual().start(() -> send(house, number, enough)));
            }
            await().atMost(Duration.ofSeconds(90)).until(() -> {
                browsers.addAll(browsers());
                return browsers.size() >= 3;
            });
            enough.set(true);
            for (Thread sender : senders) {
                sender.join();
            }
            long accepted = house.rows("message where outgoing");
            assertThat(accepted).isGreaterThan(20);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(unfinished(house)).isEmpty());
            assertThat(house.rows("device where links = 1")).isEqualTo(DEVICES.size());
            JsonObject summary = house.phone("GET", "/api/submissions/summary", new JsonObject());
            assertThat(summary.getInteger("repeats")).isZero();
            assertThat(summary.getInteger("total"))
                    .isEqualTo((int) (accepted - house.rows("message where phase = 'cancelled'")));
        } finally {
            house.close();
        }
    }

    /** What WhatsApp has not acknowledged, with its story. */
    private static List<String> unfinished(House house) throws Exception {
        List<String> stories = new ArrayList<>();
        House.get(house.pool.query("""
                                select id, device_id, stanza_id, phase, ack, steps::text
                                from message
                                where outgoing and phase <> 'cancelled' and ack < 1
                                """).execute()).forEach(row -> stories.add(row.deepToString()));
        return stories;
    }

    /** While a device moves it says that it is not ready, and nothing is stored. */
    private static void send(House house, int number, AtomicBoolean enough) {
        String path = House.DEVICES + "/" + DEVICES.get(number) + "/send-message";
        for (int i = 0; !enough.get(); i++) {
            Reply reply = house.admin.post(
                    path,
                    new JsonObject()
                            .put("to", "62812345601%d1".formatted(number))
                            .put("message", "number " + i));
            assertThat(reply.status()).as(reply.text()).isIn(200, 202, 409, 503);
        }
    }

    /** The process ids of this node's browsers, by their locks. */
    private Set<Long> browsers() throws IOException {
        Set<Long> pids = new TreeSet<>();
        try (var folders = Files.newDirectoryStream(data.resolve("browsers"))) {
            for (Path folder : folders) {
                Path lock = folder.resolve("SingletonLock");
                if (Files.isSymbolicLink(lock)) {
                    String target = Files.readSymbolicLink(lock).toString();
                    pids.add(Long.parseLong(target.substring(target.lastIndexOf('-') + 1)));
                }
            }
        }
        return pids;
    }
}
