package io.kurir.simulator;

import io.kurir.simulator.Group.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What happens to groups. Everybody concerned is told by a notice, a message of type {@code gp2} that carries the group as it is then;
 * it waits for a page that is away as other messages do. Owned by the simulator's context.
 */
final class Groups {
    private final Network network;
    private final Routing routing;

    Groups(Network network, Routing routing) {
        this.network = network;
        this.routing = routing;
    }

    /** Those who are not on WhatsApp are left out. */
    Group create(Account by, String subject, List<Account> members) {
        long now = System.currentTimeMillis();
        String id =
                "12036" + String.format("%013d", now) + String.format("%02d", network.groups.size() % 100) + "@g.us";
        Group group = new Group(id, by, now / 1000, subject);
        group.members.put(by, Role.OWNER);
        for (Account member : members) {
            if (Account.exists(member.pn)) {
                group.members.putIfAbsent(member, Role.MEMBER);
            }
        }
        network.save(group);
        List<Account> others =
                group.members.keySet().stream().filter(one -> one != by).toList();
        tell(group, by, "create", others, Set.of());
        return group;
    }

    /**
     * Adds, removes, promotes or demotes.
     *
     * @param action {@code add, remove, promote} or {@code demote}
     * @return a status for each: 200, 404 not on WhatsApp or not a member, 409 a member already, 406 the owner
     * @throws Refusal 403 if {@code by} is no admin
     */
    Map<Account, Integer> change(Group group, Account by, String action, List<Account> whom) {
        admin(group, by);
        Map<Account, Integer> results = new LinkedHashMap<>();
        List<Account> done = new ArrayList<>();
        for (Account one : whom) {
            int status = change(group, action, one);
            results.put(one, status);
            if (status == 200) {
                done.add(one);
            }
        }
        if (!done.isEmpty()) {
            network.save(group);
            tell(group, by, action, done, action.equals("remove") ? Set.copyOf(done) : Set.of());
        }
        return results;
    }

    private static int change(Group group, String action, Account one) {
        Optional<Role> role = Optional.ofNullable(group.members.get(one));
        if (action.equals("add")) {
            if (role.isPresent() || !Account.exists(one.pn)) {
                return role.isPresent() ? 409 : 404;
            }
            group.members.put(one, Role.MEMBER);
            return 200;
        }
        if (role.isEmpty()) {
            return 404;
        }
        if (role.get() == Role.OWNER) {
            return 406;
        }
        switch (action) {
            case "remove" -> group.members.remove(one);
            case "promote" -> group.members.put(one, Role.ADMIN);
            case "demote" -> group.members.put(one, Role.MEMBER);
            default -> throw new Refusal(400, "there is no action `" + action + "`");
        }
        return 200;
    }

    void rename(Group group, Account by, String subject) {
        admin(group, by);
        group.subject = subject;
        network.save(group);
        tell(group, by, "subject", List.of(), Set.of());
    }

    void describe(Group group, Account by, String description) {
        admin(group, by);
        group.description = description;
        network.save(group);
        tell(group, by, "description", List.of(), Set.of());
    }

    void leave(Group group, Account who) {
        member(group, who);
        group.members.remove(who);
        network.save(group);
        tell(group, who, "leave", List.of(who), Set.of(who));
    }

    /** @throws Refusal 404 if no group has the code */
    Group invitedBy(String code) {
        return network.groups.values().stream()
                .filter(one -> one.inviteCode.equals(code))
                .findFirst()
                .orElseThrow(() -> new Refusal(404, "no group has this invite code"));
    }

    /** @throws Refusal 404 if no group has the code */
    Group join(Account who, String code) {
        Group group = invitedBy(code);
        if (group.members.putIfAbsent(who, Role.MEMBER) == null) {
            network.save(group);
            tell(group, who, "invite", List.of(who), Set.of());
        }
        return group;
    }

    String invite(Group group, Account by, boolean reset) {
        admin(group, by);
        if (reset) {
            group.inviteCode = Blobs.newId();
            network.save(group);
        }
        return group.inviteCode;
    }

    /** @throws Refusal 403 */
    static void member(Group group, Account who) {
        if (!group.members.containsKey(who)) {
            throw new Refusal(403, "not a member of this group");
        }
    }

    private static void admin(Group group, Account who) {
        member(group, who);
        if (!group.isAdmin(who)) {
            throw new Refusal(403, "not an admin of this group");
        }
    }

    /** @param gone who is told although no member any more */
    private void tell(Group group, Account by, String what, List<Account> whom, Set<Account> gone) {
        String id = Blobs.newId();
        Set<Account> everybody = new LinkedHashSet<>(group.members.keySet());
        everybody.addAll(gone);
        for (Account one : everybody) {
            JsonArray recipients =
                    new JsonArray(whom.stream().map(each -> each.lid).toList());
            JsonObject notice = new JsonObject()
                    .put("id", new JsonObject().put("id", id))
                    .put("type", "gp2")
                    .put("subtype", what)
                    .put("recipients", recipients)
                    .put("group", group.seenBy(one));
            if (what.equals("create") || what.equals("subject")) {
                notice.put("body", group.subject);
            }
            for (Link link : one.links.values()) {
                JsonObject seen = routing.view(one, by, new Chat.Many(group), notice, System.currentTimeMillis());
                routing.hand(link, seen.put("notifyName", by.name).put("lidMap", one.cardOf(by)), 1);
            }
        }
    }
}
