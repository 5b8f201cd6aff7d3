package io.kurir.access;

import io.kurir.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials → caller. What the database says of a key, a token or a login is believed for 5 seconds, so that a request costs no query;
 * what is ended on this node is forgotten at once. May be called from any virtual thread.
 */
public final class Authenticator {
    private static final Logger log = LoggerFactory.getLogger(Authenticator.class);
    private static final Set<Caller.Scope> ALL = Set.copyOf(EnumSet.allOf(Caller.Scope.class));
    static final Set<Caller.Scope> USERS = Set.of(Caller.Scope.READ, Caller.Scope.SEND, Caller.Scope.MANAGE);

    private final AccessTokens tokens;
    private final LoginStore logins;
    private final ApiKeyStore keys;
    private final DeviceTokenStore deviceTokens;
    private final ShortMemory<Long, LoginStore.Alive> aliveLogins = new ShortMemory<>();
    private final ShortMemory<Buffer, ApiKeyStore.Owned> knownKeys = new ShortMemory<>();
    private final ShortMemory<Long, ApiKeyStore.Owned> keysById = new ShortMemory<>();
    private final ShortMemory<Shown, DeviceTokenStore.Bound> knownTokens = new ShortMemory<>();

    /** A device token as a request showed it. */
    private record Shown(Buffer hash, Optional<String> about) {}

    public Authenticator(AccessTokens tokens, Pool pool) {
        this.tokens = tokens;
        this.logins = new LoginStore(pool);
        this.keys = new ApiKeyStore(pool);
        this.deviceTokens = new DeviceTokenStore(pool);
    }

    /** Throws {@code UNAUTHORIZED}, always with the same words: a stranger learns nothing from them. */
    public Caller authenticate(Credentials credentials) {
        return switch (credentials) {
            case Credentials.AccessToken token -> byAccessToken(token);
            case Credentials.Key key -> byKey(key.key());
            case Credentials.DeviceToken token -> byDeviceToken(token.token(), token.about());
            case Credentials.KeyOrDeviceToken either -> byEither(either);
            case Credentials.Earlier earlier -> byEarlier(earlier);
        };
    }

    public static Problem unauthorized() {
        return Problem.of(Problem.Code.UNAUTHORIZED, "Credentials are missing or not valid");
    }

    void forgetLogin(long loginId) {
        aliveLogins.forget(loginId);
    }

    void forgetKey(Buffer hash, long id) {
        knownKeys.forget(hash);
        keysById.forget(id);
    }

    /** One was replaced or removed, perhaps by another node. */
    public void forgetKeys() {
        knownKeys.forgetIf(_ -> true);
        keysById.forgetIf(_ -> true);
    }

    /** All of them: what one device is given may be what another one has been known by. */
    void forgetDeviceTokens() {
        knownTokens.forgetIf(_ -> true);
    }

    /** All that a person, and who acts for it, is known by. */
    public void forgetUser(long userId) {
        aliveLogins.forgetIf(alive -> alive.userId() == userId);
        knownKeys.forgetIf(owned -> owned.userId() == userId);
        keysById.forgetIf(owned -> owned.userId() == userId);
        knownTokens.forgetIf(bound -> bound.userId() == userId);
    }

    private Caller byAccessToken(Credentials.AccessToken token) {
        try {
            return byLogin(login(tokens.claims(token.token())));
        } catch (Problem notOurs) {
            if (token.about().isEmpty()) {
                throw notOurs;
            }
            return byDeviceToken(token.token(), token.about());
        }
    }

    private static long login(JsonObject claims) {
        return Optional.ofNullable(claims.getLong(Accounts.LOGIN_CLAIM)).orElseThrow(Authenticator::unauthorized);
    }

    private Caller byLogin(long loginId) {
        LoginStore.Alive alive =
                aliveLogins.get(loginId, () -> logins.findAlive(loginId)).orElseThrow(Authenticator::unauthorized);
        Set<Caller.Scope> scopes = alive.role() == Caller.Role.ADMIN ? ALL : USERS;
        return new Caller(
                alive.userId(),
                alive.role(),
                alive.username(),
                scopes,
                Optional.of(loginId),
                Optional.empty(),
                Optional.empty());
    }

    private Caller byKey(String key) {
        Buffer hash = Secrets.hash(key);
        return knownKeys
                .get(hash, () -> {
                    Optional<ApiKeyStore.Owned> found = keys.find(hash);
                    found.ifPresent(known -> noted(keys.touch(known.key().id())));
                    return found;
                })
                .map(Authenticator::caller)
                .orElseThrow(Authenticator::unauthorized);
    }

    private static Caller caller(ApiKeyStore.Owned owned) {
        return new Caller(
                owned.userId(),
                owned.role(),
                owned.key().prefix(),
                owned.key().scopes(),
                Optional.empty(),
                Optional.of(owned.key().id()),
                owned.key().deviceIds());
    }

    private Caller byDeviceToken(String token, Optional<String> about) {
        Shown shown = new Shown(Secrets.hash(token), about);
        DeviceTokenStore.Bound bound = knownTokens
                .get(shown, () -> {
                    Optional<DeviceTokenStore.Bound> found = deviceTokens.find(shown.hash, about);
                    found.ifPresent(known -> noted(deviceTokens.touch(known.deviceId())));
                    return found;
                })
                .orElseThrow(Authenticator::unauthorized);
        if (about.isPresent() && !bound.named()) {
            knownTokens.forget(shown); // the device that was asked about may get this token, at any node, any moment
        }
        return caller(bound);
    }

    private static Caller caller(DeviceTokenStore.Bound bound) {
        return new Caller(
                bound.userId(),
                bound.role(),
                bound.prefix(),
                USERS,
                Optional.empty(),
                Optional.empty(),
                Optional.of(Set.of(bound.deviceId())));
    }

    private Caller byEither(Credentials.KeyOrDeviceToken either) {
        try {
            return byKey(either.text());
        } catch (Problem noKey) {
            return byDeviceToken(either.text(), either.about());
        }
    }

    private Caller byEarlier(Credentials.Earlier earlier) {
        if (earlier.loginId().isPresent()) {
            return byLogin(earlier.loginId().get());
        }
        if (earlier.keyId().isPresent()) {
            long id = earlier.keyId().get();
            return keysById.get(id, () -> keys.find(id))
                    .map(Authenticator::caller)
                    .orElseThrow(Authenticator::unauthorized);
        }
        return earlier.device()
                .flatMap(device -> deviceTokens.find(device, earlier.name()))
                .map(Authenticator::caller)
                .orElseThrow(Authenticator::unauthorized);
    }

    private static void noted(Future<?> touched) {
        touched.onFailure(e -> log.warn("The last use of a credential could not be noted: {}", e.getMessage()));
    }
}
