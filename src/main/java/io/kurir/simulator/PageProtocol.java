package io.kurir.simulator;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a page may ask of the network over {@code /ws}, in JSON text frames.
 *
 * <p>Request {@code {id, op, a}}; answer {@code {re: id, r}} or {@code {re: id, err, status}}; push {@code {ev, d}}.
 *
 * <pre>
 *   hello {token|null}               → {me?, cfg}; a token that is not (any more) linked: no `me`
 *   refreshRef {}                    → {}                         starts the QR codes over
 *   linkcode {phone}                 → {code}
 *   sync {}                          → {contacts, groups, pending, receipts, history}; from now on messages and receipts are pushed
 *   got {ids, receipts, history?}    → {}   messages by id, how many receipts in the order they came, and whether the history:
 *                                           pushed or synced, the network forgets them; what is not confirmed comes again at
 *                                           the next sync
 *   history {chat, before?: id, count} → {messages}               earlier ones, from the phone
 *   send {chat, msg, ratchet}        → {t, count}
 *   receipt {chat, ids, type, author?} → {}                       type: delivered | read
 *   exists {id}                      → {pn?, lid, name} | null
 *   group…                           see {@link GroupProtocol}
 *   subscribe {id} · available {v} · chatstate {chat, type} · logout {}   → {}
 *
 *   pushes: ref · ref_idle · paired · message · receipt · presence · contacts · pairing · logout · replaced · freeze
 * </pre>
 *
 * Owned by the simulator's context.
 */
final class PageProtocol {
    private static final Logger LOG = LoggerFactory.getLogger(PageProtocol.class);
    private static final JsonObject DONE = new JsonObject();
    private static final int STRANGERS_LOCKED = 463;

    private final Network network;
    private final Routing routing;
    private final Linking linking;
    private final Presence presence;
    private final GroupProtocol groups;
    private final History history;

    PageProtocol(Network network, Routing routing, Linking linking, Presence presence) {
        this.groups = new GroupProtocol(network, new Groups(network, routing));
        this.history = new History(network, routing);
        this.network = network;
        this.routing = routing;
        this.linking = linking;
        this.presence = presence;
    }

    void frame(Connection page, String text) {
        if (page.deaf()) {
            return;
        }
        page.link.ifPresent(link -> link.account.lastFrameAt = System.currentTimeMillis());
        Object id = 0;
        try {
            JsonObject request = new JsonObject(text);
            id = request.getValue("id");
            String op = request.getString("op", "");
            if (GroupProtocol.knows(op)) {
                page.answer(id, groups.answer(linked(page).account, op, request.getJsonObject("a", DONE)));
            } else {
                operation(page, id, op, request.getJsonObject("a", DONE));
            }
        } catch (Refusal refusal) {
            page.refuse(id, String.valueOf(refusal.getMessage()), refusal.status());
        } catch (DecodeException | ClassCastException malformed) {
            LOG.warn(
                    "a page sent a malformed request: {}: {}",
                    text.substring(0, Math.min(200, text.length())),
                    malformed.toString());
            page.refuse(id, "malformed request", 400);
        }
    }

    void closed(Connection page) {
        presence.forget(page, page.link.map(link -> link.account));
        linking.forget(page);
        network.detach(page);
    }

    private void operation(Connection page, Object id, String op, JsonObject a) {
        switch (op) {
            case "hello" -> hello(page, id, Optional.ofNullable(a.getString("token")));
            case "refreshRef" -> {
                page.answer(id, DONE);
                linking.showRefs(page);
            }
            case "linkcode" -> page.answer(id, new JsonObject().put("code", linking.code(page, text(a, "phone"))));
            case "sync" -> sync(page, id);
            case "got" -> got(page, id, a);
            case "send" -> send(page, id, a);
            case "receipt" -> receipt(page, id, a);
            case "exists" ->
                exists(linked(page).account, text(a, "id"))
                        .ifPresentOrElse(card -> page.answer(id, card), () -> page.answerNull(id));
            case "history" -> page.answer(id, earlier(linked(page).account, a));
            case "subscribe" -> {
                page.answer(id, DONE);
                network.pnOf(text(a, "id")).ifPresent(pn -> presence.watch(page, network.account(pn)));
            }
            case "available" -> {
                presence.available(page, linked(page).account, a.getBoolean("v", false));
                page.answer(id, DONE);
            }
            case "chatstate" -> {
                presence.typing(linked(page).account, network.chat(text(a, "chat")), text(a, "type"));
                page.answer(id, DONE);
            }
            case "logout" -> {
                page.link.ifPresent(link -> network.unlink(link, Optional.empty()));
                page.answer(id, DONE);
            }
            default -> throw new Refusal(501, "the simulated network has no operation `" + op + "`");
        }
    }

    private static String text(JsonObject arguments, String field) {
        if (arguments.getValue(field) instanceof String text) {
            return text;
        }
        throw new Refusal(400, "`" + field + "` is missing or no text");
    }

    private static Link linked(Connection page) {
        return page.link.orElseThrow(() -> new Refusal(401, "this page is not linked"));
    }

