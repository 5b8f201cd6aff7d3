package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * How authors learn that their messages were received and read. In a group every reader is told of by itself, and the message is as
 * far as its slowest recipient. Owned by the simulator's context.
 */
final class Receipts {
    private final Network network;

    Receipts(Network network) {
        this.network = network;
    }

    /** Lets a phone that acts by itself receive and read a message in its own time. */
    void settle(Account phone, Entry entry) {
        Knobs knobs = phone.knobs;
        if (knobs.deliverMs() >= 0) {
            later(knobs.deliverMs(), phone, entry, Entry.DELIVERED);
            if (knobs.readMs() >= 0) {
                later(Math.max(knobs.deliverMs(), knobs.readMs()), phone, entry, Entry.READ);
            }
        }
    }

    private void later(int ms, Account phone, Entry entry, int status) {
        network.after(Math.max(1, ms), () -> {
            if (!entry.inGroup() || network.groups.containsKey(entry.peer())) {
                Chat chat = entry.inGroup() ? network.chat(entry.peer()) : new Chat.Direct(phone);
                receipt(phone, chat, network.account(entry.author()), List.of(entry.id()), status);
            }
        });
    }

    /** The reader has received or read these messages of the author; what the author already knows is not told again. */
    void receipt(Account reader, Chat chat, Account author, List<String> ids, int status) {
        List<String> raised = ids.stream()
                .filter(id -> reader.conversations
                        .find(true, chat.idAt(reader, author), id)
                        .filter(entry -> entry.author().equals(author.pn) && entry.readable && entry.raise(status))
                        .isPresent())
                .toList();
        if (raised.isEmpty()) {
            return;
        }
        JsonObject line = new JsonObject().put("reader", reader.pn).put("author", author.pn);
        if (chat instanceof Chat.Many many) {
            line.put("group", many.id());
        }
        network.journal.add("status", line.put("ids", new JsonArray(raised)).put("s", status));
        for (String id : raised) {
            reader.conversations.find(true, chat.idAt(reader, author), id).ifPresent(entry -> show(reader, entry));
        }
        switch (chat) {
            case Chat.Direct direct -> {
                for (String id : raised) {
                    author.conversations.find(false, reader.pn, id).ifPresent(entry -> {
                        entry.raise(status);
                        show(author, entry);
                    });
                }
                tell(author, receipt(author.addressOf(reader), raised, status));
            }
            case Chat.Many many -> raised.forEach(id -> inGroup(many, reader, author, id, status));
        }
    }

    private void inGroup(Chat.Many chat, Account reader, Account author, String id, int status) {
        JsonObject receipt = receipt(chat.id(), List.of(id), status).put("participant", reader.lid);
        author.conversations.find(false, chat.id(), id).ifPresent(entry -> {
            int all = entry.reached(reader.pn, status);
            receipt.put("all", Entry.statusName(all));
            if (entry.raise(all)) {
                show(author, entry);
            }
        });
        tell(author, receipt);
    }

    /** A recipient that drops a repeated id still says that it has it. */
    void confirmRepeat(Account from, Account to, Entry entry) {
        if (entry.status >= Entry.DELIVERED && !entry.inGroup()) {
            tell(from, receipt(from.addressOf(to), List.of(entry.id()), Entry.DELIVERED));
        }
    }

    private static JsonObject receipt(String chat, List<String> ids, int status) {
        return new JsonObject()
                .put("chat", chat)
                .put("ids", new JsonArray(ids))
                .put("type", Entry.statusName(status))
                .put("t", System.currentTimeMillis() / 1000);
    }

    private void tell(Account author, JsonObject receipt) {
        for (Link link : author.links.values()) {
            link.keep(receipt);
            network.journal.add("receipt", new JsonObject().put("link", link.id).put("receipt", receipt));
            link.push("receipt", receipt);
        }
    }

    /** Stores a message on a phone, or what has become of it. */
    void keep(Account account, Entry entry) {
        account.conversations.put(entry);
        network.journal.add("entry", new JsonObject().put("pn", account.pn).put("entry", entry.toJson()));
        show(account, entry);
    }

    private void show(Account account, Entry entry) {
        if (account.shows(entry)) {
            network.events.publish(
                    "message",
                    () -> new JsonObject()
                            .put("phone", Account.user(account.pn))
                            .put("message", entry.shownTo(account.pn)));
        }
    }
}
