package io.kurir.simulator;

import io.kurir.simulator.Submissions.Submission;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The way of a message.
 *
 * <pre>
 *   a page's `send` ──► recorded ──► sender's phone and other pages ──► each recipient's phone ──► its pages
 *                                                                            │ by itself, after deliverMs, readMs
 *   sender's pages ◄── receipt (only if the status rises) ◄──────────────────┴── or a page's `receipt`
 * </pre>
 *
 * What changes an earlier message (see {@link Addons}) goes the same way, but is kept nowhere by itself. Times on the wire are unix
 * seconds. Owned by the simulator's context.
 */
final class Routing {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** What the network puts on a message itself. */
    private static final List<String> ENVELOPE = List.of("ack", "author", "ratchet", "notifyName", "lidMap");

    private final Network network;
    private final Addons addons;
    final Receipts receipts;

    Routing(Network network) {
        this.network = network;
        this.receipts = new Receipts(network);
        this.addons = new Addons(network, receipts);
    }

    /**
     * Takes a page's message.
     *
     * @param to the recipient, by number or LID, or the group
     * @param ratchet the page's counter for this chat
     * @return {@code {t, count}} as the page is to be answered
     * @throws Refusal 403 if the sender is not in the group or may not change the message, 404 if there is no such chat or message
     */
    JsonObject submit(Link link, String to, JsonObject message, Optional<Long> ratchet) {
        Account from = link.account;
        Chat chat = network.chat(to);
        check(from, chat, message);
        String id = message.getJsonObject("id").getString("id");
        boolean decrypted =
                ratchet.map(counter -> link.advances(chat.id(), counter)).orElse(true);
        boolean repeat = from.conversations.find(false, chat.id(), id).isPresent();
        record(new Submission(
                network.submissions.nextSeq(),
                from.pn,
                chat.id(),
                id,
                Content.type(message),
                message.getString("body", ""),
                System.currentTimeMillis(),
                ratchet,
                decrypted,
                repeat,
                link.id));
        long ms = System.currentTimeMillis();
        if (!repeat) {
            own(from, chat, message, ms);
            mirror(from, chat, message, ms, Optional.of(link));
        }
        deliver(from, chat, message, ms, decrypted);
        return new JsonObject()
                .put("t", ms / 1000)
                .put("count", Math.max(1, chat.recipients(from).size()));
    }

    /**
     * Sends what a person did on the phone itself, and gives its id.
     *
     * @throws Refusal as {@link #submit}
     */
    String write(Account from, Chat chat, JsonObject content) {
        byte[] random = new byte[9];
        RANDOM.nextBytes(random);
        String id = "3A" + HexFormat.of().withUpperCase().formatHex(random);
        JsonObject message = content.put("id", new JsonObject().put("id", id));
        check(from, chat, message);
        long ms = System.currentTimeMillis();
        own(from, chat, message, ms);
        mirror(from, chat, message, ms, Optional.empty());
        deliver(from, chat, message, ms, true);
        return id;
    }

    private void check(Account from, Chat chat, JsonObject message) {
        if (chat instanceof Chat.Many many && !many.group().members.containsKey(from)) {
            throw new Refusal(403, "not a member of this group");
        }
        if (Addons.is(message)) {
            addons.check(from, chat, message);
        }
    }

    private void record(Submission submission) {
        network.submissions.add(submission);
        network.journal.add("submission", submission.toJson());
        network.events.publish("submission", submission::toJson);
    }

    private void own(Account from, Chat chat, JsonObject message, long ms) {
        if (Addons.is(message)) {
            addons.apply(from, from, chat, message);
            return;
        }
        Entry entry = Entry.of(network.nextEntry(), false, chat.id(), from.pn, message, ms, true);
        if (chat instanceof Chat.Many) {
            entry.awaits(chat.recipients(from).stream().map(member -> member.pn).toList());
        }
        receipts.keep(from, entry);
    }

