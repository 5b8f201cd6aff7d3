package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/** A group and who is in it. Owned by the simulator's context. */
final class Group {
    /** What a member may do; the one who made the group stays an admin. */
    enum Role {
        MEMBER,
        ADMIN,
        OWNER
    }

    final String id;
    final Account owner;
    /** Unix seconds. */
    final long creation;

    final Map<Account, Role> members = new LinkedHashMap<>();

    String subject;
    String description = "";
    String inviteCode = Blobs.newId();

    Group(String id, Account owner, long creation, String subject) {
        this.id = id;
        this.owner = owner;
        this.creation = creation;
        this.subject = subject;
    }

    boolean isAdmin(Account account) {
        return members.getOrDefault(account, Role.MEMBER) != Role.MEMBER;
    }

    /** What the control plane shows. */
    JsonObject shown() {
        JsonArray participants = new JsonArray();
        members.forEach((member, role) -> participants.add(new JsonObject()
                .put("phone", Account.user(member.pn))
                .put("lid", member.lid)
                .put("admin", role != Role.MEMBER)));
        return new JsonObject()
                .put("id", id)
                .put("subject", subject)
                .put("description", description)
                .put("owner", Account.user(owner.pn))
                .put("creation", creation)
                .put("participants", participants)
                .put("inviteCode", inviteCode);
    }

    /** What a member's page is told: members by LID, their numbers as far as the member may know them. */
    JsonObject seenBy(Account viewer) {
        JsonArray participants = new JsonArray();
        members.forEach((member, role) -> participants.add(
                viewer.cardOf(member).put("admin", role != Role.MEMBER).put("owner", role == Role.OWNER)));
        return new JsonObject()
                .put("id", id)
                .put("subject", subject)
                .put("description", description)
                .put("owner", owner.lid)
                .put("creation", creation)
                .put("participants", participants);
    }

    /** What the journal keeps. */
    JsonObject stored() {
        JsonObject roles = new JsonObject();
        members.forEach((member, role) -> roles.put(member.pn, role.name()));
        return new JsonObject()
                .put("id", id)
                .put("owner", owner.pn)
                .put("creation", creation)
                .put("subject", subject)
                .put("description", description)
                .put("inviteCode", inviteCode)
                .put("members", roles);
    }
}
