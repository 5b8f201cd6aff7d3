package io.kurir.media;

import io.kurir.http.Problem;
import io.kurir.http.Problem.Code;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Short-lived URLs of files that anybody may open who has them: signed, so that nobody can make one up. */
public final class MediaLinks {
    /** Below {@code http.public-url}. */
    public static final String PATH = "/api/media/";

    private static final Duration LIFETIME = Duration.ofMinutes(10);

    /** What a link opens. */
    public record Opened(String hash, String fileName) {}

    public record Link(URI url, Instant expiresAt) {}

    private final SecretKeySpec key;
    private final String base;
    private final Clock clock;

    /** The key of the links is derived from {@code secret}, which itself signs other things. */
    public MediaLinks(String secret, URI publicUrl, Clock clock) {
        byte[] derived = mac(
                new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"),
                "kurir media links, version 1");
        this.key = new SecretKeySpec(derived, "HmacSHA256");
        this.base = publicUrl.toString().replaceAll("/+$", "");
        this.clock = clock;
    }

    public Link link(String hash, String fileName) {
        Instant expiresAt = Instant.ofEpochSecond(clock.instant().plus(LIFETIME).getEpochSecond());
        String payload = expiresAt.getEpochSecond() + "/" + hash + "/" + fileName;
        return new Link(URI.create(base + PATH + token(payload)), expiresAt);
    }

    private String token(String payload) {
        return encode(payload.getBytes(StandardCharsets.UTF_8)) + "." + encode(mac(key, payload));
    }

    /** Throws {@code NOT_FOUND} for what we have not signed and {@code MEDIA_GONE} for what has expired. */
    public Opened open(String token) {
        int dot = token.indexOf('.');
        if (dot < 0) {
            throw unknown();
        }
        String text;
        try {
            text = new String(Base64.getUrlDecoder().decode(token.substring(0, dot)), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            throw unknown();
        }
        if (!MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), token(text).getBytes(StandardCharsets.UTF_8))) {
            throw unknown();
        }
        String[] parts = text.split("/", 3);
        if (clock.instant().getEpochSecond() >= Long.parseLong(parts[0])) {
            throw Problem.of(Code.MEDIA_GONE, "This link has expired; ask for a new one");
        }
        return new Opened(parts[1], parts[2]);
    }

    private static Problem unknown() {
        return Problem.of(Code.NOT_FOUND, "There is no such file");
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] mac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e); // every JDK has it, and the key is of its kind
        }
    }
}
