package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;

/**
 * Messages that change an earlier one, their {@code target}: {@code reaction {emoji}}, {@code edit {body}}, {@code revoke}, {@code
 * vote {options: names}}. They leave their mark on the target at each phone that has it and show as nothing else. Owned by the
 * simulator's context.
 */
final class Addons {
    private static final Set<String> TYPES = Set.of("reaction", "edit", "revoke", "vote");

    private final Network network;
    private final Receipts receipts;

    Addons(Network network, Receipts receipts) {
        this.network = network;
        this.receipts = receipts;
    }

    static boolean is(JsonObject message) {
        return TYPES.contains(Content.type(message));
    }

    /**
     * Whether the sender may do this.
     *
     * @throws Refusal 404 if the sender does not have the target, 403 if the target is another's, or too old to be edited
     */
    void check(Account from, Chat chat, JsonObject message) {
        Entry target = entry(from, from, chat, message)
                .orElseThrow(() -> new Refusal(404, "the sender has no such message in this chat"));
        boolean own = target.author().equals(from.pn);
        switch (Content.type(message)) {
            case "edit" -> {
                if (!own) {
                    throw new Refusal(403, "only its author edits a message");
                }
                if (System.currentTimeMillis() - target.at() > from.knobs.editWindowMs()) {
                    throw new Refusal(403, "the message is too old to be edited");
                }
            }
            case "revoke" -> {
                boolean admin = chat instanceof Chat.Many many && many.group().isAdmin(from);
                if (!own && !admin) {
                    throw new Refusal(403, "only its author, or an admin of the group, deletes a message for everyone");
                }
            }
            case "vote" -> {
                if (!target.fixed.containsKey("poll")) {
                    throw new Refusal(404, "this message is no poll");
                }
            }
            default -> {}
        }
    }

    /** Marks the target on one phone, if that phone has it. */
    void apply(Account holder, Account from, Chat chat, JsonObject message) {
        entry(holder, from, chat, message).ifPresent(target -> {
            switch (Content.type(message)) {
                case "reaction" -> target.react(from.pn, message.getString("emoji", ""));
                case "edit" -> target.edit(message.getString("body", ""));
                case "revoke" -> target.revoke();
                default -> target.vote(from.pn, message.getJsonArray("options", new JsonArray()));
            }
            receipts.keep(holder, target);
        });
    }

    private Optional<Entry> entry(Account holder, Account from, Chat chat, JsonObject message) {
        Account author = author(from, chat, message);
        String id = message.getJsonObject("target").getString("id", "");
        return holder.conversations.find(author != holder, chat.idAt(holder, from), id);
    }

    /** Who wrote the target, as the sender of the change sees it. */
    private Account author(Account from, Chat chat, JsonObject message) {
        if (!(message.getValue("target") instanceof JsonObject target)) {
            throw new Refusal(400, "a " + Content.type(message) + " needs a `target`");
        }
        if (target.getBoolean("fromMe", false)) {
            return from;
        }
        return switch (chat) {
            case Chat.Direct direct -> direct.peer();
            case Chat.Many many -> network.account(target.getString("participant", ""));
        };
    }

    /** The key of the target as the pages of one account name it. */
    JsonObject targetSeenBy(Account viewer, Account from, Chat chat, JsonObject message) {
        Account author = author(from, chat, message);
        JsonObject key = new JsonObject()
                .put("id", message.getJsonObject("target").getString("id"))
                .put("fromMe", author == viewer);
        return switch (chat) {
            case Chat.Direct direct -> key.put("remote", viewer.addressOf(viewer == from ? direct.peer() : from));
            case Chat.Many many -> key.put("remote", many.id()).put("participant", author.lid);
        };
    }
}
