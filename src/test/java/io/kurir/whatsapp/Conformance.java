package io.kurir.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What the suites of one topic share. */
public abstract class Conformance {

    /** The device that all suites of one mode share. */
    protected abstract Fixture fixture();

    final Rig rig() {
        return fixture().rig();
    }

    final TestDevice device() {
        return fixture().device();
    }

    final String person() {
        return fixture().person();
    }

    final String me() {
        return device().phone;
    }

    /** What a phone does with one of its messages: {@code react, edit, revoke, vote}. */
    final void act(String phone, String what, JsonObject body) {
        rig().api("POST", "/api/phones/" + phone + "/" + what, body);
    }

    /** Somebody's message, once our page has told it. */
    final IncomingMessage received(String from, String to, JsonObject message) {
        String id = rig().api("POST", "/api/phones/" + from + "/messages", message.put("to", to))
                .getString("id");
        return device().await(
                        PageEvent.Received.class,
                        one -> one.message().stanzaId().equals(id))
                .message();
    }

    /** Sends and waits until the network has it. @return the stanza id */
    final String sent(Jid to, Content content) {
        String id = Fixture.id();
        OutgoingMessage message =
                new OutgoingMessage(id, to, content, Optional.empty(), Optional.empty(), List.of(), false);
        assertThat(device().send(message)).isEqualTo(new Command.Taken());
        device().awaitOnItsWay(id);
        return id;
    }

    /** What a phone shows of one message. */
    final JsonObject shown(String phone, String stanzaId) {
        String path = "/api/phones/" + phone + "/messages?id=" + stanzaId;
        Rig.await(
                stanzaId + " at " + phone,
                () -> !rig().api("GET", path).getJsonArray("messages").isEmpty());
        return rig().api("GET", path).getJsonArray("messages").getJsonObject(0);
    }

    final void refused(Command<?> command, Request.Refusal refusal) {
        assertThatThrownBy(() -> device().execute(command))
                .isInstanceOfSatisfying(
                        PageException.class,
                        fault -> assertThat(fault.refusal()).contains(refusal));
    }

    final void refused(OutgoingMessage message, Command.Reason reason) {
        assertThat(device().send(message))
                .isInstanceOfSatisfying(
                        Command.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    /** After something went wrong, the page must go on. */
    final void theNextTextGoesOut() {
        sent(Jid.ofPhone(person()), new Content.Text("still alive"));
    }
}
