package io.kurir;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Encrypts what must be used again, such as the password of a proxy, by AES-256-GCM with a key that is derived from the settings' secret. With
 * another secret nothing of it can be read any more. Safe for all threads.
 */
public final class Vault {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String VERSION = "v1.";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKey key;

    /** @param secret {@code access.secret} */
    public Vault(String secret) {
        try {
            this.key = KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            "AES",
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(secret.getBytes(StandardCharsets.UTF_8))
                                    .thenExpand("kurir vault 1".getBytes(StandardCharsets.UTF_8), 32));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Text that only {@link #open} reads.
     *
     * @param context what it belongs to, such as {@code proxy/device-1}: sealed for one, it opens for no other
     */
    public String seal(String context, String plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        byte[] sealed = run(Cipher.ENCRYPT_MODE, context, nonce, plain.getBytes(StandardCharsets.UTF_8));
        Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
        return VERSION + text.encodeToString(nonce) + "." + text.encodeToString(sealed);
    }

    /**
     * What was sealed.
     *
     * @throws IllegalStateException it was sealed with another secret or for another context, or changed since
     */
    public String open(String context, String sealed) {
        String[] parts = sealed.split("\\.", -1);
        if (!sealed.startsWith(VERSION) || parts.length != 3) {
            throw new IllegalStateException("not sealed by Kurir");
        }
        byte[] nonce = Base64.getUrlDecoder().decode(parts[1]);
        byte[] plain =
                run(Cipher.DECRYPT_MODE, context, nonce, Base64.getUrlDecoder().decode(parts[2]));
        return new String(plain, StandardCharsets.UTF_8);
    }

    private byte[] run(int mode, String context, byte[] nonce, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException fault) {
            throw new IllegalStateException("cannot be opened: sealed with another secret, or damaged", fault);
        }
    }
}
