package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a phone gives its pages of its own memory: some of the latest messages of each chat when a page is linked, and earlier ones
 * of a chat when the page asks. Owned by the simulator's context.
 */
final class History {
    private static final int MOST = 200;

    private final Network network;
    private final Routing routing;

    History(Network network, Routing routing) {
        this.network = network;
        this.routing = routing;
    }

    /** The last {@code historyOnLink} messages of each chat, oldest first. */
    JsonArray onLink(Account account) {
        int count = account.knobs.historyOnLink();
        if (count <= 0) {
            return new JsonArray();
        }
        Map<String, List<Entry>> chats = new LinkedHashMap<>();
        for (Entry entry : account.conversations.where(Entry::isReadable)) {
            chats.computeIfAbsent(entry.peer(), peer -> new ArrayList<>()).add(entry);
        }
        JsonArray history = new JsonArray();
        chats.values().stream()
                .flatMap(entries -> entries.stream().skip(Math.max(0, entries.size() - count)))
                .sorted(Comparator.comparingLong(Entry::n))
                .forEach(entry -> history.add(message(account, entry)));
        return history;
    }

    /**
     * Up to {@code count} messages of a chat before the one with this stanza id, oldest first; the last ones if there is none.
     *
     * @throws Refusal as {@link Network#chat}
     */
    JsonArray before(Account account, String chat, String id, int count) {
        String peer = network.chat(chat).id();
        List<Entry> all = account.conversations.where(entry -> entry.peer().equals(peer) && entry.readable);
        int end = all.size();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).id().equals(id)) {
                end = i;
            }
        }
        JsonArray history = new JsonArray();
        all.subList(Math.max(0, end - Math.min(count, MOST)), end)
                .forEach(entry -> history.add(message(account, entry)));
        return history;
    }

    private JsonObject message(Account account, Entry entry) {
        Account author = network.account(entry.author());
        Chat chat = entry.inGroup()
                ? new Chat.Many(network.group(entry.peer()))
                : new Chat.Direct(entry.in() ? account : network.account(entry.peer()));
        JsonObject message = routing.view(account, author, chat, entry.content(), entry.at());
        if (entry.in()) {
            message.put("notifyName", author.name).put("lidMap", account.cardOf(author));
        } else {
            message.put("ack", entry.status);
        }
        return message;
    }
}
