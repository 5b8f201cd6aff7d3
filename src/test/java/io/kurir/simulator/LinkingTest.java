package io.kurir.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LinkingTest {
    private static final World WORLD = new World();

    @AfterAll
    static void close() {
        WORLD.close();
    }

    private static Page asking() {
        Page page = Page.open(WORLD.simulator);
        JsonObject hello = page.call("hello", new JsonObject().putNull("token"));
        assertThat(hello.containsKey("me")).isFalse();
        assertThat(hello.getJsonObject("cfg").fieldNames()).contains("syncDelayMs", "lidChats", "unpairBeforeReload");
        return page;
    }

    @Test
    void aScannedCodeLinksThePageAndItsTokenLogsInLater() {
        String token;
        try (Page page = asking()) {
            String ref = page.push("ref").getString("ref");
            assertThat(ref).startsWith("2@").doesNotContain(",");
            WORLD.post("/api/phones/628110001/scan", new JsonObject().put("qr", ref + ",x,y,z"));
            JsonObject paired = page.push("paired");
            assertThat(paired.getJsonObject("me").getString("pn")).isEqualTo("628110001@c.us");
            assertThat(paired.getJsonObject("me").getString("lid")).matches("1\\d+@lid");
            token = paired.getString("token");
        }
        Page.login(WORLD.simulator, token).close();
    }

    @Test
    void aTypedCodeLinksOnlyItsOwnNumber() {
        try (Page page = asking()) {
            String code = page.call("linkcode", new JsonObject().put("phone", "+62 811-0002"))
                    .getString("code");
            assertThat(code).hasSize(8);
            JsonObject typed = new JsonObject()
                    .put("code", code.substring(0, 4).toLowerCase(Locale.ROOT) + "-" + code.substring(4));
            assertThatThrownBy(() -> WORLD.post("/api/phones/628110003/link-code", typed))
                    .hasMessageContaining("another number");
            WORLD.post("/api/phones/628110002/link-code", typed);
            assertThat(page.push("paired").getJsonObject("me").getString("pn")).isEqualTo("628110002@c.us");
            assertThatThrownBy(() -> WORLD.post("/api/phones/628110002/link-code", typed))
                    .hasMessageContaining("no page shows");
        }
    }

    @Test
    void codesAreRenewedThenIdleThenRenewedOnRequest() {
        try (World world = new World()) {
            world.put("/api/knobs", new JsonObject().put("refTtlMs", 5).put("refMax", 2));
            try (Page page = Page.open(world.simulator)) {
                page.call("hello", new JsonObject().putNull("token"));
                String first = page.push("ref").getString("ref");
                String second = page.push("ref").getString("ref");
                assertThat(second).isNotEqualTo(first);
                page.push("ref_idle");
                assertThatThrownBy(() -> world.post("/api/phones/628110004/scan", new JsonObject().put("qr", second)))
                        .hasMessageContaining("no page shows");
                page.call("refreshRef", new JsonObject());
                page.push("ref");
            }
        }
    }

    @Test
    void thePhoneUnlinksAndThePageIsToldAndItsTokenIsWorthless() {
        String token = WORLD.link("628110005");
        try (Page page = Page.login(WORLD.simulator, token)) {
            assertThat(WORLD.post("/api/phones/628110005/unlink", new JsonObject())
                            .getInteger("unlinked"))
                    .isEqualTo(1);
            assertThat(page.push("logout").getString("reason")).isEqualTo("AccountRemoved");
            assertThat(page.refused("sync", new JsonObject()).getInteger("status"))
                    .isEqualTo(401);
        }
        try (Page page = Page.open(WORLD.simulator)) {
            assertThat(page.call("hello", new JsonObject().put("token", token)).containsKey("me"))
                    .isFalse();
        }
    }

    @Test
    void thePageLogsOut() {
        String token = WORLD.link("628110006");
        try (Page page = Page.login(WORLD.simulator, token)) {
            page.call("logout", new JsonObject());
            assertThat(WORLD.get("/api/phones/628110006").getJsonArray("links")).isEmpty();
        }
    }

    @Test
    void aSecondSocketReplacesTheFirstAndBothAreCounted() throws Exception {
        String token = WORLD.link("628110007");
        World.until("the linking socket is gone", () -> live("628110007") == 0);
        Page first = Page.login(WORLD.simulator, token);
        try (Page second = Page.login(WORLD.simulator, token)) {
            first.push("replaced");
            assertThat(first.closed()).isTrue();
            JsonObject sockets = WORLD.get("/api/phones/628110007/sockets");
            assertThat(sockets.getInteger("opened")).isEqualTo(3);
            assertThat(sockets.getInteger("replaced")).isEqualTo(1);
            assertThat(sockets.getInteger("maxConcurrent")).isEqualTo(2);
            assertThat(sockets.getInteger("live")).isEqualTo(1);
            assertThat(sockets.getLong("lastFrameAt")).isGreaterThan(System.currentTimeMillis() - 5000);
            second.call("sync", new JsonObject());
        }
    }

    @Test
    void aDroppedSocketMayBeRefusedForAWhile() throws Exception {
        String token = WORLD.link("628110008");
        try (Page page = Page.login(WORLD.simulator, token)) {
            WORLD.post("/api/phones/628110008/drop", new JsonObject().put("refuseMs", 60_000));
            assertThat(page.closed()).isTrue();
        }
        try (Page page = Page.open(WORLD.simulator)) {
            page.post("hello", new JsonObject().put("token", token));
            assertThat(page.closed()).isTrue();
        }
        WORLD.post("/api/phones/628110008/drop", new JsonObject());
        try (Page page = Page.login(WORLD.simulator, token)) {
            WORLD.post("/api/phones/628110008/freeze", new JsonObject().put("ms", 70));
            assertThat(page.push("freeze").getInteger("ms")).isEqualTo(70);
        }
    }

    private static int live(String phone) {
        return WORLD.get("/api/phones/" + phone + "/sockets").getInteger("live");
    }
}
