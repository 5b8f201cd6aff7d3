package io.kurir.simulator;

import io.kurir.simulator.Submissions.Submission;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The way of a message and of its receipts.
 *
 * <pre>
 *   a page's `send` ──► recorded ──► sender's phone and other pages ──► recipient's phone ──► recipient's pages
 *                                                                            │ by itself, after deliverMs, readMs
 *   sender's pages ◄── receipt (only if the status rises) ◄──────────────────┴── or a page's `receipt`
 * </pre>
 *
 * Times on the wire are unix seconds. Owned by the simulator's context.
 */
final class Routing {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Network network;

    Routing(Network network) {
        this.network = network;
    }

    /**
     * Takes a page's message.
     *
     * @param chat the recipient, by number or LID
     * @param ratchet the page's counter for this peer
     * @return {@code {t, count}} as the page is to be answered
     */
    JsonObject submit(Link link, String chat, JsonObject message, Optional<Long> ratchet) {
        Account from = link.account;
        Account to = network.account(chat);
        String id = message.getJsonObject("id").getString("id");
        boolean decrypted =
                ratchet.map(counter -> link.advances(to.pn, counter)).orElse(true);
        Optional<Entry> before = from.conversations.find(false, to.pn, id);
        record(new Submission(
                network.submissions.nextSeq(),
                from.pn,
                to.pn,
                id,
                message.getString("body", ""),
                System.currentTimeMillis(),
                ratchet,
                decrypted,
                before.isPresent(),
                link.id));
        long t = now();
        if (before.isEmpty()) {
            keep(from, Entry.of(network.nextEntry(), false, to.pn, message, t, true));
            mirror(from, to, message, t, Optional.of(link));
        }
        deliver(from, to, message, t, decrypted);
        return new JsonObject().put("t", t).put("count", 1);
    }

    /** Sends a message that a person wrote on the phone itself, and gives its id. */
    String write(Account from, Account to, JsonObject content) {
        byte[] random = new byte[9];
        RANDOM.nextBytes(random);
        String id = "3A" + HexFormat.of().withUpperCase().formatHex(random);
        JsonObject message = content.put("type", "chat").put("id", new JsonObject().put("id", id));
        long t = now();
        keep(from, Entry.of(network.nextEntry(), false, to.pn, message, t, true));
        mirror(from, to, message, t, Optional.empty());
        deliver(from, to, message, t, true);
        return id;
    }

    private void record(Submission submission) {
        network.submissions.add(submission);
        network.journal.add("submission", submission.toJson());
        network.events.publish("submission", submission::toJson);
    }

    private void mirror(Account from, Account to, JsonObject message, long t, Optional<Link> except) {
        for (Link link : from.links.values()) {
            if (except.filter(sender -> sender == link).isPresent()) {
                continue;
            }
            String chat = from.addressOf(to);
            hand(
                    link,
                    view(message, chat, true, t)
                            .put("from", from.ownAddress())
                            .put("to", chat)
                            .put("ack", 1),
                    1);
        }
    }

    private void deliver(Account from, Account to, JsonObject message, long t, boolean decrypted) {
        if (from == to || !Account.exists(to.pn)) {
            return;
        }
        String id = message.getJsonObject("id").getString("id");
        Optional<Entry> had = to.conversations.find(true, from.pn, id).filter(entry -> entry.readable);
        if (had.isPresent()) {
            if (!decrypted) {
                return;
            }
            if (to.knobs.dropRepeatedIds()) {
                confirmRepeat(from, to, had.get());
                return;
            }
            had.get().shown++;
            keep(to, had.get());
        } else {
            keep(to, Entry.of(network.nextEntry(), true, from.pn, message, t, decrypted));
        }
        int times = to.knobs.duplicateDelivery() ? 2 : 1;
        Entry entry = to.conversations.find(true, from.pn, id).orElseThrow();
        if (times == 2 && decrypted && !to.knobs.dropRepeatedIds()) {
            entry.shown++;
            keep(to, entry);
        }
        for (Link link : to.links.values()) {
            hand(link, incoming(link, from, decrypted ? message : unreadable(message), t), times);
        }
        if (to.actsByItself() && decrypted) {
            settle(to, entry);
        }
    }

