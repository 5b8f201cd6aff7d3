package io.kurir.access;

import io.kurir.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials → caller. What the database says of a key or a login is believed for 5 seconds, so that a request costs no query;
 * a key deleted or a login ended on this node is forgotten at once. May be called from any virtual thread.
 */
public final class Authenticator {
    private static final Logger log = LoggerFactory.getLogger(Authenticator.class);
    private static final Set<Caller.Scope> ALL = Set.copyOf(EnumSet.allOf(Caller.Scope.class));
    private static final Set<Caller.Scope> USERS = Set.of(Caller.Scope.READ, Caller.Scope.SEND, Caller.Scope.MANAGE);

    private final JWTAuth jwt;
    private final LoginStore logins;
    private final ApiKeyStore keys;
    private final ShortMemory<Long, LoginStore.Alive> aliveLogins = new ShortMemory<>();
    private final ShortMemory<Buffer, ApiKeyStore.Owned> knownKeys = new ShortMemory<>();

    public Authenticator(JWTAuth jwt, LoginStore logins, ApiKeyStore keys) {
        this.jwt = jwt;
        this.logins = logins;
        this.keys = keys;
    }

    /** Throws {@code UNAUTHORIZED}, always with the same words: a stranger learns nothing from them. */
    public Caller authenticate(Credentials credentials) {
        return switch (credentials) {
            case Credentials.AccessToken token -> byToken(token.token());
            case Credentials.Key key -> byKey(key.key());
        };
    }

    public static Problem unauthorized() {
        return Problem.of(Problem.Code.UNAUTHORIZED, "Credentials are missing or not valid");
    }

    void forgetLogin(long loginId) {
        aliveLogins.forget(loginId);
    }

    void forgetKey(Buffer hash) {
        knownKeys.forget(hash);
    }

    /** One was replaced or removed, perhaps by another node. */
    public void forgetKeys() {
        knownKeys.forgetAll();
    }

    private Caller byToken(String token) {
        JsonObject claims = claims(token);
        Long loginId = claims.getLong(Accounts.LOGIN_CLAIM);
        if (loginId == null) {
            throw unauthorized();
        }
        LoginStore.Alive alive = aliveLogins.get(loginId, () -> logins.findAlive(loginId));
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

    private JsonObject claims(String token) {
        return jwt.authenticate(new TokenCredentials(token))
                .recover(e -> {
                    log.debug("An access token was refused: {}", e.getMessage());
                    return Future.failedFuture(unauthorized());
                })
                .await()
                .principal();
    }

    private Caller byKey(String key) {
        Buffer hash = Secrets.hash(key);
        ApiKeyStore.Owned owned = knownKeys.get(hash, () -> {
            Optional<ApiKeyStore.Owned> found = keys.find(hash);
            found.ifPresent(known -> keys.touch(known.key().id())
                    .onFailure(e -> log.warn("The last use of an API key could not be noted: {}", e.getMessage())));
            return found;
        });
        return new Caller(
                owned.userId(),
                owned.role(),
                owned.key().prefix(),
                owned.key().scopes(),
                Optional.empty(),
                Optional.of(owned.key().id()),
                owned.key().deviceId());
    }

    /** What was found, for 5 seconds. What was not found is asked anew, so that a new key works at once. */
    private static final class ShortMemory<K, V> {
        private static final long NANOS = 5_000_000_000L;
        private static final int MOST = 10_000;

        private record Entry<V>(V value, long until) {}

        private final java.util.concurrent.ConcurrentHashMap<K, Entry<V>> entries =
                new java.util.concurrent.ConcurrentHashMap<>();

        V get(K key, Supplier<Optional<V>> source) {
            Entry<V> entry = entries.get(key);
            if (entry != null && System.nanoTime() - entry.until < 0) {
                return entry.value;
            }
            if (entries.size() >= MOST) {
                entries.clear(); // rather asked anew than grown without bound
            }
            long until = System.nanoTime() + NANOS;
            Optional<V> found = source.get();
            if (found.isEmpty()) {
                entries.remove(key);
                throw unauthorized();
            }
            entries.put(key, new Entry<>(found.get(), until));
            return found.get();
        }

        void forget(K key) {
            entries.remove(key);
        }

        void forgetAll() {
            entries.clear();
        }
    }
}
