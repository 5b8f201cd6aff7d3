package io.kurir.simulator;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A file as it travels: AES-256-CBC with a key of its own, whose first half is the initialisation vector, as the simulated page does
 * it too. It stands for the real encryption and is not it.
 */
final class Sealed {
    private static final SecureRandom RANDOM = new SecureRandom();

    final byte[] key;
    final byte[] bytes;

    Sealed(byte[] key, byte[] bytes) {
        this.key = key;
        this.bytes = bytes;
    }

    static Sealed of(byte[] plain) {
        byte[] key = new byte[32];
        RANDOM.nextBytes(key);
        return new Sealed(key, crypt(Cipher.ENCRYPT_MODE, key, plain));
    }

    /** @throws Refusal 409 if the key does not fit */
    byte[] open() {
        return crypt(Cipher.DECRYPT_MODE, key, bytes);
    }

    private static byte[] crypt(int mode, byte[] key, byte[] from) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(Arrays.copyOf(key, 16)));
            return cipher.doFinal(from);
        } catch (GeneralSecurityException wrongKey) {
            throw new Refusal(409, "the file cannot be decrypted: " + wrongKey.getMessage());
        }
    }

    static byte[] sha256(byte[] of) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(of);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** A base64 text as hexadecimal digits. */
    static String hex(String base64) {
        return HexFormat.of().formatHex(Base64.getDecoder().decode(base64));
    }
}
