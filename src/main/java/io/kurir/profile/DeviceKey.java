package io.kurir.profile;

import io.kurir.Vault;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What one device's snapshots are sealed with: 256 random bits, from which a key for AES-256-GCM and one for names are derived. Sealed bytes are
 * {@code nonce (12) | text | tag (16)}; a nonce is random, which is safe for 2³² pieces of a key. Safe for all threads.
 */
final class DeviceKey {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final byte[] secret;
    private final SecretKey sealing;
    private final SecretKey naming;

    private DeviceKey(byte[] secret) {
        this.secret = secret;
        this.sealing = derived("AES", "kurir snapshot 1");
        this.naming = derived("HmacSHA256", "kurir snapshot names 1");
    }

    static DeviceKey fresh() {
        byte[] secret = new byte[KEY_BYTES];
        RANDOM.nextBytes(secret);
        return new DeviceKey(secret);
    }

    /** As it is kept; see {@link Vault#open} for what it throws. */
    static DeviceKey open(Vault vault, String deviceId, String kept) {
        return new DeviceKey(Base64.getDecoder().decode(vault.open(context(deviceId), kept)));
    }

    String keep(Vault vault, String deviceId) {
        return vault.seal(context(deviceId), Base64.getEncoder().encodeToString(secret));
    }

    private static String context(String deviceId) {
        return "profile/" + deviceId;
    }

    private SecretKey derived(String algorithm, String purpose) {
        try {
            HKDFParameterSpec parameters = HKDFParameterSpec.ofExtract()
                    .addIKM(secret)
                    .thenExpand(purpose.getBytes(StandardCharsets.UTF_8), KEY_BYTES);
            byte[] derived = KDF.getInstance("HKDF-SHA256").deriveData(parameters);
            return new SecretKeySpec(derived, algorithm);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Of a piece: the same for the same bytes, and only whoever has the key can tell which bytes. */
    byte[] name(byte[] plain) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(naming);
            return mac.doFinal(plain);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** {@code context}: what it belongs to; sealed for one, it opens for no other. */
    byte[] seal(byte[] context, byte[] plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] text = cipher(Cipher.ENCRYPT_MODE, nonce, context).doFinal(plain);
            byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + text.length);
            System.arraycopy(text, 0, sealed, NONCE_BYTES, text.length);
            return sealed;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Throws {@link DamagedException} when it was sealed with another key or for another context, or changed since. */
    byte[] open(byte[] context, byte[] sealed) throws DamagedException {
        if (sealed.length < NONCE_BYTES + TAG_BITS / 8) {
            throw new DamagedException("cut off");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_BYTES), context)
                    .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
        } catch (GeneralSecurityException fault) {
            throw new DamagedException("sealed with another key, or changed");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, sealing, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context);
        return cipher;
    }
}
