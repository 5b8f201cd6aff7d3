package io.kurir.access;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** The operations tagged {@code users}. */
public final class UserOperations {
    private static final String ID = "userId";

    private final Users users;

    public UserOperations(Users users) {
        this.users = users;
    }

    public Answer list(Ask ask) {
        Users.Filter filter = new Users.Filter(
                ask.optionalText("search"),
                ask.optionalText("role").map(UserStore::role),
                Optional.ofNullable(ask.parameters().getBoolean("active")));
        Users.Listing listing = users.list(filter, sort(ask), ask.page(), ask.pageSize());
        List<JsonObject> found =
                listing.users().stream().map(UserOperations::json).toList();
        return Answer.page(
                listing.total() + (listing.total() == 1 ? " user" : " users"),
                new JsonArray(found),
                ask.page(),
                ask.pageSize(),
                listing.total());
    }

    private static Users.Sort sort(Ask ask) {
        boolean down = ask.text("order").equals("desc");
        return switch (ask.text("sort")) {
            case "username" -> down ? Users.Sort.USERNAME_DOWN : Users.Sort.USERNAME;
            case "email" -> down ? Users.Sort.EMAIL_DOWN : Users.Sort.EMAIL;
            case "createdAt" -> down ? Users.Sort.CREATED_DOWN : Users.Sort.CREATED;
            case "lastLoginAt" -> down ? Users.Sort.LAST_LOGIN_DOWN : Users.Sort.LAST_LOGIN;
            default -> down ? Users.Sort.ID_DOWN : Users.Sort.ID;
        };
    }

    public Answer create(Ask ask) {
        User user = users.create(new Users.NewUser(
                ask.field("email"),
                ask.optionalField("username"),
                ask.field("password"),
                ask.optionalField("fullName"),
                ask.optionalField("role").map(UserStore::role).orElse(Caller.Role.USER)));
        return Answer.created("User made", json(user));
    }

    public Answer get(Ask ask) {
        return Answer.ok("User", json(users.get(ask.number(ID))));
    }

    public Answer update(Ask ask) {
        Users.Change change = change(
                ask,
                ask.optionalField("role").map(UserStore::role),
                Optional.ofNullable(ask.body().getBoolean("active")));
        return Answer.ok("User changed", json(users.update(ask.number(ID), change)));
    }

    /** What a person may change of itself, and beside it what only an admin may. */
    static Users.Change change(Ask ask, Optional<Caller.Role> role, Optional<Boolean> active) {
        return new Users.Change(
                ask.optionalField("email"),
                ask.optionalField("username"),
                ask.body().containsKey("fullName") ? Optional.of(ask.optionalField("fullName")) : Optional.empty(),
                ask.optionalField("password"),
                role,
                active);
    }

    public Answer delete(Ask ask) {
        long id = ask.number(ID);
        Optional<Long> heir = ask.optionalNumber("transferTo");
        users.delete(id, heir);
        return Answer.ok("User deleted", new JsonObject().put("id", id).put("transferTo", heir.orElse(null)));
    }

    private static JsonObject json(User user) {
        return AccountOperations.json(user).put("active", user.active());
    }
}
