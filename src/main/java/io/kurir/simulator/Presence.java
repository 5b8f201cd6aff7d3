package io.kurir.simulator;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who is online and who is typing; nothing of it is kept. Owned by the simulator's context. */
final class Presence {
    private final Network network;
    private final Map<String, Set<Connection>> watchers = new HashMap<>();

    Presence(Network network) {
        this.network = network;
    }

    /** The page is told now, and whenever it changes, whether this person is online. */
    void watch(Connection watcher, Account person) {
        watchers.computeIfAbsent(person.pn, pn -> new LinkedHashSet<>()).add(watcher);
        watcher.watching.add(person.pn);
        tell(watcher, person);
    }

    void available(Connection connection, Account person, boolean value) {
        connection.available = value;
        announce(person);
    }

    /** @param type {@code composing}, {@code recording} or {@code paused} */
    void typing(Account from, Chat chat, String type) {
        chat.recipients(from).forEach(to -> typing(from, chat, to, type));
    }

    private void typing(Account from, Chat chat, Account to, String type) {
        JsonObject presence = new JsonObject().put("type", type).put("online", true);
        switch (chat) {
            case Chat.Direct direct -> presence.put("chat", to.addressOf(from));
            case Chat.Many many -> presence.put("chat", many.id()).put("participant", from.lid);
        }
        to.links.values().forEach(link -> link.push("presence", presence));
        network.events.publish(
                "typing",
                () -> new JsonObject()
                        .put("from", Account.user(from.pn))
                        .put("to", Account.user(to.pn))
                        .put("type", type));
    }

    void forget(Connection connection, Optional<Account> person) {
        connection.watching.forEach(
                pn -> watchers.getOrDefault(pn, new LinkedHashSet<>()).remove(connection));
        connection.watching.clear();
        if (connection.available) {
            connection.available = false;
            person.ifPresent(this::announce);
        }
    }

    private void announce(Account person) {
        watchers.getOrDefault(person.pn, Set.of()).forEach(watcher -> tell(watcher, person));
    }

    private static void tell(Connection watcher, Account person) {
        watcher.link.ifPresent(link -> watcher.push(
                "presence",
                new JsonObject().put("chat", link.account.addressOf(person)).put("online", online(person))));
    }

    private static boolean online(Account person) {
        return person.links.values().stream()
                .anyMatch(link -> link.connection.filter(page -> page.available).isPresent());
    }
}
