package io.kurir.access;

import io.kurir.Settings;
import io.kurir.http.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** People, their logins and their API keys. To be called on a virtual thread. */
public final class Accounts {
    /** The access token's claim that names its login; a token is good only while that login has not ended. */
    static final String LOGIN_CLAIM = "sid";

    private static final Logger log = LoggerFactory.getLogger(Accounts.class);
    private static final int SHORTEST_KEY = 16;

    /**
     * Of random bytes that nobody kept, with the parameters of {@link Passwords}: compared with where there is no user, so that an unknown
     * name takes as long as a wrong password.
     */
    private static final String NOBODYS_HASH =
            "$argon2id$v=19$m=19456,t=2,p=1$hlSa8E0A/B3scQJluU/U7A$xIlAlX32XXhSaIpIVaEmRLxRzWapBJ4Ma/7FWwcoo44";

    /** The pair that a login and a renewal answer; {@code expiresIn} in seconds. */
    public record Tokens(String token, String refreshToken, long expiresIn, User user) {}

    /** What a key is to be; {@code deviceIds} empty: all devices of its user; they are within the maker's reach. */
    public record NewApiKey(
            String name, Set<Caller.Scope> scopes, Optional<Set<String>> deviceIds, Optional<Instant> expiresAt) {}

    /** A new key; {@code secret} is not stored and not shown again. */
    public record Issued(ApiKey key, String secret) {}

    private final Settings.Access settings;
    private final AccessTokens accessTokens;
    private final UserStore users;
    private final LoginStore logins;
    private final ApiKeyStore keys;
    private final Users people;
    private final Passwords passwords;
    private final LoginThrottle throttle;
    private final Authenticator authenticator;

    public Accounts(
            Settings.Access settings,
            AccessTokens accessTokens,
            Pool pool,
            Users people,
            Passwords passwords,
            LoginThrottle throttle,
            Authenticator authenticator) {
        this.settings = settings;
        this.accessTokens = accessTokens;
        this.users = new UserStore(pool);
        this.logins = new LoginStore(pool);
        this.keys = new ApiKeyStore(pool);
        this.people = people;
        this.passwords = passwords;
        this.throttle = throttle;
        this.authenticator = authenticator;
    }

    /** Makes the admin, and the key for it, where they are not there yet; an existing password is left as it is. */
    public void ensureAdmin(String email, String password, Optional<String> apiKey) {
        if (apiKey.filter(key -> key.length() < SHORTEST_KEY).isPresent()) {
            throw new IllegalArgumentException("The API key must have at least " + SHORTEST_KEY + " characters");
        }
        long id = users.findId(email).orElseGet(() -> insertAdmin(email, password));
        apiKey.flatMap(key -> keys.insert(
                        id, "start", key, EnumSet.allOf(Caller.Scope.class), Optional.empty(), Optional.empty()))
                .ifPresent(key -> log.info("API key {}… made for {}", key.prefix(), email));
    }

    private long insertAdmin(String email, String password) {
        String username = Users.username(email);
        String hash = passwords.hash(password);
        Optional<Long> id = insertAdmin(email, username, hash);
        if (id.isEmpty()) { // the name is taken, or another instance or node was faster
            id = users.findId(email).or(() -> insertAdmin(email, username + "-admin", hash));
        } else {
            log.info("Admin {} made", email);
        }
        return id.orElseThrow(() -> new IllegalStateException("The admin " + email + " could not be made"));
    }

    private Optional<Long> insertAdmin(String email, String username, String hash) {
        return users.insert(email, username, hash, Caller.Role.ADMIN, Optional.empty())
                .map(User::id);
    }

    /** {@code FORBIDDEN} where strangers may not, {@code RATE_LIMITED}, {@code CONFLICT} when a name is taken. */
    public User register(Users.NewUser user, String address) {
        if (!settings.registration()) {
            throw Problem.of(Problem.Code.FORBIDDEN, "Registration is switched off; ask an admin for an account");
        }
        throttle.tryOnce(address);
        return people.create(user);
    }

    /**
     * Changes the caller's own account; a new password ends all its other logins.
     *
     * @param currentPassword needed for a new one
     */
    public User updateProfile(Caller caller, Users.Change change, Optional<String> currentPassword, String address) {
        if (change.password().isPresent()) {
            String given = currentPassword.orElseThrow(() -> Problem.invalid("currentPassword", "is missing"));
            throttle.tryOnce(address, "user " + caller.userId()); // a stolen login is no way to find the password
            String hash = users.findHash(caller.userId()).orElseThrow(Authenticator::unauthorized);
            if (!passwords.matches(given, hash)) {
                throw Problem.invalid("currentPassword", "is wrong");
            }
        }
        return people.update(caller.userId(), change, caller.loginId());
    }

