package io.kurir.group;

import io.kurir.batch.Bulk;
import io.kurir.contact.Contact;
import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.kurir.message.MediaOperations;
import io.kurir.message.MessageOperations;
import io.kurir.message.Messages;
import io.kurir.message.Messages.NewMessage;
import io.kurir.message.Messages.NewText;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.Request.MemberAction;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The operations tagged {@code groups}. */
public final class GroupOperations {
    private static final String DEVICE = "deviceId";
    private static final String GROUP = "groupId";
    private static final String PARTICIPANTS = "participants";
    private static final String ADMIN = "adminJid";
    private static final String JID = "jid";

    private final Groups groups;
    private final Messages messages;
    private final Bulk bulk;
    private final MediaOperations media;

    public GroupOperations(Groups groups, Messages messages, Bulk bulk, MediaOperations media) {
        this.groups = groups;
        this.messages = messages;
        this.bulk = bulk;
        this.media = media;
    }

    public Answer list(Ask ask) {
        Groups.Listing listing =
                groups.list(ask.reach(), ask.text(DEVICE), ask.optionalText("search"), ask.page(), ask.pageSize());
        JsonObject data = new JsonObject()
                .put(
                        "groups",
                        Answer.array(listing.groups().stream()
                                .map(GroupOperations::summary)
                                .toList()));
        return Answer.page("Groups", data, ask.page(), ask.pageSize(), listing.total());
    }

    public Answer create(Ask ask) {
        String subject = ask.field("subject");
        Groups.Created created = groups.create(ask.reach(), ask.text(DEVICE), subject, ask.fields(PARTICIPANTS));
        return Answer.created(
                "Group created",
                new JsonObject()
                        .put(GROUP, created.group().toString())
                        .put("subject", subject.strip())
                        .put(PARTICIPANTS, changes(created.changes())));
    }

    public Answer info(Ask ask) {
        Groups.Group group = groups.info(ask.reach(), ask.text(DEVICE), group(ask));
        JsonArray members = Answer.array(
                group.members().stream().map(GroupOperations::member).toList());
        return Answer.ok(
                "Group",
                summary(group.group())
                        .put(
                                "owner",
                                group.owner()
                                        .map(Contact::id)
                                        .map(Jid::toString)
                                        .orElse(null))
                        .put(PARTICIPANTS, members));
    }

    public Answer invite(Ask ask) {
        return changed(ask, MemberAction.ADD);
    }

    public Answer remove(Ask ask) {
        return changedOne(ask, MemberAction.REMOVE, JID, ask.text(JID));
    }

    /** {@code adminJid} names one, whose refusal is an error; {@code participants} each have an outcome. */
    public Answer promote(Ask ask) {
        return ask.optionalField(ADMIN)
                .map(admin -> changedOne(ask, MemberAction.PROMOTE, ADMIN, admin))
                .orElseGet(() -> changed(ask, MemberAction.PROMOTE));
    }

    public Answer demote(Ask ask) {
        return changedOne(ask, MemberAction.DEMOTE, JID, ask.text(JID));
    }

    private Answer changed(Ask ask, MemberAction action) {
        return changed(
                ask,
                action,
                groups.change(
                        ask.reach(), ask.text(DEVICE), group(ask), action, PARTICIPANTS, ask.fields(PARTICIPANTS)));
    }

    private Answer changedOne(Ask ask, MemberAction action, String field, String person) {
        return changed(
                ask,
                action,
                List.of(groups.changeOne(ask.reach(), ask.text(DEVICE), group(ask), action, field, person)));
    }

    private static Answer changed(Ask ask, MemberAction action, List<Groups.Change> changes) {
        String done = switch (action) {
            case ADD -> "added";
            case REMOVE -> "removed";
            case PROMOTE -> "promoted";
            case DEMOTE -> "demoted";
        };
        long successes =
                changes.stream().filter(each -> each.outcome().success()).count();
        return Answer.ok(
                successes + " of " + changes.size() + " " + done,
                new JsonObject().put(GROUP, group(ask).toString()).put(PARTICIPANTS, changes(changes)));
    }

    public Answer inviteLink(Ask ask) {
        String link = groups.inviteLink(ask.reach(), ask.text(DEVICE), group(ask));
        return Answer.ok(
                "Invite link",
                new JsonObject().put(GROUP, group(ask).toString()).put("inviteLink", link));
    }

    public Answer leave(Ask ask) {
        groups.leave(ask.reach(), ask.text(DEVICE), group(ask));
        return Answer.ok(
                "Left the group", new JsonObject().put(GROUP, group(ask).toString()));
    }

