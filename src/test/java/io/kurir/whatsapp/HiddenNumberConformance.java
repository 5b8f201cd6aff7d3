package io.kurir.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** People whom WhatsApp names by LID until it tells their number; only where chats go by LID. */
public abstract class HiddenNumberConformance extends Conformance {

    /** Somebody whose number nobody is told. */
    private String hidden() {
        String phone = person();
        rig().knobs(phone, new JsonObject().put("hideNumber", true));
        return phone;
    }

    private void reveal(String phone) {
        rig().api("POST", "/api/phones/" + phone + "/reveal", new JsonObject().put("to", me()));
    }

    @Test
    void aHiddenNumberIsToldAsPairedWhenItComesAndNamesTheChatFromThenOn() {
        String ann = hidden();
        IncomingMessage first = received(ann, me(), new JsonObject().put("text", "guess who"));
        assertThat(first.chat().server()).isEqualTo(Jid.LID);
        assertThat(first.chatLid()).contains(first.chat());
        reveal(ann);
        PageEvent.Paired paired =
                device().await(PageEvent.Paired.class, one -> one.lid().equals(first.chat()));
        assertThat(paired.phone()).isEqualTo(Jid.ofPhone(ann));
        IncomingMessage second = received(ann, me(), new JsonObject().put("text", "it is me"));
        assertThat(second.chat()).isEqualTo(Jid.ofPhone(ann));
        assertThat(second.chatLid()).contains(first.chat());
    }

    @Test
    void anAnswerToAHiddenNumberGoesOut() {
        String ann = hidden();
        IncomingMessage message = received(ann, me(), new JsonObject().put("text", "answer me"));
        String id = sent(message.chat(), new Content.Text("here"));
        assertThat(shown(ann, id).getString("text")).isEqualTo("here");
    }

    @Test
    void aHiddenMemberOfAGroupIsNamedByLid() {
        String ann = hidden();
        JsonObject wanted =
                new JsonObject().put("by", ann).put("subject", "Hidden").put("members", new JsonArray().add(me()));
        Jid group = Jid.parse(rig().api("POST", "/api/groups", wanted).getString("id"));
        device().await(PageEvent.GroupChanged.class, one -> one.group().equals(group));
        IncomingMessage message = received(ann, group.toString(), new JsonObject().put("text", "hello"));
        assertThat(message.author())
                .hasValueSatisfying(author -> assertThat(author.server()).isEqualTo(Jid.LID));
        assertThat(device().execute(new Request.ReadGroup(group)).members())
                .filteredOn(one -> one.person().phone().isEmpty())
                .hasSize(1);
    }
}
