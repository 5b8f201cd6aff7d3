package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One message as one phone has it. Owned by the simulator's context.
 *
 * <p>{@code status} only rises: 1 accepted by the network, 2 delivered, 3 read; in a group it is what all recipients have reached.
 * {@code shown} counts how often the same id was shown to the person; more than 1 means that a repeat had an effect.
 */
final class Entry {
    static final int ACCEPTED = 1;
    static final int DELIVERED = 2;
    static final int READ = 3;

    /** What the journal keeps and people do not see: the message as it travelled, and how far it got with each recipient. */
    private static final List<String> HIDDEN = List.of("wire", "by");

    /** Of a message on the wire, what is not its content. */
    private static final List<String> ENVELOPE =
            List.of("id", "t", "from", "to", "author", "ack", "ratchet", "notifyName", "lidMap", "self", "local");

    final JsonObject fixed;
    int status;
    int shown;
    boolean readable;

    private Entry(JsonObject fixed, int status, int shown, boolean readable) {
        this.fixed = fixed;
        this.status = status;
        this.shown = shown;
        this.readable = readable;
    }

    /**
     * @param peer the other account by number, or the group
     * @param author by number
     */
    static Entry of(long n, boolean in, String peer, String author, JsonObject message, long ms, boolean readable) {
        JsonObject fixed = new JsonObject()
                .put("n", n)
                .put("direction", in ? "in" : "out")
                .put("peer", peer)
                .put("author", author)
                .put("id", message.getJsonObject("id").getString("id"))
                .put("t", ms / 1000)
                .put("at", ms)
                .mergeIn(Content.shown(message));
        if (!"chat".equals(Content.type(message))) {
            JsonObject wire = message.copy();
            ENVELOPE.forEach(wire::remove);
            fixed.put("wire", wire);
        }
        return new Entry(fixed, ACCEPTED, readable ? 1 : 0, readable);
    }

    static Entry fromJson(JsonObject stored) {
        JsonObject fixed = stored.copy();
        int status = (Integer) fixed.remove("s");
        int shown = (Integer) fixed.remove("shown");
        boolean readable = (Boolean) fixed.remove("readable");
        return new Entry(fixed, status, shown, readable);
    }

    /** What the journal keeps. */
    JsonObject toJson() {
        return fixed.copy().put("s", status).put("shown", shown).put("readable", readable);
    }

    /** What the control plane shows; a message that could not be decrypted shows no content. */
    JsonObject shownTo(String owner) {
        JsonObject view = fixed.copy()
                .put("from", in() ? author() : owner)
                .put("to", in() && !inGroup() ? owner : peer())
                .put("status", statusName(status))
                .put("shown", shown)
                .put("readable", readable);
        HIDDEN.forEach(view::remove);
        if (view.remove("mentions") instanceof JsonArray listed) {
            List<String> rendered = rendered(listed);
            if (!rendered.isEmpty()) {
                view.put("mentions", new JsonArray(rendered));
            }
        }
        if (!readable) {
            List.of("media", "location", "contacts", "poll", "quoted", "mentions")
                    .forEach(view::remove);
            view.put("text", "");
        }
        return view;
    }

    /** A phone shows a person's name only where the text has the digits of the name that is listed, be it the number or the LID. */
    private List<String> rendered(JsonArray listed) {
        String text = fixed.getString("text", "");
        return listed.stream()
                .map(String::valueOf)
                .filter(jid -> Pattern.compile("@" + Account.user(jid) + "(?!\\d)")
                        .matcher(text)
                        .find())
                .toList();
    }

    /** The message as it would travel again, without its envelope. */
    JsonObject content() {
        JsonObject wire = fixed.getJsonObject("wire");
        JsonObject content = wire == null
                ? new JsonObject().put("type", fixed.getString("type")).put("body", fixed.getString("text"))
                : wire.copy();
        JsonObject quoted = fixed.getJsonObject("quoted");
        if (quoted != null && wire == null) {
            content.put("quotedStanzaID", quoted.getString("id"))
                    .put("quotedMsg", new JsonObject().put("type", "chat").put("body", quoted.getValue("text")));
        }
        return content.put("id", new JsonObject().put("id", id()));
    }

    Optional<JsonObject> wire() {
        return Optional.ofNullable(fixed.getJsonObject("wire"));
    }

    static String statusName(int status) {
        return switch (status) {
            case ACCEPTED -> "sent";
            case DELIVERED -> "delivered";
            default -> "read";
        };
    }

    boolean in() {
        return "in".equals(fixed.getString("direction"));
    }

    String peer() {
        return fixed.getString("peer");
    }

    boolean inGroup() {
        return peer().endsWith("@g.us");
    }

    /** By number. */
    String author() {
        return fixed.getString("author", peer());
    }

    String id() {
        return fixed.getString("id");
    }

    long n() {
        return fixed.getLong("n");
    }

    boolean isReadable() {
        return readable;
    }

    /** Epoch ms. */
    long at() {
        return fixed.getLong("at", fixed.getLong("t") * 1000);
    }

    boolean raise(int to) {
        if (to <= status) {
            return false;
        }
        status = to;
        return true;
    }

    // ---- a message to a group: how far it got with whom

    void awaits(List<String> recipients) {
        JsonObject by = new JsonObject();
        recipients.forEach(pn -> by.put(pn, ACCEPTED));
        fixed.put("by", by);
    }

    /** One recipient of a group has reached a status; gives what all have reached. */
    int reached(String pn, int by) {
        JsonObject all = fixed.getJsonObject("by", new JsonObject());
        all.put(pn, Math.max(by, all.getInteger(pn, ACCEPTED)));
        fixed.put("by", all);
        return all.stream().mapToInt(one -> (Integer) one.getValue()).min().orElse(ACCEPTED);
    }

    // ---- what happens to a message later

    /** The last one of a person counts; an empty one takes it back. */
    void react(String pn, String emoji) {
        JsonArray reactions = without("reactions", pn);
        if (!emoji.isEmpty()) {
            reactions.add(new JsonObject().put("from", Account.user(pn)).put("emoji", emoji));
        }
        fixed.put("reactions", reactions);
    }

    void vote(String pn, JsonArray options) {
        JsonObject poll = fixed.getJsonObject("poll", new JsonObject());
        JsonArray votes = without(poll, "votes", pn);
        if (!options.isEmpty()) {
            votes.add(new JsonObject().put("from", Account.user(pn)).put("options", options));
        }
        fixed.put("poll", poll.put("votes", votes));
    }

    private JsonArray without(String list, String pn) {
        return without(fixed, list, pn);
    }

    private static JsonArray without(JsonObject holder, String list, String pn) {
        JsonArray others = new JsonArray();
        holder.getJsonArray(list, new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .filter(one -> !Account.user(pn).equals(one.getString("from")))
                .forEach(others::add);
        return others;
    }

    /** Of a message with a file the caption. */
    void edit(String text) {
        fixed.put("text", text).put("edited", true);
        JsonObject media = fixed.getJsonObject("media");
        if (media != null) {
            media.put("caption", text);
        }
        wire().ifPresent(wire -> wire.put(media == null ? "body" : "caption", text));
    }

    void revoke() {
        List.of("media", "location", "contacts", "poll", "quoted", "mentions", "reactions", "wire")
                .forEach(fixed::remove);
        fixed.put("type", "revoked").put("text", "").put("revoked", true);
    }
}