    /** One text, or several as a job. */
    public Answer send(Ask ask) {
        if (ask.body().containsKey("items")) {
            return sendMany(ask);
        }
        return send(ask, text("", ask.body(), PhoneNumbers.group(GROUP, ask.field(GROUP))));
    }

    public Answer mention(Ask ask) {
        return send(ask, text("", ask.body(), group(ask)));
    }

    private Answer send(Ask ask, NewMessage message) {
        return messages.earlier(ask.reach(), ask.text(DEVICE), ask.names().again())
                .map(MessageOperations::answer)
                .orElseGet(() -> {
                    groups.requireWritable(ask.reach(), ask.text(DEVICE), Jid.parse(message.to()));
                    return MessageOperations.answer(messages.send(ask.reach(), ask.text(DEVICE), message, ask.names()));
                });
    }

    private Answer sendMany(Ask ask) {
        List<NewMessage> texts = new ArrayList<>();
        JsonArray given = ask.body().getJsonArray("items");
        for (int i = 0; i < given.size(); i++) {
            String at = "items[" + i + "].";
            JsonObject item = given.getJsonObject(i);
            texts.add(text(at, item, PhoneNumbers.group(at + GROUP, item.getString(GROUP))));
        }
        if (bulk.earlier(ask.reach(), ask.names().again(), texts.size()).isEmpty()) {
            texts.stream()
                    .map(NewMessage::to)
                    .distinct()
                    .forEach(to -> groups.requireWritable(ask.reach(), ask.text(DEVICE), Jid.parse(to)));
        }
        return MessageOperations.answer(
                bulk.send(ask.reach(), ask.names(), ask.text(DEVICE), "message", texts, MessageOperations.delay(ask)));
    }

    private static NewMessage text(String at, JsonObject body, Jid group) {
        return NewMessage.of(
                at,
                new NewText(
                        group.toString(),
                        body.getString("message"),
                        Optional.ofNullable(body.getString("quotedMessageId")),
                        MessageOperations.strings(body, "mentions"),
                        body.getBoolean("typing", false)));
    }

    /** As a file is sent to anybody: the group becomes the recipient. */
    public Answer sendMedia(Ask ask) {
        Jid group = group(ask);
        if (ask.body().containsKey("items")
                || messages.earlier(ask.reach(), ask.text(DEVICE), ask.names().again())
                        .isEmpty()) {
            groups.requireWritable(ask.reach(), ask.text(DEVICE), group);
        }
        JsonObject body = ask.body().copy().put("to", group.toString());
        Optional.ofNullable(body.getJsonArray("items"))
                .ifPresent(items -> items.forEach(item -> ((JsonObject) item).put("to", group.toString())));
        return media.send(ask.with(body));
    }

    private static Jid group(Ask ask) {
        return PhoneNumbers.group(GROUP, ask.text(GROUP));
    }

    private static JsonObject summary(Request.Group group) {
        return new JsonObject()
                .put(GROUP, group.id().toString())
                .put("subject", group.subject())
                .put("description", group.description())
                .put("owner", group.owner().map(owner -> owner.id().toString()).orElse(null))
                .put("createdAt", group.createdAt().map(Timestamps::write).orElse(null))
                .put("isAnnounce", group.announce())
                .put("myRole", role(group.mine()))
                .put("participantCount", group.members().size());
    }

    private static JsonObject member(Groups.Member member) {
        return person(member.contact())
                .put("role", role(member.standing()))
                .put(
                        "isAdmin",
                        member.standing() == Request.Standing.ADMIN
                                || member.standing() == Request.Standing.SUPER_ADMIN);
    }

    private static JsonObject person(Contact contact) {
        return new JsonObject()
                .put("contactId", contact.id().toString())
                .put("phoneNumber", contact.phoneNumber().orElse(null))
                .put("lid", contact.lid().map(Jid::toString).orElse(null))
                .put("name", contact.displayName().orElse(null));
    }

    private static JsonArray changes(List<Groups.Change> changes) {
        return Answer.array(changes.stream()
                .map(change -> person(change.person())
                        .put("success", change.outcome().success())
                        .put("result", change.outcome().word())
                        .put("code", change.code())
                        .put("inviteCode", change.inviteCode().orElse(null)))
                .toList());
    }

    private static String role(Request.Standing standing) {
        return standing.name().toLowerCase(Locale.ROOT).replace("_", "");
    }
}
