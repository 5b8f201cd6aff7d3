package io.kurir.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Places, cards and polls, out and in. */
public abstract class ContentConformance extends Conformance {

    @Test
    void aLocationArrives() {
        String to = person();
        Content.Location place = new Content.Location(-6.1754, 106.8272, "Monas", "Jakarta");
        JsonObject shown = shown(to, sent(Jid.ofPhone(to), place)).getJsonObject("location");
        assertThat(shown.getDouble("latitude")).isEqualTo(-6.1754);
        assertThat(shown.getDouble("longitude")).isEqualTo(106.8272);
        assertThat(shown.getString("name")).isEqualTo("Monas");
        assertThat(shown.getString("address")).isEqualTo("Jakarta");
    }

    @Test
    void oneCardAndSeveralCardsArrive() {
        String to = person();
        Content.Card ann = new Content.Card("Ann; the first", "628111");
        Content.Card bob = new Content.Card("Bob", "628222");
        JsonArray one = shown(to, sent(Jid.ofPhone(to), new Content.Contacts(List.of(ann))))
                .getJsonArray("contacts");
        assertThat(one).hasSize(1);
        assertThat(one.getJsonObject(0).getString("phone")).isEqualTo("628111");
        JsonArray two = shown(to, sent(Jid.ofPhone(to), new Content.Contacts(List.of(ann, bob))))
                .getJsonArray("contacts");
        assertThat(two).hasSize(2);
        assertThat(two.getJsonObject(1).getString("name")).isEqualTo("Bob");
    }

    @Test
    void aPollArrivesAndItsVotesAreTold() {
        String to = person();
        String id = sent(Jid.ofPhone(to), new Content.Poll("Lunch?", List.of("Soto", "Rawon", "Gado-gado"), 2));
        JsonObject poll = shown(to, id).getJsonObject("poll");
        assertThat(poll.getString("name")).isEqualTo("Lunch?");
        assertThat(poll.getJsonArray("options")).containsExactly("Soto", "Rawon", "Gado-gado");
        assertThat(poll.getInteger("selectable")).isEqualTo(2);
        act(to, "vote", new JsonObject().put("to", me()).put("id", id).put("options", new JsonArray(List.of("Rawon"))));
        PageEvent.Voted voted =
                device().await(PageEvent.Voted.class, one -> one.stanzaId().equals(id));
        assertThat(voted.chat()).isEqualTo(Jid.ofPhone(to));
        assertThat(voted.by().phone()).contains(Jid.ofPhone(to));
        assertThat(voted.options()).containsExactly("Rawon");
    }

    @Test
    void aLocationThatArrivesIsTold() {
        JsonObject place = new JsonObject()
                .put("latitude", 1.5)
                .put("longitude", 2.5)
                .put("name", "Home")
                .put("address", "A street");
        IncomingMessage message = received(person(), me(), new JsonObject().put("location", place));
        assertThat(message.content()).isEqualTo(new Content.Location(1.5, 2.5, "Home", "A street"));
        assertThat(message.type()).isEqualTo("location");
    }

    @Test
    void cardsThatArriveAreTold() {
        JsonArray cards = new JsonArray()
                .add(new JsonObject().put("name", "Ann").put("phone", "628111"))
                .add(new JsonObject().put("name", "Bob").put("phone", "628222"));
        IncomingMessage message = received(person(), me(), new JsonObject().put("contacts", cards));
        assertThat(message.content())
                .isEqualTo(new Content.Contacts(
                        List.of(new Content.Card("Ann", "628111"), new Content.Card("Bob", "628222"))));
    }

    @Test
    void aPollThatArrivesIsTold() {
        JsonObject poll = new JsonObject()
                .put("name", "When?")
                .put("options", new JsonArray(List.of("Now", "Later")))
                .put("selectable", 1);
        IncomingMessage message = received(person(), me(), new JsonObject().put("poll", poll));
        assertThat(message.content()).isEqualTo(new Content.Poll("When?", List.of("Now", "Later"), 1));
    }
}
