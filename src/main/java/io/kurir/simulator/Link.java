package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One page that is linked to an account: what it has not confirmed yet, and its encryption counters. Owned by the simulator's
 * context.
 *
 * <p>Everything for the page is kept until the page says {@code got}, whether it was pushed or not: a page that is killed
 * between a push and its own write to disk gets it again at its next sync.
 */
final class Link {
    private static final int RECEIPT_LIMIT = 20_000;

    /** A message that the page has not confirmed, and how often it is handed over. */
    record Undelivered(JsonObject message, int times) {}

    /** Names the link where people see it; the token proves it. */
    final String id;

    final String token;
    final Account account;
    final Map<String, Undelivered> undelivered = new LinkedHashMap<>();
    final Deque<JsonObject> receipts = new ArrayDeque<>();
    /** The highest counter that each peer has seen of this page, and that this page was given for each peer. */
    final Map<String, Long> sent = new HashMap<>();

    final Map<String, Long> received = new HashMap<>();
    /** Whether the page has had the history that a phone gives to a page when it is linked. */
    boolean hasHistory;

    Optional<Connection> connection = Optional.empty();

    Link(String id, String token, Account account) {
        this.id = id;
        this.token = token;
        this.account = account;
    }

    /** Whether the peer can decrypt: a counter it has seen before comes from a profile that was rolled back. */
    boolean advances(String peer, long counter) {
        if (counter <= sent.getOrDefault(peer, Long.MIN_VALUE)) {
            return false;
        }
        sent.put(peer, counter);
        return true;
    }

    long nextReceived(String peer) {
        return received.merge(peer, 1L, Long::sum);
    }

    void keep(JsonObject message, int times) {
        String key = message.getJsonObject("id").getString("id");
        undelivered.put(key, new Undelivered(message, times));
    }

    /** Of receipts that a page never confirms, only the last {@value #RECEIPT_LIMIT} are brought again. */
    void keep(JsonObject receipt) {
        receipts.add(receipt);
        if (receipts.size() > RECEIPT_LIMIT) {
            receipts.remove();
        }
    }

    void confirm(JsonArray ids, int receiptCount) {
        ids.forEach(id -> undelivered.remove(String.valueOf(id)));
        for (int i = 0; i < receiptCount && !receipts.isEmpty(); i++) {
            receipts.remove();
        }
    }

    /** The connection if it may be pushed to: what comes before the page's sync is part of the sync. */
    Optional<Connection> ready() {
        return connection.filter(open -> open.synced);
    }

    /** Tells the page, if it is there, something that it can ask for as well. */
    void push(String event, JsonObject data) {
        ready().ifPresent(page -> page.push(event, data));
    }

    JsonObject summary() {
        return new JsonObject()
                .put("id", id)
                .put("online", connection.isPresent())
                .put("pending", undelivered.size());
    }
}