    /** Throws {@code UNAUTHORIZED}, the same after the same time for an unknown name and a wrong password, or {@code RATE_LIMITED}. */
    public Tokens login(String name, String password, String address) {
        throttle.tryOnce(address, name);
        Optional<UserStore.WithHash> found = users.findForLogin(name);
        boolean right =
                passwords.matches(password, found.map(UserStore.WithHash::hash).orElse(NOBODYS_HASH));
        if (found.isEmpty() || !right) {
            throw Problem.of(Problem.Code.UNAUTHORIZED, "Name or password is wrong");
        }
        User user = found.get().user();
        throttle.succeeded(name);
        users.touch(user.id());
        String refreshToken = Secrets.refreshToken();
        LoginStore.Login login = logins.open(user.id(), refreshToken, settings.refreshLifetime());
        return tokens(login, refreshToken);
    }

    /** Spends the token for a new pair; one that was spent before ends its whole login. */
    public Tokens refresh(String refreshToken) {
        String next = Secrets.refreshToken();
        return logins.rotate(refreshToken, next, settings.refreshLifetime())
                .map(login -> tokens(login, next))
                .orElseThrow(() -> {
                    logins.findBySpent(refreshToken).ifPresent(loginId -> {
                        log.warn("A spent refresh token was used again: login {} ends", loginId);
                        end(loginId, "refresh-token-reused");
                    });
                    return Authenticator.unauthorized();
                });
    }

    public void logout(long loginId) {
        end(loginId, "logout");
    }

    public User user(long id) {
        return users.find(id).filter(User::active).orElseThrow(Authenticator::unauthorized);
    }

    /** {@code FORBIDDEN} when the key could do more than its maker, {@code SESSION_NOT_FOUND} when a device of it is gone. */
    public Issued issueKey(Caller caller, NewApiKey wanted) {
        if (!caller.scopes().containsAll(wanted.scopes())) {
            throw Problem.of(Problem.Code.FORBIDDEN, "A key can do no more than who makes it");
        }
        String secret = Secrets.apiKey();
        ApiKey key = keys.insert(
                        caller.userId(), wanted.name, secret, wanted.scopes, wanted.deviceIds, wanted.expiresAt)
                .orElseThrow(() ->
                        Problem.of(Problem.Code.SESSION_NOT_FOUND, "one of the devices was deleted at this moment"));
        return new Issued(key, secret);
    }

    ApiKeyStore.Listing keys(Caller caller, int page, int pageSize) {
        return keys.list(caller.userId(), page, pageSize);
    }

    public void deleteKey(Caller caller, long id) {
        Buffer hash = keys.delete(id, caller.userId())
                .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "There is no API key " + id));
        authenticator.forgetKey(hash, id);
    }

    /**
     * Makes {@code key} one with all scopes that acts for the caller, in the place of the one with the number {@code former}; its number. {@code CONFLICT} when
     * it is a key of somebody else, or one made otherwise; {@code FORBIDDEN} when it could do more than its maker.
     */
    public long replaceKey(Caller caller, String name, Optional<Long> former, String key) {
        if (!caller.scopes().containsAll(EnumSet.allOf(Caller.Scope.class))) {
            throw Problem.of(Problem.Code.FORBIDDEN, "A key can do no more than who makes it");
        }
        Optional<Long> same = keys.idOf(caller.userId(), name, key);
        long id = same.or(() -> keys.insert(
                                caller.userId(),
                                name,
                                key,
                                EnumSet.allOf(Caller.Scope.class),
                                Optional.empty(),
                                Optional.empty())
                        .map(ApiKey::id))
                .orElseThrow(() -> Problem.of(Problem.Code.CONFLICT, "This key is in use already"));
        former.filter(number -> number != id).ifPresent(this::removeKey);
        return id;
    }

    /** Whoever it belongs to; no matter if it is gone already. */
    public void removeKey(long id) {
        keys.delete(id).ifPresent(hash -> authenticator.forgetKey(hash, id));
    }

    private void end(long loginId, String reason) {
        logins.end(loginId, reason);
        authenticator.forgetLogin(loginId);
    }

    private Tokens tokens(LoginStore.Login login, String refreshToken) {
        User user = user(login.userId());
        JsonObject claims = new JsonObject()
                .put("sub", String.valueOf(user.id()))
                .put("role", UserStore.word(user.role()))
                .put(LOGIN_CLAIM, login.loginId());
        Duration lifetime = settings.tokenLifetime();
        return new Tokens(accessTokens.sign(claims, lifetime), refreshToken, lifetime.toSeconds(), user);
    }
}
