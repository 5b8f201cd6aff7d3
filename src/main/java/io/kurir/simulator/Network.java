package io.kurir.simulator;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Who is on the simulated network: accounts, the pages linked to them, their sockets, the knobs. Owned by the simulator's context,
 * as is everything that hangs on it.
 */
final class Network {
    final Vertx vertx;
    final Blobs blobs;
    final Journal journal;
    final Events events = new Events();
    final Submissions submissions = new Submissions();
    final Map<String, Account> accounts = new LinkedHashMap<>();
    final Map<String, Group> groups = new LinkedHashMap<>();
    final Map<String, Link> byToken = new HashMap<>();
    final Map<String, Link> byLinkId = new HashMap<>();

    private final Map<String, Account> byLid = new HashMap<>();
    /** What was set for everybody and differs, or once differed, from the defaults. */
    private JsonObject common = new JsonObject();

    private Knobs knobs = Knobs.DEFAULT;
    private long lastEntry;

    Network(Vertx vertx, Journal journal, Blobs blobs) {
        this.vertx = vertx;
        this.blobs = blobs;
        this.journal = journal;
    }

    /** The phone number id ({@code digits@c.us}) behind a number, a JID or a LID that the network has seen. */
    Optional<String> pnOf(String id) {
        if (id.endsWith("@lid")) {
            return Optional.ofNullable(byLid.get(id)).map(account -> account.pn);
        }
        int at = id.indexOf('@');
        String server = at < 0 ? "c.us" : id.substring(at + 1);
        String digits =
                (at < 0 ? id : id.substring(0, at)).replaceFirst(":\\d+$", "").replaceAll("[+\\s()-]", "");
        boolean person = server.equals("c.us") || server.equals("s.whatsapp.net");
        return person && digits.matches("\\d{5,20}") ? Optional.of(digits + "@c.us") : Optional.empty();
    }

    /**
     * The account behind a number or id, made when it is first named.
     *
     * @throws Refusal 400 if it is no number, 404 for a LID that the network has never told
     */
    Account account(String id) {
        String pn = pnOf(id).orElseThrow(() -> id.endsWith("@lid")
                ? new Refusal(404, "unknown LID " + id)
                : new Refusal(400, "`" + id + "` is no phone number of 5 to 20 digits"));
        Account known = accounts.get(pn);
        if (known != null) {
            return known;
        }
        Account made = add(new Account(pn, knobs));
        save(made);
        return made;
    }

    Account add(Account account) {
        accounts.put(account.pn, account);
        byLid.put(account.lid, account);
        return account;
    }

    void save(Account account) {
        journal.add("phone", account.stored());
        events.publish("phone", account::phone);
    }

    /**
     * The chat with a number or id.
     *
     * @throws Refusal 404 for a group that does not exist, otherwise as {@link #account}
     */
    Chat chat(String id) {
        return id.endsWith("@g.us") ? new Chat.Many(group(id)) : new Chat.Direct(account(id));
    }

    /** @throws Refusal 404 if it does not exist */
    Group group(String id) {
        return Optional.ofNullable(groups.get(id)).orElseThrow(() -> new Refusal(404, "there is no group " + id));
    }

    /** The address book of an account, and whose number it was told, as its pages are given it. */
    JsonArray contactsOf(Account account) {
        JsonArray contacts = new JsonArray();
        account.contacts.forEach((pn, called) -> {
            Account contact = account(pn);
            JsonObject card = contact.card().put("pushname", contact.name);
            contacts.add(called.isEmpty() ? card : card.put("name", called));
        });
        account.told.stream().filter(pn -> !account.contacts.containsKey(pn)).forEach(pn -> {
            JsonObject card = account(pn).card();
            card.remove("name");
            contacts.add(card.put("pushname", account(pn).name));
        });
        return contacts;
    }

    void save(Group group) {
        groups.put(group.id, group);
        journal.add("group", group.stored());
        events.publish("group", group::shown);
    }

    long nextEntry() {
        return ++lastEntry;
    }

