package io.kurir.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Contacts, chats, their history, and people whose number WhatsApp hides. */
public abstract class PeopleConformance extends Conformance {

    private static IncomingMessage text(PeopleConformance suite, String from, String text) {
        return suite.received(from, suite.me(), new JsonObject().put("text", text));
    }

    @Test
    void aContactIsListedOnceWithBothNames() {
        String ann = person();
        text(this, ann, "hello");
        rig().api(
                        "PUT",
                        "/api/phones/" + me() + "/contacts",
                        new JsonObject()
                                .put(
                                        "contacts",
                                        new JsonArray()
                                                .add(new JsonObject()
                                                        .put("phone", ann)
                                                        .put("name", "Ann"))));
        Rig.await("the contact", () -> contact(ann).anyMatch(Request.Contact::saved));
        assertThat(contact(ann)).hasSize(1).first().satisfies(one -> {
            assertThat(one.name()).isEqualTo("Ann");
            assertThat(one.person().lid()).isPresent();
        });
    }

    private Stream<Request.Contact> contact(String phone) {
        return device().execute(new Request.ListContacts()).contacts().stream()
                .filter(one -> one.person().phone().equals(Optional.of(Jid.ofPhone(phone))));
    }

    @Test
    void aChatIsListedByItsNumberWithWhatIsUnread() {
        String ann = person();
        text(this, ann, "one");
        IncomingMessage last = text(this, ann, "two");
        Request.Chat chat = device().execute(new Request.ListChats()).chats().stream()
                .filter(one -> one.chat().equals(Jid.ofPhone(ann)))
                .findFirst()
                .orElseThrow();
        assertThat(chat.unread()).isEqualTo(2);
        assertThat(chat.lastAt()).contains(last.at());
        assertThat(chat.lid()).isPresent();
        assertThat(chat.archived()).isFalse();
    }

    @Test
    void theHistoryOfAChatIsReadPageByPageNewestLast() {
        String ann = person();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(text(this, ann, "text " + i).stanzaId());
        }
        Jid chat = Jid.ofPhone(ann);
        assertThat(history(chat, 3, Optional.empty())).containsExactlyElementsOf(ids.subList(2, 5));
        assertThat(history(chat, 3, Optional.of(ids.get(2)))).containsExactlyElementsOf(ids.subList(0, 2));
        assertThat(history(chat, 100, Optional.empty())).containsExactlyElementsOf(ids);
        refused(new Request.History(Jid.ofPhone(person()), 3, Optional.empty()), Request.Refusal.CHAT_NOT_FOUND);
        refused(new Request.History(chat, 3, Optional.of("3EB0NOSUCH")), Request.Refusal.MESSAGE_NOT_FOUND);
    }

    private List<String> history(Jid chat, int limit, Optional<String> before) {
        return device().execute(new Request.History(chat, limit, before)).messages().stream()
                .map(IncomingMessage::stanzaId)
                .toList();
    }
}
