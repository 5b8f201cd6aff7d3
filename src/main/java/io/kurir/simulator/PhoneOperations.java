package io.kurir.simulator;

import io.kurir.simulator.Operation.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What the control plane does with a single phone. Owned by the simulator's context. */
final class PhoneOperations {
    private final Network network;
    private final Routing routing;
    private final Linking linking;
    private final Presence presence;

    PhoneOperations(Network network, Routing routing, Linking linking, Presence presence) {
        this.network = network;
        this.routing = routing;
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
                        "POST", phone + "/messages", "{to, text, quoted?: id, mentions?: [phone]} → {id}", this::write),
                new Operation("GET", phone + "/messages", "?peer=&id=&after=n&limit= → {messages}", this::messages),
                new Operation("POST", phone + "/read", "{peer} → {read}: reads all that the peer wrote", this::read),
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
        return network.account(call.phone().orElseThrow());
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
        account.contacts.addAll(contacts);
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

    private JsonObject write(Call call) {
        Account from = of(call);
        Account to = network.account(call.text("to"));
        JsonObject content = new JsonObject().put("body", call.text("text"));
        String quoted = call.body().getString("quoted");
        if (quoted != null) {
            quote(content, from, to, quoted);
        }
        JsonArray mentions = call.body().getJsonArray("mentions", new JsonArray());
        if (!mentions.isEmpty()) {
            content.put("mentionedJidList", new JsonArray(numbers(mentions)));
        }
        return new JsonObject().put("id", routing.write(from, to, content));
    }

    private static void quote(JsonObject content, Account from, Account to, String id) {
        Optional<Entry> theirs = from.conversations.find(true, to.pn, id);
        Entry original = theirs.or(() -> from.conversations.find(false, to.pn, id))
                .orElseThrow(() -> new Refusal(404, "the phone has no message " + id + " in this chat"));
        content.put("quotedStanzaID", id)
                .put("quotedParticipant", theirs.isPresent() ? to.pn : from.pn)
                .put(
                        "quotedMsg",
                        new JsonObject()
                                .put("type", original.fixed.getString("type"))
                                .put("body", original.fixed.getString("text")));
    }

    private JsonObject messages(Call call) {
        Account owner = of(call);
        Optional<String> peer = call.asked("peer").map(other -> network.account(other).pn);
        Optional<String> id = call.asked("id");
        long after = call.asked("after", 0);
        List<JsonObject> found = owner
                .conversations
                .where(entry -> entry.n() > after
                        && owner.shows(entry)
                        && peer.filter(pn -> !pn.equals(entry.peer())).isEmpty()
                        && id.filter(one -> !one.equals(entry.id())).isEmpty())
                .stream()
                .limit(call.asked("limit", Long.MAX_VALUE))
                .map(entry -> entry.shownTo(owner.pn))
                .toList();
        return new JsonObject().put("messages", new JsonArray(found));
    }

    private JsonObject read(Call call) {
        Account reader = of(call);
        Account author = network.account(call.text("peer"));
        List<String> ids = reader
                .conversations
                .where(entry -> entry.in() && entry.peer().equals(author.pn) && entry.status < Entry.READ)
                .stream()
                .map(Entry::id)
                .toList();
        routing.receipt(reader, author, ids, Entry.READ);
        return new JsonObject().put("read", ids.size());
    }

    private JsonObject typing(Call call) {
        String type = call.text("type");
        if (!List.of("composing", "recording", "paused").contains(type)) {
            throw new Refusal(400, "`type` is composing, recording or paused");
        }
        presence.typing(of(call), network.account(call.text("to")), type);
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
