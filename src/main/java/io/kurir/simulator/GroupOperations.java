package io.kurir.simulator;

import io.kurir.simulator.Operation.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What the control plane does with groups, in the name of one of their members. Owned by the simulator's context. */
final class GroupOperations {
    private final Network network;
    private final Groups groups;

    GroupOperations(Network network, Groups groups) {
        this.network = network;
        this.groups = groups;
    }

    List<Operation> table() {
        String group = "/api/groups/{id}";
        return List.of(
                new Operation("GET", "/api/groups", "→ {groups}", this::list),
                new Operation("POST", "/api/groups", "{subject, by: phone, members: [phone]} → group", this::create),
                new Operation(
                        "GET",
                        group,
                        "→ {id, subject, description, owner, creation, participants: [{phone, lid, admin}], inviteCode}",
                        call -> of(call).shown()),
                new Operation(
                        "POST",
                        group + "/participants",
                        "{by, add?: [phone], remove?: [phone], promote?: [phone], demote?: [phone]} → {results: [{phone, "
                                + "action, status}]}",
                        this::participants),
                new Operation("POST", group + "/subject", "{by, subject} → group", this::subject),
                new Operation("POST", group + "/description", "{by, description} → group", this::description),
                new Operation("POST", group + "/leave", "{phone} → group", this::leave));
    }

    private Group of(Call call) {
        return network.group(call.named("id"));
    }

    private Account by(Call call) {
        return network.account(call.text("by"));
    }

    private JsonObject list(Call call) {
        return new JsonObject()
                .put(
                        "groups",
                        new JsonArray(network.groups.values().stream()
                                .map(Group::shown)
                                .toList()));
    }

    private List<Account> accounts(Call call, String field) {
        return call.body().getJsonArray(field, new JsonArray()).stream()
                .map(String::valueOf)
                .map(network::account)
                .toList();
    }

    private JsonObject create(Call call) {
        return groups.create(by(call), call.text("subject"), accounts(call, "members"))
                .shown();
    }

    private JsonObject participants(Call call) {
        Group group = of(call);
        Account by = by(call);
        JsonArray results = new JsonArray();
        for (String action : List.of("add", "remove", "promote", "demote")) {
            List<Account> whom = accounts(call, action);
            if (!whom.isEmpty()) {
                groups.change(group, by, action, whom)
                        .forEach((one, status) -> results.add(new JsonObject()
                                .put("phone", Account.user(one.pn))
                                .put("action", action)
                                .put("status", status)));
            }
        }
        return new JsonObject().put("results", results);
    }

    private JsonObject subject(Call call) {
        groups.rename(of(call), by(call), call.text("subject"));
        return of(call).shown();
    }

    private JsonObject description(Call call) {
        groups.describe(of(call), by(call), call.textOr("description", ""));
        return of(call).shown();
    }

    private JsonObject leave(Call call) {
        groups.leave(of(call), network.account(call.text("phone")));
        return of(call).shown();
    }
}
