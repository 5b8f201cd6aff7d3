package io.kurir.access;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Random tokens and what is stored of them. They have 192 bits or more, so a plain SHA-256 is enough: nobody can guess them as
 * passwords are guessed.
 */
final class Secrets {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Secrets() {}

    static String apiKey() {
        return "kr_" + HexFormat.of().formatHex(bytes(24));
    }

    static String deviceToken() {
        return "kd_" + HexFormat.of().formatHex(bytes(24));
    }

    static String ticket() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(24));
    }

    /** How it begins, to tell them apart; never so much that it helps to guess the rest. */
    static String prefix(String secret) {
        return secret.substring(0, Math.min(7, secret.length() / 4));
    }

    static String refreshToken() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(32));
    }

    static Buffer hash(String secret) {
        try {
            return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
