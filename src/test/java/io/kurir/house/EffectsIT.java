package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.http.Effect;
import io.kurir.http.QrReading;
import io.kurir.whatsapp.PageEvent;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each of the operations does that end or reopen a device, by itself, and that all pictures of its code show the same. Some 10 s. */
class EffectsIT {
    private static final String ENDS = FakeHouse.DEVICES + "/ends";
    private static final String CODES = FakeHouse.DEVICES + "/codes";

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

    private record Ending(String method, String path, String kept) {}

    @Test
    @Effect({"disconnectDevice", "disconnectSingle", "wipeDevice", "deleteSession"})
    void whatEndsADeviceUnlinksItAndForgetsItsProfile() throws Exception {
        for (Ending ending : List.of(
                new Ending("DELETE", ENDS + "/disconnect", "false disconnected"),
                new Ending("POST", "/api/whatsapp/disconnect?deviceId=ends", "false disconnected"),
                new Ending("POST", ENDS + "/cancel-and-wipe", "false cancelled"),
                new Ending("DELETE", ENDS + "/session", "false cancelled"))) {
            house.connect("ends");
            assertThat(kept()).as("before " + ending).isEqualTo("true connected");
            int wiped = house.whatsapp.wiped.size();
            Reply ended = admin.send(ending.method(), ending.path(), Optional.empty());
            assertThat(ended.status()).as(ending + ": " + ended.text()).isEqualTo(200);
            assertThat(kept()).as("after " + ending).isEqualTo(ending.kept());
            assertThat(house.whatsapp.wiped).as("after " + ending).hasSize(wiped + 1);
        }
    }

    private static String kept() throws Exception {
        return house.column("select linked || ' ' || state from device where device_id = 'ends'")
                .getFirst();
    }

    @Test
    @Effect({"restartDevice", "refreshConnection"})
    void whatReopensADeviceKeepsItsLink() throws Exception {
        house.connect("ends");
        JsonObject connection = new JsonObject().put("connection_id", "ends");
        int opened = opened();
        assertThat(admin.post(ENDS + "/restart").status()).isEqualTo(200);
        assertThat(opened()).isEqualTo(opened + 1);
        assertThat(admin.post("/api/refreshconnection", connection).status()).isEqualTo(200);
        assertThat(opened()).isEqualTo(opened + 2);
        await().until(() -> kept().equals("true connected"));
    }

    private static int opened() {
        return Collections.frequency(house.whatsapp.opened, "ends");
    }

    @Test
    @Effect({"getQr", "getQrImage", "getQrBase64", "regenerateSingleQr"})
    void everyPictureShowsTheCodeOfNow() {
        house.whatsapp.linked = false;
        try {
            admin.post(FakeHouse.DEVICES, new JsonObject().put("deviceId", "codes"));
            admin.post(CODES + "/connect");
        } finally {
            house.whatsapp.linked = true;
        }
        for (String code : List.of("2@fake,codes", "2@the next one")) {
            await().atMost(Duration.ofSeconds(20)).until(() -> code.equals(qr("/qr", "qrCode")));
            assertThat(QrReading.text(qr("/qr-image", "qrImage"))).isEqualTo(code);
            assertThat(QrReading.text(qr("/qr-base64", "qrImage"))).isEqualTo(code);
            Reply again = admin.post("/api/whatsapp/regenerate-qr?deviceId=codes");
            assertThat(QrReading.text(again.data().getString("qrCode"))).isEqualTo(code);
            house.whatsapp.tell("codes", new PageEvent.QrCode("2@the next one"));
        }
    }

    private static String qr(String path, String field) {
        Reply reply = admin.get(CODES + path);
        return reply.status() == 200 ? reply.data().getString(field) : "";
    }
}