    void sawEntry(long n) {
        lastEntry = Math.max(lastEntry, n);
    }

    // ---- links and their sockets

    Link link(Account account) {
        String token = UUID.randomUUID().toString().replace("-", "");
        Link link = add(new Link("L" + token.substring(0, 6), token, account));
        journal.add("link", Restore.link(link));
        return link;
    }

    Link add(Link link) {
        link.account.links.put(link.token, link);
        byToken.put(link.token, link);
        byLinkId.put(link.id, link);
        return link;
    }

    /** Logs a connection in; an older socket of the same page is told so and closed, and both have been counted. */
    void attach(Connection connection, Link link) {
        Account account = link.account;
        account.opened++;
        account.maxConcurrent = Math.max(account.maxConcurrent, (int) account.live() + 1);
        account.lastFrameAt = System.currentTimeMillis();
        link.connection.ifPresent(older -> {
            account.replaced++;
            older.link = Optional.empty();
            older.push("replaced", new JsonObject());
            older.close();
        });
        link.connection = Optional.of(connection);
        connection.link = Optional.of(link);
        events.publish("phone", account::phone);
    }

    void detach(Connection connection) {
        connection.link.ifPresent(link -> {
            link.connection = Optional.empty();
            connection.link = Optional.empty();
            connection.synced = false;
            events.publish("phone", link.account::phone);
        });
    }

    /** Forgets a link and what it had not been given; its page, if it is there, is told only when there is a reason. */
    void unlink(Link link, Optional<String> reason) {
        remove(link);
        journal.add("unlink", new JsonObject().put("link", link.id));
        link.connection.ifPresent(connection -> {
            detach(connection);
            reason.ifPresent(why -> connection.push("logout", new JsonObject().put("reason", why)));
        });
        events.publish("phone", link.account::phone);
    }

    void remove(Link link) {
        link.account.links.remove(link.token);
        byToken.remove(link.token);
        byLinkId.remove(link.id);
    }

    // ---- knobs

    Knobs knobs() {
        return knobs;
    }

    JsonObject common() {
        return common;
    }

    /** @param changes checked; null removes what was set */
    void setKnobs(JsonObject changes) {
        merge(common, changes);
        useCommon(common);
        journal.add("knobs", new JsonObject().put("knobs", common));
        events.publish("knobs", knobs::toJson);
    }

    void useCommon(JsonObject set) {
        common = set;
        knobs = Knobs.DEFAULT.with(set);
        accounts.values().forEach(account -> account.knobs = knobs.with(account.overrides));
    }

    void setKnobs(Account account, JsonObject changes) {
        merge(account.overrides, changes);
        account.knobs = knobs.with(account.overrides);
    }

    private static void merge(JsonObject set, JsonObject changes) {
        for (String name : changes.fieldNames()) {
            Object value = changes.getValue(name);
            if (value == null) {
                set.remove(name);
            } else {
                set.put(name, value);
            }
        }
    }

    /** Whether a knob that counts sends applies to this one; if it counts down, where it was set. */
    boolean take(Account account, String knob, int left) {
        if (left > 0) {
            JsonObject change = new JsonObject().put(knob, left - 1);
            if (account.overrides.containsKey(knob)) {
                setKnobs(account, change);
                save(account);
            } else {
                setKnobs(change);
            }
        }
        return left != 0;
    }

    /** Forgets everything; pages find themselves without a link when they come back. */
    void reset() {
        byToken.values().stream()
                .flatMap(link -> link.connection.stream())
                .toList()
                .forEach(Connection::drop);
        accounts.clear();
        groups.clear();
        blobs.clear();
        byLid.clear();
        byToken.clear();
        byLinkId.clear();
        submissions.clear();
        useCommon(new JsonObject());
        journal.add("reset", new JsonObject());
        events.publish("reset", JsonObject::new);
    }

    /** Runs it on the simulator's context: at once for 0. */
    void after(int ms, Runnable deed) {
        if (ms <= 0) {
            deed.run();
        } else {
            vertx.setTimer(ms, timer -> deed.run());
        }
    }
}