    private static JsonObject unreadable(JsonObject message) {
        return new JsonObject().put("id", message.getJsonObject("id")).put("type", "ciphertext");
    }

    private static JsonObject incoming(Link link, Account from, JsonObject message, long t) {
        Account to = link.account;
        String chat = to.addressOf(from);
        return view(message, chat, false, t)
                .put("from", chat)
                .put("to", to.ownAddress())
                .put("notifyName", from.name)
                .put("lidMap", new JsonObject().put("pn", from.pn).put("lid", from.lid))
                .put("ratchet", link.nextReceived(from.pn));
    }

    /** Fields that the network does not know pass through. */
    private static JsonObject view(JsonObject message, String chat, boolean fromMe, long t) {
        JsonObject view = message.copy();
        List.of("ack", "author", "ratchet", "notifyName", "lidMap").forEach(view::remove);
        JsonObject id = new JsonObject()
                .put("fromMe", fromMe)
                .put("remote", chat)
                .put("id", message.getJsonObject("id").getString("id"));
        return view.put("id", id).put("t", t);
    }

    private void hand(Link link, JsonObject message, int times) {
        link.keep(message, times);
        network.journal.add("undelivered", Restore.undelivered(link, message, times));
        link.ready().ifPresent(page -> {
            for (int i = 0; i < times; i++) {
                page.push("message", message);
            }
        });
    }

    private void keep(Account account, Entry entry) {
        account.conversations.put(entry);
        network.journal.add("entry", new JsonObject().put("pn", account.pn).put("entry", entry.toJson()));
        show(account, entry);
    }

    private void show(Account account, Entry entry) {
        if (account.shows(entry)) {
            network.events.publish("message", () -> event(account, entry));
        }
    }

    // ---- receipts

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
        Account author = network.account(entry.peer());
        network.after(Math.max(1, ms), () -> receipt(phone, author, List.of(entry.id()), status));
    }

    /** The reader has received or read these messages of the author; what the author already knows is not told again. */
    void receipt(Account reader, Account author, List<String> ids, int status) {
        List<String> raised = ids.stream()
                .filter(id -> reader.conversations
                        .find(true, author.pn, id)
                        .filter(entry -> entry.readable && entry.raise(status))
                        .isPresent())
                .toList();
        if (raised.isEmpty()) {
            return;
        }
        for (String id : raised) {
            reader.conversations.find(true, author.pn, id).ifPresent(entry -> show(reader, entry));
            author.conversations.find(false, reader.pn, id).ifPresent(entry -> {
                entry.raise(status);
                show(author, entry);
            });
        }
        JsonObject line = new JsonObject().put("reader", reader.pn).put("author", author.pn);
        network.journal.add("status", line.put("ids", new JsonArray(raised)).put("s", status));
        tell(author, reader, raised, status);
    }

    /** A recipient that drops a repeated id still says that it has it. */
    private void confirmRepeat(Account from, Account to, Entry entry) {
        if (entry.status >= Entry.DELIVERED) {
            tell(from, to, List.of(entry.id()), Entry.DELIVERED);
        }
    }

    private void tell(Account author, Account reader, List<String> ids, int status) {
        for (Link link : author.links.values()) {
            JsonObject receipt = new JsonObject()
                    .put("chat", author.addressOf(reader))
                    .put("ids", new JsonArray(ids))
                    .put("type", Entry.statusName(status))
                    .put("t", now());
            link.keep(receipt);
            network.journal.add("receipt", new JsonObject().put("link", link.id).put("receipt", receipt));
            link.ready().ifPresent(page -> page.push("receipt", receipt));
        }
    }

    // ---- what people see

    private static JsonObject event(Account account, Entry entry) {
        return new JsonObject().put("phone", Account.user(account.pn)).put("message", entry.shownTo(account.pn));
    }

    private static long now() {
        return System.currentTimeMillis() / 1000;
    }
}
