package io.kurir.http;

import io.kurir.access.Caller;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who may call one operation, as its {@code x-permission} says.
 *
 * @param who empty: anyone, also a stranger
 * @param scope what the caller's credentials must allow
 */
record Permission(Set<Who> who, Optional<Caller.Scope> scope) {

    /** {@code DEVICE} is a credential that is bound to devices, whoever its user is; {@code KEY} an API key that is, of a user with one of the roles. */
    enum Who {
        ADMIN,
        USER,
        DEVICE,
        KEY
    }

    /** Throws IllegalStateException that names the operation when the contract is unclear. */
    static Permission of(String operationId, JsonObject operation) {
        JsonObject permission = operation.getJsonObject("x-permission");
        if (permission == null
                || permission.getJsonArray("who", new JsonArray()).isEmpty()) {
            throw new IllegalStateException("The contract does not say who may call " + operationId);
        }
        JsonArray who = permission.getJsonArray("who");
        if (who.equals(new JsonArray().add("anyone"))) {
            return new Permission(Set.of(), Optional.empty());
        }
        Set<Who> kinds = new HashSet<>();
        who.forEach(word -> kinds.add(Who.valueOf(((String) word).toUpperCase(Locale.ROOT))));
        String scope = permission.getString("scope");
        if (scope == null) {
            throw new IllegalStateException("The contract names no scope for " + operationId);
        }
        return new Permission(Set.copyOf(kinds), Optional.of(Caller.Scope.valueOf(scope.toUpperCase(Locale.ROOT))));
    }

    boolean open() {
        return who.isEmpty();
    }

    /** Throws {@code FORBIDDEN}. */
    void check(Caller caller) {
        boolean role = who.contains(Who.valueOf(caller.role().name()));
        boolean key = role && who.contains(Who.KEY) && caller.keyId().isPresent();
        boolean may = caller.limited() ? key || who.contains(Who.DEVICE) : role;
        if (!may) {
            boolean forAdmins = who.equals(Set.of(Who.ADMIN)) || who.equals(Set.of(Who.ADMIN, Who.KEY));
            throw Problem.of(
                    Problem.Code.FORBIDDEN, forAdmins ? "Only an admin may do this" : "This credential may not do this");
        }
        scope.filter(needed -> !caller.scopes().contains(needed)).ifPresent(needed -> {
            throw Problem.of(
                    Problem.Code.FORBIDDEN,
                    "This needs the scope " + needed.name().toLowerCase(Locale.ROOT));
        });
    }
}