    /** Shows a message of the account's phone, or of one of its pages, to its other pages. */
    private void mirror(Account from, Chat chat, JsonObject message, long ms, Optional<Link> except) {
        for (Link link : from.links.values()) {
            if (except.filter(sender -> sender == link).isEmpty()) {
                hand(link, view(from, from, chat, message, ms).put("ack", 1), 1);
            }
        }
    }

    private void deliver(Account from, Chat chat, JsonObject message, long ms, boolean decrypted) {
        for (Account to : chat.recipients(from)) {
            if (Addons.is(message)) {
                if (decrypted) {
                    addons.apply(to, from, chat, message);
                }
                to.links.values().forEach(link -> handOver(link, from, chat, message, ms, decrypted, 1));
            } else {
                deliver(from, chat, to, message, ms, decrypted);
            }
        }
    }

    private void deliver(Account from, Chat chat, Account to, JsonObject message, long ms, boolean decrypted) {
        String id = message.getJsonObject("id").getString("id");
        String peer = chat.idAt(to, from);
        Optional<Entry> had = to.conversations.find(true, peer, id).filter(entry -> entry.readable);
        if (had.isPresent()) {
            if (!decrypted) {
                return;
            }
            if (to.knobs.dropRepeatedIds()) {
                receipts.confirmRepeat(from, to, had.get());
                return;
            }
            had.get().shown++;
            receipts.keep(to, had.get());
        } else {
            receipts.keep(to, Entry.of(network.nextEntry(), true, peer, from.pn, message, ms, decrypted));
        }
        int times = to.knobs.duplicateDelivery() ? 2 : 1;
        Entry entry = to.conversations.find(true, peer, id).orElseThrow();
        if (times == 2 && decrypted && !to.knobs.dropRepeatedIds()) {
            entry.shown++;
            receipts.keep(to, entry);
        }
        to.links.values().forEach(link -> handOver(link, from, chat, message, ms, decrypted, times));
        if (to.actsByItself() && decrypted) {
            receipts.settle(to, entry);
        }
    }

    private void handOver(
            Link link, Account from, Chat chat, JsonObject message, long ms, boolean decrypted, int times) {
        JsonObject readable = decrypted
                ? message
                : new JsonObject().put("id", message.getJsonObject("id")).put("type", "ciphertext");
        JsonObject lidMap = link.account.knobs.lidChats() ? link.account.cardOf(from) : from.card();
        lidMap.remove("name");
        hand(
                link,
                view(link.account, from, chat, readable, ms)
                        .put("notifyName", from.name)
                        .put("lidMap", lidMap)
                        .put("ratchet", link.nextReceived(counter(chat, from))),
                times);
    }

    /** What a page counts messages by. */
    static String counter(Chat chat, Account from) {
        return chat instanceof Chat.Many ? chat.id() + ' ' + from.pn : from.pn;
    }

    /** A message as the pages of one account see it; fields that the network does not know pass through. */
    JsonObject view(Account viewer, Account from, Chat chat, JsonObject message, long ms) {
        boolean own = viewer == from;
        JsonObject view = message.copy();
        ENVELOPE.forEach(view::remove);
        JsonObject key = new JsonObject().put("fromMe", own);
        switch (chat) {
            case Chat.Direct direct -> {
                String address = viewer.addressOf(own ? direct.peer() : from);
                key.put("remote", address);
                view.put("from", own ? viewer.ownAddress() : address).put("to", own ? address : viewer.ownAddress());
            }
            case Chat.Many many -> {
                key.put("remote", many.id());
                key.put("participant", from.lid);
                view.put("author", from.lid)
                        .put("from", own ? viewer.lid : many.id())
                        .put("to", own ? many.id() : viewer.ownAddress());
            }
        }
        if (Addons.is(message)) {
            view.put("target", addons.targetSeenBy(viewer, from, chat, message));
        }
        key.put("id", message.getJsonObject("id").getString("id"));
        return view.put("id", key).put("t", ms / 1000);
    }

    /** Gives a message to a page, now or when it comes back. */
    void hand(Link link, JsonObject message, int times) {
        link.keep(message, times);
        network.journal.add("undelivered", Restore.undelivered(link, message, times));
        for (int i = 0; i < times; i++) {
            link.push("message", message);
        }
    }
}
