package io.kurir.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** Reactions, edits and deletions, ours and theirs. */
public abstract class ChangeConformance extends Conformance {

    private static JsonObject of(String to, String id) {
        return new JsonObject().put("to", to).put("id", id);
    }

    private IncomingMessage text(String from) {
        return received(from, me(), new JsonObject().put("text", "a message"));
    }

    @Test
    void ourReactionIsShownAndTakenBack() {
        String peer = person();
        IncomingMessage message = text(peer);
        device().execute(new Request.React(message.chat(), message.stanzaId(), "👍"));
        Rig.await("the reaction", () -> shown(peer, message.stanzaId()).encode().contains("👍"));
        device().execute(new Request.React(message.chat(), message.stanzaId(), ""));
        Rig.await("no reaction", () -> !shown(peer, message.stanzaId()).encode().contains("👍"));
    }

    @Test
    void theirReactionIsToldAndSoIsItsEnd() {
        String peer = person();
        String id = sent(Jid.ofPhone(peer), new Content.Text("react to this"));
        shown(peer, id);
        act(peer, "react", of(me(), id).put("emoji", "🎉"));
        PageEvent.Reacted reacted =
                device().await(PageEvent.Reacted.class, one -> one.stanzaId().equals(id));
        assertThat(reacted.emoji()).isEqualTo("🎉");
        assertThat(reacted.chat()).isEqualTo(Jid.ofPhone(peer));
        assertThat(reacted.by().phone()).contains(Jid.ofPhone(peer));
        assertThat(reacted.fromMe()).isFalse();
        act(peer, "react", of(me(), id).put("emoji", ""));
        device().await(
                        PageEvent.Reacted.class,
                        one -> one.stanzaId().equals(id) && one.emoji().isEmpty());
    }

    @Test
    void ourEditIsShown() {
        String peer = person();
        String id = sent(Jid.ofPhone(peer), new Content.Text("befor"));
        shown(peer, id);
        Request.Edit edit = new Request.Edit(Jid.ofPhone(peer), id, "before");
        device().execute(edit);
        Rig.await("the edit", () -> shown(peer, id).getString("text").equals("before"));
        assertThat(device().execute(edit)).isEqualTo(new Request.Done());
    }

    @Test
    void theirEditIsTold() {
        String peer = person();
        IncomingMessage message = text(peer);
        act(peer, "edit", of(me(), message.stanzaId()).put("text", "another message"));
        PageEvent.Edited edited =
                device().await(PageEvent.Edited.class, one -> one.stanzaId().equals(message.stanzaId()));
        assertThat(edited.text()).isEqualTo("another message");
        assertThat(edited.chat()).isEqualTo(Jid.ofPhone(peer));
    }

    @Test
    void ourDeletionIsShownAndMayBeRepeated() {
        String peer = person();
        String id = sent(Jid.ofPhone(peer), new Content.Text("not for you"));
        shown(peer, id);
        Request.Revoke revoke = new Request.Revoke(Jid.ofPhone(peer), id);
        device().execute(revoke);
        Rig.await("the deletion", () -> !shown(peer, id).encode().contains("not for you"));
        assertThat(device().execute(revoke)).isEqualTo(new Request.Done());
    }

    @Test
    void theirDeletionIsToldOnce() {
        String peer = person();
        IncomingMessage message = text(peer);
        act(peer, "revoke", of(me(), message.stanzaId()));
        PageEvent.Revoked revoked =
                device().await(PageEvent.Revoked.class, one -> one.stanzaId().equals(message.stanzaId()));
        assertThat(revoked.chat()).isEqualTo(Jid.ofPhone(peer));
        text(peer);
        assertThat(device().events())
                .filteredOn(event ->
                        event instanceof PageEvent.Revoked one && one.stanzaId().equals(message.stanzaId()))
                .hasSize(1);
    }

    @Test
    void whatIsUnknownOrAnothersIsRefusedAndThePageGoesOn() {
        String peer = person();
        IncomingMessage message = text(peer);
        Jid chat = message.chat();
        refused(new Request.React(chat, "3EB0NOSUCH", "👍"), Request.Refusal.MESSAGE_NOT_FOUND);
        refused(new Request.React(Jid.ofPhone(person()), "3EB0NOSUCH", "👍"), Request.Refusal.CHAT_NOT_FOUND);
        refused(new Request.Edit(chat, message.stanzaId(), "mine now"), Request.Refusal.NOT_OWN_MESSAGE);
        refused(new Request.Revoke(chat, message.stanzaId()), Request.Refusal.NOT_OWN_MESSAGE);
        refused(new Request.Edit(chat, "3EB0NOSUCH", "nothing"), Request.Refusal.MESSAGE_NOT_FOUND);
        refused(new Request.Revoke(chat, "3EB0NOSUCH"), Request.Refusal.MESSAGE_NOT_FOUND);
        theNextTextGoesOut();
    }

    @Test
    void anEditThatWhatsAppRefusesIsToldAsRefused() {
        String peer = person();
        String id = sent(Jid.ofPhone(peer), new Content.Text("fixed"));
        rig().knobs(me(), new JsonObject().put("editWindowMs", 0));
        try {
            refused(new Request.Edit(Jid.ofPhone(peer), id, "changed"), Request.Refusal.REFUSED);
        } finally {
            rig().knobs(me(), new JsonObject().put("editWindowMs", 900_000));
        }
        assertThat(shown(peer, id).getString("text")).isEqualTo("fixed");
        theNextTextGoesOut();
    }
}
