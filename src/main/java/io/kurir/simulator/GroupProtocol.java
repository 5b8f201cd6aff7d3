package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * What a page may ask of groups; see {@link PageProtocol}. Owned by the simulator's context.
 *
 * <pre>
 *   groupCreate {subject, participants: [id]}      → {group, results: [{id, status}]}
 *   groupInfo {gid} · groupOfCode {code} · groupJoin {code} → {group}
 *   groups {}                                      → {groups}
 *   groupModify {gid, action, participants: [id]}  → {results: [{id, status}]}     action: add | remove | promote | demote
 *   groupSubject {gid, text} · groupDescription {gid, text} · groupLeave {gid}     → {}
 *   groupInvite {gid, reset}                       → {code}
 * </pre>
 *
 * Refused with 403 for those who are no admin, or no member, and with 404 where there is no such group.
 */
final class GroupProtocol {
    private final Network network;
    private final Groups groups;

    GroupProtocol(Network network, Groups groups) {
        this.network = network;
        this.groups = groups;
    }

    static boolean knows(String op) {
        return op.startsWith("group");
    }

    JsonObject answer(Account account, String op, JsonObject a) {
        return switch (op) {
            case "groupCreate" -> create(account, a);
            case "groups" -> new JsonObject().put("groups", of(account));
            case "groupOfCode" -> seen(groups.invitedBy(a.getString("code", "")), account);
            case "groupJoin" -> seen(groups.join(account, a.getString("code", "")), account);
            default -> inGroup(account, network.group(a.getString("gid", "")), op, a);
        };
    }

    private JsonObject inGroup(Account account, Group group, String op, JsonObject a) {
        return switch (op) {
            case "groupInfo" -> {
                Groups.member(group, account);
                yield seen(group, account);
            }
            case "groupModify" ->
                results(groups.change(group, account, a.getString("action", ""), accounts(a)), account);
            case "groupSubject" -> {
                groups.rename(group, account, a.getString("text", ""));
                yield new JsonObject();
            }
            case "groupDescription" -> {
                groups.describe(group, account, a.getString("text", ""));
                yield new JsonObject();
            }
            case "groupLeave" -> {
                groups.leave(group, account);
                yield new JsonObject();
            }
            case "groupInvite" ->
                new JsonObject().put("code", groups.invite(group, account, a.getBoolean("reset", false)));
            default -> throw new Refusal(501, "the simulated network has no operation `" + op + "`");
        };
    }

    JsonArray of(Account account) {
        return new JsonArray(network.groups.values().stream()
                .filter(group -> group.members.containsKey(account))
                .map(group -> group.seenBy(account))
                .toList());
    }

    private JsonObject create(Account account, JsonObject a) {
        List<Account> wanted = accounts(a);
        Group group = groups.create(account, a.getString("subject", ""), wanted);
        JsonArray results = new JsonArray();
        for (Account one : wanted) {
            results.add(result(account, one, group.members.containsKey(one) ? 200 : 404));
        }
        return seen(group, account).put("results", results);
    }

    private static JsonObject seen(Group group, Account account) {
        return new JsonObject().put("group", group.seenBy(account));
    }

    private List<Account> accounts(JsonObject a) {
        return a.getJsonArray("participants", new JsonArray()).stream()
                .map(String::valueOf)
                .map(network::account)
                .toList();
    }

    private static JsonObject results(Map<Account, Integer> statuses, Account viewer) {
        JsonArray results = new JsonArray();
        statuses.forEach((one, status) -> results.add(result(viewer, one, status)));
        return new JsonObject().put("results", results);
    }

    private static JsonObject result(Account viewer, Account one, int status) {
        return new JsonObject()
                .put("id", viewer.mayKnow(one) ? one.pn : one.lid)
                .put("status", status);
    }
}
