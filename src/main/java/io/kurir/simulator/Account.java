package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A phone number on the simulated network, its phone and what is linked to it. Owned by the simulator's context. */
final class Account {
    final String pn;
    final String lid;
    /** The phone's address book: what its owner calls whom, by number; an empty name: what they call themselves. */
    final Map<String, String> contacts = new LinkedHashMap<>();
    /** Whose number this account was told although they hide it. */
    final Set<String> told = new HashSet<>();

    final Map<String, Link> links = new LinkedHashMap<>();
    final Conversations conversations = new Conversations();

    String name;
    /** Whether the phone receives and reads by itself; empty: as long as nothing is linked to it. */
    Optional<Boolean> auto = Optional.empty();

    JsonObject overrides = new JsonObject();
    Knobs knobs;

    /** Counted since the simulator was started: sockets that logged in, sockets replaced by a newer one. */
    int opened;

    int replaced;
    int maxConcurrent;
    /** Epoch ms; 0: none yet. */
    long lastFrameAt;

    long refusesUntil;

    Account(String pn, Knobs knobs) {
        this.pn = pn;
        this.lid = lidOf(user(pn));
        this.name = "User " + user(pn).substring(Math.max(0, user(pn).length() - 4));
        this.knobs = knobs;
    }

    /** Any number exists, except those that end in 0000: tests need some that do not. */
    static boolean exists(String pn) {
        return !user(pn).endsWith("0000");
    }

    static String user(String id) {
        return id.substring(0, id.indexOf('@'));
    }

    static String lidOf(String user) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(user.getBytes(StandardCharsets.UTF_8));
            String number = new BigInteger(HexFormat.of().formatHex(digest, 0, 6), 16).toString();
            return "1" + number.substring(0, Math.min(14, number.length())) + "@lid";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean actsByItself() {
        return auto.orElse(links.isEmpty());
    }

    /** Whether the person sees the message: what is still on its way to a phone that receives by itself is not there yet. */
    boolean shows(Entry entry) {
        return !entry.in() || !actsByItself() || !entry.readable || entry.status >= Entry.DELIVERED;
    }

    /** How this account's pages name another account. */
    String addressOf(Account peer) {
        return knobs.lidChats() ? peer.lid : peer.pn;
    }

    /** How this account's pages are addressed themselves. */
    String ownAddress() {
        return knobs.lidChats() ? lid : pn;
    }

    long live() {
        return links.values().stream()
                .filter(link -> link.connection.isPresent())
                .count();
    }

    /** Whether this account may know the other one's phone number. */
    boolean mayKnow(Account other) {
        return !other.knobs.hideNumber() || other == this || contacts.containsKey(other.pn) || told.contains(other.pn);
    }

    /** What this account may know of another one: without `pn` if that one hides it. */
    JsonObject cardOf(Account other) {
        JsonObject card = other.card();
        if (!mayKnow(other)) {
            card.remove("pn");
        }
        return card;
    }

    /** What anybody may know of an account that does not hide its number. */
    JsonObject card() {
        return new JsonObject().put("pn", pn).put("lid", lid).put("name", name);
    }

    /** What the account's own pages are told. */
    JsonObject me() {
        return card().put("platform", "android");
    }

    /** What the control plane shows. */
    JsonObject phone() {
        int pending = links.values().stream()
                .mapToInt(link -> link.undelivered.size())
                .sum();
        return card().put("phone", user(pn))
                .put(
                        "contacts",
                        new JsonArray(
                                contacts.keySet().stream().map(Account::user).toList()))
                .put("auto", actsByItself())
                .put("knobs", overrides)
                .put(
                        "links",
                        new JsonArray(links.values().stream().map(Link::summary).toList()))
                .put("online", live())
                .put("pending", pending)
                .put("messages", conversations.all().size());
    }

    /** What the journal keeps, without links and messages. */
    JsonObject stored() {
        JsonObject stored = new JsonObject()
                .put("pn", pn)
                .put("name", name)
                .put("contacts", JsonObject.of())
                .put("told", new JsonArray(told.stream().toList()))
                .put("knobs", overrides);
        contacts.forEach((contact, called) -> stored.getJsonObject("contacts").put(contact, called));
        auto.ifPresent(value -> stored.put("auto", value));
        return stored;
    }
}
