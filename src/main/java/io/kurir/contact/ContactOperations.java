package io.kurir.contact;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** The operations tagged {@code contacts}. */
public final class ContactOperations {
    private final AddressBook book;

    public ContactOperations(AddressBook book) {
        this.book = book;
    }

    public Answer list(Ask ask) {
        AddressBook.Listing listing = book.list(
                ask.reach(),
                ask.text("deviceId"),
                ask.optionalText("search"),
                Optional.ofNullable(ask.parameters().getBoolean("saved")),
                ask.page(),
                ask.pageSize());
        JsonObject data = new JsonObject()
                .put("source", listing.fresh() ? "whatsapp" : "store")
                .put(
                        "contacts",
                        Answer.array(listing.contacts().stream()
                                .map(ContactOperations::json)
                                .toList()));
        return Answer.page("Contacts", data, ask.page(), ask.pageSize(), listing.total());
    }

    public Answer checkNumbers(Ask ask) {
        List<AddressBook.Checked> checked = book.check(ask.reach(), ask.text("deviceId"), ask.fields("numbers"));
        List<JsonObject> results = checked.stream()
                .map(each -> new JsonObject()
                        .put("number", each.number())
                        .put("exists", each.contact().isPresent())
                        .put(
                                "contactId",
                                each.contact()
                                        .map(Contact::id)
                                        .map(Jid::toString)
                                        .orElse(null))
                        .put(
                                "lid",
                                each.contact()
                                        .flatMap(Contact::lid)
                                        .map(Jid::toString)
                                        .orElse(null)))
                .toList();
        return Answer.ok("Numbers checked", new JsonObject().put("results", Answer.array(results)));
    }

    public static JsonObject json(Contact contact) {
        return new JsonObject()
                .put("contactId", contact.id().toString())
                .put("phoneNumber", contact.phoneNumber().orElse(null))
                .put("lid", contact.lid().map(Jid::toString).orElse(null))
                .put("name", contact.displayName().orElse(null))
                .put(
                        "savedName",
                        Optional.of(contact.name())
                                .filter(name -> !name.isEmpty())
                                .orElse(null))
                .put(
                        "pushName",
                        Optional.of(contact.pushName())
                                .filter(name -> !name.isEmpty())
                                .orElse(null))
                .put("isSaved", contact.saved())
                .put("isBusiness", contact.business());
    }
}
