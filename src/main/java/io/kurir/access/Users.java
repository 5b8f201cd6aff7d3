package io.kurir.access;

import io.kurir.http.Problem;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * People, as an admin sees them. What takes something away from a user (deactivation, another role, a new password) ends the user's logins, at
 * once on this node and within 5 seconds on the others. To be called on a virtual thread, or outside Vert.x.
 */
public final class Users {

    /** How a list is ordered; {@code …_DOWN}: the other way. Who never logged in is before all others by {@code LAST_LOGIN}. */
    public enum Sort {
        ID,
        ID_DOWN,
        USERNAME,
        USERNAME_DOWN,
        EMAIL,
        EMAIL_DOWN,
        CREATED,
        CREATED_DOWN,
        LAST_LOGIN,
        LAST_LOGIN_DOWN
    }

    /** Who is to be found; empty: whoever. {@code search} in user name, email and full name. */
    public record Filter(Optional<String> search, Optional<Caller.Role> role, Optional<Boolean> active) {}

    /** {@code username} empty: what is before the @ of the email. */
    public record NewUser(
            String email, Optional<String> username, String password, Optional<String> fullName, Caller.Role role) {}

    /** What is to be changed: empty, it stays as it is; {@code fullName} inside empty: it is taken away. */
    public record Change(
            Optional<String> email,
            Optional<String> username,
            Optional<Optional<String>> fullName,
            Optional<String> password,
            Optional<Caller.Role> role,
            Optional<Boolean> active) {}

    /** One page; {@code total} counts all that match. */
    public record Listing(List<User> users, long total) {}

    private final UserStore store;
    private final Passwords passwords;
    private final LongConsumer forget;

    /** {@code forget} hears whose logins have ended. */
    public Users(Pool pool, Passwords passwords, LongConsumer forget) {
        this.store = new UserStore(pool);
        this.passwords = passwords;
        this.forget = forget;
    }

    public Listing list(Filter filter, Sort sort, int page, int pageSize) {
        return new Listing(store.list(filter, sort, page, pageSize), store.count(filter));
    }

    /** {@code CONFLICT} when the email or the user name is taken. */
    public User create(NewUser user) {
        String username = user.username().orElseGet(() -> username(user.email()));
        return store.insert(user.email(), username, passwords.hash(user.password()), user.role(), user.fullName())
                .orElseThrow(UserStore::taken);
    }

    static String username(String email) {
        return email.substring(0, Math.max(1, email.indexOf('@'))).toLowerCase(Locale.ROOT);
    }

    /** {@code NOT_FOUND}; also one that is not active. */
    public User get(long id) {
        return store.find(id).orElseThrow(() -> unknown(id));
    }

    /** Whether there is such a user, who is active. */
    public boolean exists(long id) {
        return store.find(id).filter(User::active).isPresent();
    }

    /** {@code CONFLICT} when a name is taken, or no active admin would be left; {@code NOT_FOUND}. */
    public User update(long id, Change change) {
        return update(id, change, Optional.empty());
    }

    /** Likewise, but that login goes on. */
    User update(long id, Change change, Optional<Long> except) {
        UserStore.Changed changed = store.update(id, change, change.password().map(passwords::hash), except)
                .orElseThrow(() -> unknown(id));
        if (changed.loggedOut()) {
            forget.accept(id);
        }
        return changed.user();
    }

    /**
     * Deletes a user with all logins, keys and webhooks.
     *
     * @param heir who gets the devices, with the webhooks of one of them
     * @throws Problem {@code CONFLICT} when there are devices and no heir, or no active admin would be left; {@code NOT_FOUND}
     */
    public void delete(long id, Optional<Long> heir) {
        if (!store.delete(id, heir)) {
            throw unknown(id);
        }
        forget.accept(id);
    }

    /** Sets the password of whoever has this email or user name, and ends all logins; {@code NOT_FOUND}. */
    public User setPassword(String emailOrUsername, String password) {
        long id = store.findId(emailOrUsername)
                .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "There is no user " + emailOrUsername));
        return update(
                id,
                new Change(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(password),
                        Optional.empty(),
                        Optional.empty()));
    }

    private static Problem unknown(long id) {
        return Problem.of(Problem.Code.NOT_FOUND, "There is no user " + id);
    }
}
