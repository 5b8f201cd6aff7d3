package io.kurir;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Encrypts what must be used again, such as the password of a proxy, by AES-256-GCM with a key that is derived from the settings' secret. What was
 * sealed with an earlier secret can be read as long as that one is named; without it nothing of it can be read any more. Safe for all threads.
 */
public final class Vault {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String VERSION = "v1.";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKey key;
    private final List<SecretKey> former;

    /** @param secret {@code access.secret} */
    public Vault(String secret) {
        this(secret, List.of());
    }

    /** @param former {@code access.former-secrets}: they open and do not seal */
    public Vault(String secret, List<String> former) {
        this.key = derived(secret);
        this.former = former.stream().map(Vault::derived).toList();
    }

    public static Vault of(Settings.Access access) {
        return new Vault(access.secret(), access.formerSecrets());
    }

    private static SecretKey derived(String secret) {
        try {
            return KDF.getInstance("HKDF-SHA256")
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
        byte[] sealed;
        try {
            sealed = run(key, Cipher.ENCRYPT_MODE, context, nonce, plain.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
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
        byte[] text = Base64.getUrlDecoder().decode(parts[2]);
        for (SecretKey one : Stream.concat(Stream.of(key), former.stream()).toList()) {
            try {
                return new String(run(one, Cipher.DECRYPT_MODE, context, nonce, text), StandardCharsets.UTF_8);
            } catch (GeneralSecurityException notThisOne) {
                // perhaps the next
            }
        }
        throw new IllegalStateException("cannot be opened: sealed with another secret, or damaged");
    }

    private static byte[] run(SecretKey key, int mode, String context, byte[] nonce, byte[] text)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
        return cipher.doFinal(text);
    }
}