    private void hello(Connection page, Object id, Optional<String> token) {
        Optional<Link> link = token.flatMap(value -> Optional.ofNullable(network.byToken.get(value)));
        if (link.isPresent()) {
            Account account = link.get().account;
            if (account.knobs.deaf()) {
                return;
            }
            if (account.refusesUntil > System.currentTimeMillis()) {
                page.drop();
                return;
            }
            network.attach(page, link.get());
            page.answer(id, new JsonObject().put("me", account.me()).put("cfg", config(account.knobs)));
            return;
        }
        page.answer(id, new JsonObject().put("cfg", config(network.knobs())));
        if (token.isEmpty()) {
            linking.showRefs(page);
        }
    }

    private static JsonObject config(Knobs knobs) {
        return new JsonObject()
                .put("syncDelayMs", knobs.syncDelayMs())
                .put("lidChats", knobs.lidChats())
                .put("unpairBeforeReload", knobs.unpairBeforeReload());
    }

    private void sync(Connection page, Object id) {
        Link link = linked(page);
        JsonArray pending = new JsonArray();
        link.undelivered.values().forEach(one -> {
            for (int i = 0; i < one.times(); i++) {
                pending.add(one.message());
            }
        });
        page.answer(
                id,
                new JsonObject()
                        .put("contacts", network.contactsOf(link.account))
                        .put("groups", groups.of(link.account))
                        .put("pending", pending)
                        .put("receipts", new JsonArray(List.copyOf(link.receipts)))
                        .put("history", link.hasHistory ? new JsonArray() : history.onLink(link.account)));
        page.synced = true;
    }

    private void got(Connection page, Object id, JsonObject a) {
        Link link = linked(page);
        JsonArray ids = a.getJsonArray("ids", new JsonArray());
        int receipts = a.getInteger("receipts", 0);
        link.hasHistory |= a.getBoolean("history", false);
        link.confirm(ids, receipts);
        network.journal.add("got", Restore.got(link, ids, receipts));
        page.answer(id, DONE);
    }

    private void send(Connection page, Object id, JsonObject a) {
        Link link = linked(page);
        String chat = text(a, "chat");
        JsonObject message = a.getJsonObject("msg");
        Optional<Long> ratchet = Optional.ofNullable(a.getLong("ratchet"));
        if (message == null || !(message.getValue("id") instanceof JsonObject key)) {
            throw new Refusal(400, "send needs `msg` with an id");
        }
        text(key, "id");
        network.after(link.account.knobs.sendDelayMs(), () -> accept(page, id, link, chat, message, ratchet));
    }

    private void accept(
            Connection page, Object id, Link link, String chat, JsonObject message, Optional<Long> ratchet) {
        Account account = link.account;
        Knobs knobs = account.knobs;
        if (!network.byToken.containsKey(link.token)) {
            page.refuse(id, "this page is not linked", 401);
            return;
        }
        if (knobs.failSend() > 0 && network.take(account, "failTimes", knobs.failTimes())) {
            network.submissions.refused++;
            page.refuse(id, "the simulated server refuses to send", knobs.failSend());
            return;
        }
        if (knobs.strangersLocked() && stranger(account, chat)) {
            network.submissions.refused++;
            page.refuse(id, "the account is restricted: it may not write to strangers", STRANGERS_LOCKED);
            return;
        }
        JsonObject accepted;
        try {
            accepted = routing.submit(link, chat, message, ratchet);
        } catch (Refusal refusal) {
            page.refuse(id, String.valueOf(refusal.getMessage()), refusal.status());
            return;
        }
        if (network.take(account, "dropBeforeAck", knobs.dropBeforeAck())) {
            page.drop();
        } else if (!network.take(account, "neverAck", knobs.neverAck())) {
            network.after(knobs.ackDelayMs(), () -> page.answer(id, accepted));
        }
    }

    private boolean stranger(Account account, String chat) {
        return network.chat(chat) instanceof Chat.Direct direct
                && account.conversations
                        .where(entry -> entry.in() && entry.peer().equals(direct.id()))
                        .isEmpty();
    }

    private void receipt(Connection page, Object id, JsonObject a) {
        Account reader = linked(page).account;
        Chat chat = network.chat(text(a, "chat"));
        String author = a.containsKey("author") ? text(a, "author") : chat.id();
        int status = "read".equals(text(a, "type")) ? Entry.READ : Entry.DELIVERED;
        List<String> ids = a.getJsonArray("ids", new JsonArray()).stream()
                .map(String::valueOf)
                .toList();
        network.pnOf(author).ifPresent(pn -> routing.receipts.receipt(reader, chat, network.account(pn), ids, status));
        page.answer(id, DONE);
    }

    private JsonObject earlier(Account account, JsonObject a) {
        int count = a.getInteger("count", 50);
        return new JsonObject()
                .put("messages", history.before(account, text(a, "chat"), a.getString("before", ""), count));
    }

    private Optional<JsonObject> exists(Account viewer, String id) {
        return network.pnOf(id)
                .filter(Account::exists)
                .map(pn -> id.endsWith("@lid")
                        ? viewer.cardOf(network.account(pn))
                        : network.account(pn).card());
    }
}
