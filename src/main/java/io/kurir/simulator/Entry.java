package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * One message as one phone has it. Owned by the simulator's context.
 *
 * <p>{@code status} only rises: 1 accepted by the network, 2 delivered, 3 read. {@code shown} counts how often the same id was
 * shown to the person; more than 1 means that a repeat had an effect.
 */
final class Entry {
    static final int ACCEPTED = 1;
    static final int DELIVERED = 2;
    static final int READ = 3;

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

    static Entry of(long n, boolean in, String peer, JsonObject message, long t, boolean readable) {
        JsonObject fixed = new JsonObject()
                .put("n", n)
                .put("direction", in ? "in" : "out")
                .put("peer", peer)
                .put("id", message.getJsonObject("id").getString("id"))
                .put("type", message.getString("type", "chat"))
                .put("text", message.getString("body", ""))
                .put("t", t);
        String quoted = message.getString("quotedStanzaID");
        if (quoted != null) {
            Object text =
                    message.getValue("quotedMsg") instanceof JsonObject original ? original.getValue("body") : null;
            fixed.put("quoted", new JsonObject().put("id", quoted).put("text", text));
        }
        JsonArray mentions = message.getJsonArray("mentionedJidList");
        if (mentions != null && !mentions.isEmpty()) {
            fixed.put("mentions", mentions);
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

    /** What the control plane shows; a message that could not be decrypted shows no text. */
    JsonObject shownTo(String owner) {
        JsonObject view = fixed.copy()
                .put("from", in() ? peer() : owner)
                .put("to", in() ? owner : peer())
                .put("status", statusName(status))
                .put("shown", shown)
                .put("readable", readable);
        return readable ? view : view.put("text", "");
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

    String id() {
        return fixed.getString("id");
    }

    long n() {
        return fixed.getLong("n");
    }

    boolean raise(int to) {
        if (to <= status) {
            return false;
        }
        status = to;
        return true;
    }
}
