package io.kurir;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

/**
 * Encrypts files that leave the machine: in pieces of 1 MiB with AES-256-GCM (Tink's streaming AEAD), so that neither a changed nor a cut-off file
 * can be read to its end, under a key that Argon2id makes of a passphrase.
 */
public final class PassphraseCipher {
    public static final int SALT_BYTES = 16;

    private static final int KEY_BYTES = 32;
    private static final int PIECE = 1 << 20;
    /** Over OWASP's minimum, since the file may be tried at leisure: 64 MiB, 3 passes, about 0.3 s. */
    private static final Argon2Function KEYS = Argon2Function.getInstance(65_536, 3, 1, KEY_BYTES, Argon2.ID);

    private static final SecureRandom RANDOM = new SecureRandom();

    private PassphraseCipher() {}

    /** A new one; it is written in the clear before what is encrypted. */
    public static byte[] salt() {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return salt;
    }

    public static AesGcmHkdfStreaming of(String passphrase, byte[] salt) {
        byte[] key =
                KEYS.hash(passphrase.getBytes(StandardCharsets.UTF_8), salt).getBytes();
        try {
            return new AesGcmHkdfStreaming(key, "HmacSha256", KEY_BYTES, PIECE, 0);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-256-GCM", impossible);
        }
    }
}
