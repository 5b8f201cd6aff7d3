package io.kurir.access;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access tokens: JWTs, signed with HS256 by the present secret, whose id they carry as {@code kid}. One that a former secret has signed is good
 * until it expires, so that the secret can be changed without ending a login. Safe for all threads.
 */
public final class AccessTokens {
    private static final Logger log = LoggerFactory.getLogger(AccessTokens.class);
    private static final String ALGORITHM = "HS256";
    private static final String ISSUER = "kurir";
    private static final int ID_LENGTH = 8;

    private final JWTAuth signer;
    private final JWTAuth checker;

    private AccessTokens(JWTAuth signer, JWTAuth checker) {
        this.signer = signer;
        this.checker = checker;
    }

    /** Two of Vert.x' providers, since one that knows several keys signs with any of them. */
    public static AccessTokens of(Vertx vertx, String secret, List<String> former) {
        return new AccessTokens(
                JWTAuth.create(vertx, options(Stream.of(secret))),
                JWTAuth.create(vertx, options(Stream.concat(Stream.of(secret), former.stream()))));
    }

    private static JWTAuthOptions options(Stream<String> secrets) {
        JWTAuthOptions options = new JWTAuthOptions().setJWTOptions(new JWTOptions().setIssuer(ISSUER));
        secrets.forEach(secret -> options.addPubSecKey(
                new PubSecKeyOptions().setAlgorithm(ALGORITHM).setId(id(secret)).setBuffer(Buffer.buffer(secret))));
        return options;
    }

    private static String id(String secret) {
        return io.kurir.Secrets.derived(secret, "kurir access token 1").substring(0, ID_LENGTH);
    }

    String sign(JsonObject claims, Duration lifetime) {
        return signer.generateToken(
                claims,
                new JWTOptions()
                        .setAlgorithm(ALGORITHM)
                        .setIssuer(ISSUER)
                        .setExpiresInSeconds(Math.toIntExact(lifetime.toSeconds())));
    }

    /** Throws {@code UNAUTHORIZED}. To be called on a virtual thread. */
    JsonObject claims(String token) {
        return checker.authenticate(new TokenCredentials(token))
                .recover(e -> {
                    log.debug("An access token was refused: {}", e.getMessage());
                    return Future.failedFuture(Authenticator.unauthorized());
                })
                .await()
                .principal();
    }
}
