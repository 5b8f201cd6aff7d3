package io.kurir.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final String A = "628440001";
    private static final String B = "628440002";

    @TempDir
    Path folder;

    private Simulator.Options in(String file) {
        return new Simulator.Options().withStateFile(folder.resolve("sub").resolve(file));
    }

    private static JsonObject text(String to, String text) {
        return new JsonObject().put("to", to).put("text", text);
    }

    /** Links A, receives one message, sends three; the counter for B stands at 3 afterwards. Gives A's token. */
    private static String live(World world) {
        world.post(
                "/api/phones",
                new JsonObject().put("phone", A).put("name", "Ana").put("contacts", new JsonArray().add(B)));
        world.post("/api/phones", new JsonObject().put("phone", B).put("knobs", new JsonObject().put("readMs", -1)));
        String token = world.link(A);
        try (Page page = Page.login(world.simulator, token)) {
            for (int i = 1; i <= 3; i++) {
                page.send(B + "@c.us", "ID" + i, "text " + i);
                page.push("receipt");
            }
            page.got(new JsonArray(), 2);
        }
        world.post("/api/phones/" + B + "/messages", text(A, "for later"));
        return token;
    }

    private static void check(World world, String token) {
        assertThat(world.get("/api/phones/" + A).getString("name")).isEqualTo("Ana");
        assertThat(world.get("/api/phones/" + B).getJsonObject("knobs").getInteger("readMs"))
                .isEqualTo(-1);
        assertThat(world.submissions("")).extracting(one -> one.getString("id")).startsWith("ID1", "ID2", "ID3");
        assertThat(world.messages(B, "?peer=" + A))
                .extracting(one -> one.getString("status"))
                .startsWith("delivered", "delivered", "delivered");
        try (Page page = Page.open(world.simulator)) {
            assertThat(page.call("hello", new JsonObject().put("token", token))
                            .getJsonObject("me")
                            .getString("name"))
                    .isEqualTo("Ana");
            JsonObject sync = page.call("sync", new JsonObject());
            assertThat(sync.getJsonArray("contacts")).hasSize(1);
            assertThat(sync.getJsonArray("receipts")).hasSize(1);
            JsonObject pending = sync.getJsonArray("pending").getJsonObject(0);
            assertThat(pending.getString("body")).isEqualTo("for later");
            assertThat(pending.getLong("ratchet")).isEqualTo(1);
        }
    }

    @Test
    void allIsRememberedAcrossARestart() {
        String token;
        try (World world = new World(in("state"))) {
            token = live(world);
            World.await(world.simulator.close());
        }
        try (World world = new World(in("state"))) {
            check(world, token);
            assertThat(world.messages(A, "").getLast().getLong("n")).isGreaterThan(6);
        }
        try (World world = new World(in("state"))) {
            check(world, token);
            try (Page page = Page.login(world.simulator, token)) {
                page.send(B + "@c.us", "ID4", "an older counter");
                assertThat(world.submissions("?id=ID4").getFirst().getBoolean("decrypted"))
                        .isFalse();
                world.post("/api/phones/" + B + "/messages", text(A, "the second"));
                assertThat(page.push("message").getLong("ratchet")).isEqualTo(2);
            }
        }
    }

    /** The copy is what a kill -9 would have left, with a last line that was being written. */
    @Test
    void aCrashLosesNothingThatWasWritten() throws Exception {
        Path copy = folder.resolve("sub").resolve("copy");
        String token;
        try (World world = new World(in("state"))) {
            token = live(world);
            Path state = folder.resolve("sub").resolve("state");
            World.until("the last message is on disk", () -> read(state).contains("\"text\":\"for later\""));
            World.until("and its place in the queue", () -> read(state).contains("undelivered"));
            Files.copy(state, copy);
        }
        Files.writeString(copy, "{\"k\":\"entry\",\"pn\":\"6284", StandardOpenOption.APPEND);
        try (World world = new World(in("copy"))) {
            check(world, token);
        }
    }

    @Test
    void whatAPhoneHadNotReceivedItReceivesAfterTheRestart() {
        try (World world = new World(in("state"))) {
            world.knob("deliverMs", 60_000);
            try (Page page = world.linked(A)) {
                page.send(B + "@c.us", "ID1", "on its way");
            }
            assertThat(world.messages(B, "")).isEmpty();
            world.put("/api/knobs", new JsonObject().put("deliverMs", 1));
            World.await(world.simulator.close());
        }
        try (World world = new World(in("state"))) {
            World.until("the message arrives", () -> !world.messages(B, "").isEmpty());
        }
    }

    @Test
    void aResetForgets() {
        try (World world = new World(in("state"))) {
            live(world);
            world.post("/api/reset", new JsonObject());
            assertThat(world.get("/api/state").getJsonArray("phones")).isEmpty();
            World.await(world.simulator.close());
        }
        for (int restart = 0; restart < 2; restart++) {
            try (World world = new World(in("state"))) {
                assertThat(world.get("/api/state").getJsonArray("phones")).isEmpty();
                assertThat(world.submissions("")).isEmpty();
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
