package io.kurir.simulator;

import io.kurir.simulator.Operation.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the control plane does with a single phone. Owned by the simulator's context. */
final class PhoneOperations {
    private final Network network;
    private final Linking linking;
    private final Presence presence;

    PhoneOperations(Network network, Linking linking, Presence presence) {
        this.network = network;
        this.linking = linking;
        this.presence = presence;
    }

    List<Operation> table() {
        String phone = "/api/phones/{phone}";
        return List.of(
                new Operation("GET", "/api/phones", "→ {phones}", this::list),
                new Operation(
                        "POST",
                        "/api/phones",
                        "{phone, name?, contacts?: [phone], auto?: bool|null, knobs?} → phone",
                        this::put),
                new Operation("GET", phone, "→ phone", call -> of(call).phone()),
                new Operation("POST", phone + "/scan", "{qr: whole text or its first part} → {link}", this::scan),
                new Operation("POST", phone + "/link-code", "{code} → {link}", this::enter),
                new Operation(
                        "PUT",
                        phone + "/contacts",
                        "{contacts: [{phone, name}]} → phone: its whole address book",
                        this::contacts),
                new Operation("POST", phone + "/reveal", "{to} → {}: tells its number to that account", this::reveal),
                new Operation("POST", phone + "/typing", "{to, type: composing|recording|paused} → {}", this::typing),
                new Operation("POST", phone + "/unlink", "→ {unlinked}: removes all pages linked to it", this::unlink),
                new Operation("POST", phone + "/drop", "{refuseMs?} → {dropped}: cuts its pages' sockets", this::drop),
                new Operation(
                        "POST", phone + "/freeze", "{ms} → {frozen}: its pages stop working for so long", this::freeze),
                new Operation(
                        "GET",
                        phone + "/sockets",
                        "→ {opened, replaced, live, maxConcurrent, lastFrameAt}",
                        this::sockets));
    }

    private Account of(Call call) {
        return network.account(call.named("phone"));
    }

    private JsonObject list(Call call) {
        return new JsonObject()
                .put(
                        "phones",
                        new JsonArray(network.accounts.values().stream()
                                .map(Account::phone)
                                .toList()));
    }

    /** Everything is checked before anything is changed. */
    private JsonObject put(Call call) {
        JsonObject body = call.body();
        JsonObject knobs = Knobs.checked(body.getJsonObject("knobs", new JsonObject()));
        String name = body.getString("name");
        Boolean auto = body.getBoolean("auto");
        List<String> contacts = numbers(body.getJsonArray("contacts", new JsonArray()));
        Account account = network.account(call.text("phone"));
        if (name != null) {
            account.name = name;
        }
        if (body.containsKey("auto")) {
            account.auto = Optional.ofNullable(auto);
        }
        contacts.forEach(contact -> account.contacts.putIfAbsent(contact, ""));
        network.setKnobs(account, knobs);
        network.save(account);
        return account.phone();
    }

    private List<String> numbers(JsonArray given) {
        return given.stream()
                .map(String::valueOf)
                .map(network::account)
                .map(account -> account.pn)
                .toList();
    }

    private JsonObject scan(Call call) {
        return new JsonObject().put("link", linking.scan(of(call), call.text("qr")).id);
    }

    private JsonObject enter(Call call) {
        return new JsonObject().put("link", linking.enter(of(call), call.text("code")).id);
    }

    private JsonObject contacts(Call call) {
        Account account = of(call);
        Map<String, String> book = new LinkedHashMap<>();
        call.body().getJsonArray("contacts", new JsonArray()).forEach(one -> {
            JsonObject contact = (JsonObject) one;
            book.put(network.account(contact.getString("phone", "")).pn, contact.getString("name", ""));
        });
        account.contacts.clear();
        account.contacts.putAll(book);
        network.save(account);
        JsonObject all = new JsonObject().put("contacts", network.contactsOf(account));
        account.links.values().forEach(link -> link.push("contacts", all));
        return account.phone();
    }

    private JsonObject reveal(Call call) {
        Account person = of(call);
        Account to = network.account(call.text("to"));
        to.told.add(person.pn);
        network.save(to);
        JsonObject pairing = new JsonObject().put("pn", person.pn).put("lid", person.lid);
        to.links.values().forEach(link -> link.push("pairing", pairing));
        return new JsonObject();
    }

    private JsonObject typing(Call call) {
        String type = call.text("type");
        if (!List.of("composing", "recording", "paused").contains(type)) {
            throw new Refusal(400, "`type` is composing, recording or paused");
        }
        presence.typing(of(call), network.chat(call.text("to")), type);
        return new JsonObject();
    }

    private JsonObject unlink(Call call) {
        List<Link> links = List.copyOf(of(call).links.values());
        links.forEach(link -> network.unlink(link, Optional.of("AccountRemoved")));
        return new JsonObject().put("unlinked", links.size());
    }

    private JsonObject drop(Call call) {
        Account account = of(call);
        int refuseMs = call.number("refuseMs", 0);
        account.refusesUntil = refuseMs == 0 ? 0 : System.currentTimeMillis() + refuseMs;
        List<Connection> open = open(account);
        open.forEach(Connection::drop);
        return new JsonObject().put("dropped", open.size());
    }

    private JsonObject freeze(Call call) {
        JsonObject howLong = new JsonObject().put("ms", call.number("ms", 0));
        List<Connection> open = open(of(call));
        open.forEach(page -> page.push("freeze", howLong));
        return new JsonObject().put("frozen", open.size());
    }

    private static List<Connection> open(Account account) {
        return account.links.values().stream()
                .flatMap(link -> link.connection.stream())
                .toList();
    }

    private JsonObject sockets(Call call) {
        Account account = of(call);
        return new JsonObject()
                .put("opened", account.opened)
                .put("replaced", account.replaced)
                .put("live", account.live())
                .put("maxConcurrent", account.maxConcurrent)
                .put("lastFrameAt", account.lastFrameAt);
    }
}
