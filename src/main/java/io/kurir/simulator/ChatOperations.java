package io.kurir.simulator;

import io.kurir.simulator.Operation.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What the control plane does with the messages of a phone. Owned by the simulator's context. */
final class ChatOperations {
    private final Network network;
    private final Routing routing;
    private final Composer composer;

    ChatOperations(Network network, Routing routing) {
        this.network = network;
        this.routing = routing;
        this.composer = new Composer(network);
    }

    List<Operation> table() {
        String phone = "/api/phones/{phone}";
        return List.of(
                new Operation(
                        "POST",
                        phone + "/messages",
                        "{to: phone|group, text? | media?: {kind: image|video|audio|voice|document|sticker, base64? | size?, "
                                + "mimetype?, fileName?, caption?} | location?: {latitude, longitude, name?, address?} | "
                                + "contacts?: [{name, phone}] | poll?: {name, options, selectable?}, quoted?: id, "
                                + "mentions?: [phone]} → {id}",
                        this::write),
                new Operation(
                        "GET",
                        phone + "/messages",
                        "?with= (or peer=) phone|group &id=&after=n&limit= → {messages}",
                        this::messages),
                new Operation("GET", phone + "/media/{id}", "→ {base64, mimetype} of the message", this::media),
                new Operation("POST", phone + "/react", "{to, id, emoji: '' takes it back} → {}", this::react),
                new Operation("POST", phone + "/edit", "{to, id, text} → {}", this::edit),
                new Operation("POST", phone + "/revoke", "{to, id} → {}: deletes for everyone", this::revoke),
                new Operation("POST", phone + "/vote", "{to, id, options: [name]} → {}", this::vote),
                new Operation("POST", phone + "/read", "{peer} → {read}: reads all of that chat", this::read));
    }

    private Account of(Call call) {
        return network.account(call.named("phone"));
    }

    private JsonObject write(Call call) {
        Chat chat = network.chat(call.text("to"));
        return new JsonObject().put("id", routing.write(of(call), chat, composer.compose(of(call), chat, call)));
    }

    private JsonObject react(Call call) {
        return change(call, "reaction", message -> message.put("emoji", call.textOr("emoji", "")));
    }

    private JsonObject edit(Call call) {
        return change(call, "edit", message -> message.put("body", call.text("text")));
    }

    private JsonObject revoke(Call call) {
        return change(call, "revoke", message -> {});
    }

    private JsonObject vote(Call call) {
        JsonArray options = call.body().getJsonArray("options", new JsonArray());
        return change(call, "vote", message -> message.put("options", options));
    }

    private JsonObject change(Call call, String type, Consumer<JsonObject> how) {
        Account from = of(call);
        Chat chat = network.chat(call.text("to"));
        Entry target = find(from, chat.id(), call.text("id"));
        JsonObject key = new JsonObject()
                .put("id", target.id())
                .put("fromMe", !target.in())
                .put("participant", target.author());
        JsonObject message = new JsonObject().put("type", type).put("target", key);
        how.accept(message);
        routing.write(from, chat, message);
        return new JsonObject();
    }

    private static Entry find(Account phone, String chat, String id) {
        return phone.conversations
                .find(true, chat, id)
                .or(() -> phone.conversations.find(false, chat, id))
                .orElseThrow(() -> new Refusal(404, "the phone has no message " + id + " in this chat"));
    }

    private JsonObject messages(Call call) {
        Account owner = of(call);
        Optional<String> peer = call.asked("with")
                .or(() -> call.asked("peer"))
                .map(other -> network.chat(other).id());
        Optional<String> id = call.asked("id");
        long after = call.asked("after", 0);
        List<JsonObject> found = owner
                .conversations
                .where(entry -> entry.n() > after
                        && owner.shows(entry)
                        && peer.filter(chat -> !chat.equals(entry.peer())).isEmpty()
                        && id.filter(one -> !one.equals(entry.id())).isEmpty())
                .stream()
                .limit(call.asked("limit", Long.MAX_VALUE))
                .map(entry -> entry.shownTo(owner.pn))
                .toList();
        return new JsonObject().put("messages", new JsonArray(found));
    }

    private JsonObject media(Call call) {
        JsonObject wire =
                of(call).conversations.where(entry -> entry.id().equals(call.named("id")) && entry.readable).stream()
                        .flatMap(entry -> entry.wire().stream())
                        .filter(Content::isMedia)
                        .findFirst()
                        .orElseThrow(() -> new Refusal(404, "the phone has no such message with a file"));
        String path = wire.getString("directPath", "").replaceFirst("^" + MediaDoor.PATH, "");
        byte[] sealed = network.blobs.get(path).orElseThrow(() -> new Refusal(404, "the file is gone"));
        byte[] key = Base64.getDecoder().decode(wire.getString("mediaKey", ""));
        return new JsonObject()
                .put("base64", Sealed.base64(new Sealed(key, sealed).open()))
                .put("mimetype", wire.getString("mimetype"));
    }

    private JsonObject read(Call call) {
        Account reader = of(call);
        Chat chat = network.chat(call.text("peer"));
        List<Entry> unread = reader.conversations.where(
                entry -> entry.in() && entry.peer().equals(chat.id()) && entry.status < Entry.READ);
        for (Entry entry : unread) {
            Account author = network.account(entry.author());
            Chat here = chat instanceof Chat.Many ? chat : new Chat.Direct(reader);
            routing.receipts.receipt(reader, here, author, List.of(entry.id()), Entry.READ);
        }
        return new JsonObject().put("read", unread.size());
    }
}
