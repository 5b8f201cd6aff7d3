package io.kurir.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups, files and what changes messages, without a browser: above all that they survive the simulator. */
class GroupsTest {
    private static final String A = "628330001";
    private static final String B = "628330002";
    private static final String C = "628330003";

    @TempDir
    Path folder;

    private World world() {
        return new World(new Simulator.Options().withStateFile(folder.resolve("state")));
    }

    private static String group(World world) {
        JsonObject group = new JsonObject()
                .put("subject", "Team")
                .put("by", A)
                .put("members", new JsonArray().add(B).add(C).add("628990000"));
        return world.post("/api/groups", group).getString("id");
    }

    private static String path(String phone, String what) {
        return "/api/phones/" + phone + "/" + what;
    }

    @Test
    void aMessageToAGroupIsAsFarAsItsSlowestRecipientAlsoAfterARestart() {
        String group;
        String token;
        try (World world = world()) {
            group = group(world);
            world.post("/api/phones", new JsonObject().put("phone", B).put("auto", false));
            token = world.link(A);
            try (Page page = Page.login(world.simulator, token)) {
                assertThat(page.send(group, "ID1", "hello").getInteger("count")).isEqualTo(2);
                JsonObject receipt = page.push("receipt");
                assertThat(receipt.getString("chat")).isEqualTo(group);
                assertThat(receipt.getString("participant")).isEqualTo(Account.lidOf(C));
                assertThat(receipt.getString("all")).isEqualTo("sent");
                assertThat(page.push("receipt").getString("type")).isEqualTo("read");
            }
            assertThat(status(world, group)).isEqualTo("sent");
            World.await(world.simulator.close());
        }
        try (World world = world()) {
            assertThat(world.get("/api/groups/" + group).getJsonArray("participants"))
                    .hasSize(3);
            assertThat(status(world, group)).isEqualTo("sent");
            world.post(path(B, "read"), new JsonObject().put("peer", group));
            assertThat(status(world, group)).isEqualTo("read");
            assertThat(world.messages(B, "?with=" + group).getFirst().getString("author"))
                    .isEqualTo(A + "@c.us");
            try (Page page = Page.open(world.simulator)) {
                page.call("hello", new JsonObject().put("token", token));
                JsonObject sync = page.call("sync", new JsonObject());
                assertThat(sync.getJsonArray("groups").getJsonObject(0).getString("subject"))
                        .isEqualTo("Team");
            }
        }
    }

    private static String status(World world, String group) {
        return world.messages(A, "?with=" + group).getFirst().getString("status");
    }

    @Test
    void whoIsAwayIsToldOfAChangeLater() {
        String token;
        String group;
        try (World world = world()) {
            token = world.link(B);
            group = group(world);
            world.post(
                    "/api/groups/" + group + "/participants",
                    new JsonObject().put("by", A).put("remove", new JsonArray().add(B)));
            World.await(world.simulator.close());
        }
        try (World world = world();
                Page page = Page.open(world.simulator)) {
            page.call("hello", new JsonObject().put("token", token));
            JsonObject sync = page.call("sync", new JsonObject());
            assertThat(sync.getJsonArray("groups")).isEmpty();
            List<JsonObject> notices = World.objects(sync.getJsonArray("pending"));
            assertThat(notices).extracting(one -> one.getString("subtype")).containsExactly("create", "remove");
            assertThat(notices.getLast().getJsonArray("recipients")).containsExactly(Account.lidOf(B));
            assertThat(notices.getLast().getJsonObject("group").getJsonArray("participants"))
                    .hasSize(2);
            assertThat(page.refused("send", page.sending(group, "ID1", "x")).getInteger("status"))
                    .isEqualTo(403);
        }
    }

    @Test
    void filesAndWhatBecameOfMessagesSurviveARestart() {
        byte[] bytes = {1, 2, 3, 4, 5};
        String media;
        String text;
        try (World world = world()) {
            JsonObject file = new JsonObject()
                    .put("kind", "document")
                    .put("base64", Base64.getEncoder().encodeToString(bytes))
                    .put("fileName", "five.bin");
            media = world.post(
                            path(A, "messages"), new JsonObject().put("to", B).put("media", file))
                    .getString("id");
            text = world.post(path(A, "messages"), new JsonObject().put("to", B).put("text", "helo"))
                    .getString("id");
            JsonObject key = new JsonObject().put("id", text);
            world.post(path(A, "edit"), key.copy().put("to", B).put("text", "hello"));
            world.post(path(B, "react"), key.copy().put("to", A).put("emoji", "+"));
            World.await(world.simulator.close());
        }
        try (World world = world()) {
            JsonObject there = world.messages(B, "?id=" + media).getFirst();
            assertThat(there.getJsonObject("media").getString("fileName")).isEqualTo("five.bin");
            assertThat(there.getJsonObject("media").getString("sha256"))
                    .isEqualTo(Sealed.hex(Sealed.base64(Sealed.sha256(bytes))));
            String base64 = world.get(path(B, "media/" + media)).getString("base64");
            assertThat(Base64.getDecoder().decode(base64)).isEqualTo(bytes);
            JsonObject edited = world.messages(B, "?id=" + text).getFirst();
            assertThat(edited.getString("text")).isEqualTo("hello");
            assertThat(edited.getBoolean("edited")).isTrue();
            assertThat(edited.getJsonArray("reactions").getJsonObject(0).getString("from"))
                    .isEqualTo(B);
            world.post(path(A, "revoke"), new JsonObject().put("to", B).put("id", media));
            assertThatThrownBy(() -> world.get(path(B, "media/" + media))).hasMessageContaining("no such message");
        }
    }

    @Test
    void aChangeIsSubmittedAndQueuedAsAMessageIs() {
        try (World world = world();
                Page page = world.linked(A)) {
            page.send(B + "@c.us", "ID1", "hello");
            JsonObject change = page.sending(B + "@c.us", "ID2", "hello there");
            change.getJsonObject("msg")
                    .put("type", "edit")
                    .put("target", new JsonObject().put("id", "ID1").put("fromMe", true));
            page.call("send", change);
            assertThat(world.submissions(""))
                    .extracting(one -> one.getString("type"))
                    .containsExactly("chat", "edit");
            // the answer does not wait for the recipient
            await().untilAsserted(() -> assertThat(world.messages(B, ""))
                    .extracting(one -> one.getString("text"))
                    .containsExactly("hello there"));
            change.getJsonObject("msg")
                    .put("target", new JsonObject().put("id", "ID9").put("fromMe", true));
            assertThat(page.refused("send", change.put("ratchet", 9)).getInteger("status"))
                    .isEqualTo(404);
        }
    }
}
