package io.kurir.access;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.http.Timestamps;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** The operations tagged {@code auth}. */
public final class AccountOperations {
    private static final String COOKIE = "kurir_refresh";

    private final Accounts accounts;
    private final Duration refreshLifetime;
    private final boolean secureCookie;
    private final BiConsumer<Reach, String> reached;

    /**
     * {@code secureCookie}: browsers send it over https only; on wherever clients call us by https. {@code reached} throws where there is no such device
     * within reach.
     */
    public AccountOperations(
            Accounts accounts, Duration refreshLifetime, boolean secureCookie, BiConsumer<Reach, String> reached) {
        this.accounts = accounts;
        this.refreshLifetime = refreshLifetime;
        this.secureCookie = secureCookie;
        this.reached = reached;
    }

    public Answer register(Ask ask) {
        if (ask.body().containsKey("role")) {
            throw Problem.invalid("role", "is given by an admin");
        }
        User user = accounts.register(
                new Users.NewUser(
                        ask.field("email"),
                        Optional.of(ask.field("username")),
                        ask.field("password"),
                        ask.optionalField("fullName"),
                        Caller.Role.USER),
                ask.address());
        return Answer.created("Registered", json(user));
    }

    public Answer login(Ask ask) {
        String name = ask.optionalField("email")
                .or(() -> ask.optionalField("username"))
                .orElseThrow();
        return tokens("Logged in", accounts.login(name, ask.field("password"), ask.address()));
    }

    public Answer refreshToken(Ask ask) {
        String token = ask.optionalField("refreshToken")
                .or(() -> ask.cookie(COOKIE))
                .orElseThrow(() -> Problem.of(Problem.Code.UNAUTHORIZED, "There is no refresh token"));
        return tokens("Token renewed", accounts.refresh(token));
    }

    public Answer logout(Ask ask) {
        long loginId = ask.caller()
                .loginId()
                .orElseThrow(() ->
                        Problem.of(Problem.Code.CONFLICT, "An API key has no login to end; delete the key instead"));
        accounts.logout(loginId);
        return Answer.ok("Logged out", new JsonObject()).with(cookie("", Duration.ZERO));
    }

    public Answer getProfile(Ask ask) {
        return Answer.ok("Profile", json(accounts.user(ask.caller().userId())));
    }

    public Answer updateProfile(Ask ask) {
        User user = accounts.updateProfile(
                ask.caller(),
                UserOperations.change(ask, Optional.empty(), Optional.empty()),
                ask.optionalField("currentPassword"),
                ask.address());
        return Answer.ok("Profile changed", json(user));
    }

    public Answer listApiKeys(Ask ask) {
        ApiKeyStore.Listing listing = accounts.keys(ask.caller(), ask.page(), ask.pageSize());
        List<JsonObject> keys =
                listing.keys().stream().map(AccountOperations::json).toList();
        return Answer.page(
                listing.total() + (listing.total() == 1 ? " API key" : " API keys"),
                new JsonArray(keys),
                ask.page(),
                ask.pageSize(),
                listing.total());
    }

    public Answer createApiKey(Ask ask) {
        Set<Caller.Scope> scopes = ask.fields("scopes").stream()
                .map(word -> Caller.Scope.valueOf(word.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toUnmodifiableSet());
        Optional<Instant> expiresAt = ask.optionalField("expiresAt").map(Timestamps::read);
        if (expiresAt.isPresent() && expiresAt.get().isBefore(Instant.now())) {
            throw Problem.invalid("expiresAt", "must be in the future");
        }
        Optional<Set<String>> deviceIds =
                Optional.of(Set.copyOf(ask.fields("deviceIds"))).filter(ids -> !ids.isEmpty());
        deviceIds.orElse(Set.of()).forEach(id -> reached.accept(ask.reach(), id));
        Accounts.Issued issued = accounts.issueKey(
                ask.caller(), new Accounts.NewApiKey(ask.field("name"), scopes, deviceIds, expiresAt));
        return Answer.created(
                "API key made: keep it, it is not shown again",
                json(issued.key()).put("key", issued.secret()));
    }

    public Answer deleteApiKey(Ask ask) {
        long id = ask.number("id");
        accounts.deleteKey(ask.caller(), id);
        return Answer.ok("API key deleted", new JsonObject().put("id", id));
    }

    private Answer tokens(String message, Accounts.Tokens tokens) {
        JsonObject data = new JsonObject()
                .put("token", tokens.token())
                .put("refreshToken", tokens.refreshToken())
                .put("expiresIn", tokens.expiresIn())
                .put("user", json(tokens.user()));
        return Answer.ok(message, data).with(cookie(tokens.refreshToken(), refreshLifetime));
    }

    private Cookie cookie(String value, Duration lifetime) {
        return Cookie.cookie(COOKIE, value)
                .setHttpOnly(true)
                .setSecure(secureCookie)
                .setSameSite(CookieSameSite.STRICT)
                .setPath("/api/auth")
                .setMaxAge(lifetime.toSeconds());
    }

    static JsonObject json(User user) {
        return new JsonObject()
                .put("id", user.id())
                .put("username", user.username())
                .put("email", user.email())
                .put("fullName", user.fullName().orElse(null))
                .put("role", UserStore.word(user.role()))
                .put("createdAt", Timestamps.write(user.createdAt()))
                .put("lastLoginAt", user.lastLoginAt().map(Timestamps::write).orElse(null));
    }

    private static JsonObject json(ApiKey key) {
        List<String> scopes = key.scopes().stream()
                .sorted()
                .map(scope -> scope.name().toLowerCase(Locale.ROOT))
                .toList();
        return new JsonObject()
                .put("id", key.id())
                .put("name", key.name())
                .put("prefix", key.prefix())
                .put("scopes", new JsonArray(scopes))
                .put(
                        "deviceIds",
                        key.deviceIds()
                                .map(ids -> new JsonArray(ids.stream().sorted().toList()))
                                .orElse(null))
                .put("expiresAt", key.expiresAt().map(Timestamps::write).orElse(null))
                .put("lastUsedAt", key.lastUsedAt().map(Timestamps::write).orElse(null))
                .put("createdAt", Timestamps.write(key.createdAt()));
    }
}
