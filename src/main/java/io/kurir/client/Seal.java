package io.kurir.client;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * What goes from one JVM to another, in frames that only those who share a secret can make or read:
 *
 * <pre>
 * version  1 byte, now 1
 * time     8 bytes, ms since 1970, of the sender's clock
 * id      16 bytes, never used twice
 * body     AES-256-CTR, the id is the first counter block
 * mac     32 bytes, HMAC-SHA256 over version, time, id, length of the address (4 bytes), address (UTF-8) and the body as it stands
 * </pre>
 *
 * Both keys are HKDF-SHA256 of the secret, with the circle's name in it: what one circle has sealed is nothing to another one with the same secret.
 * A frame is good for its address only, and for {@link #LIFETIME}. Safe for all threads.
 */
public final class Seal {
    /** The least number of characters of a secret. */
    public static final int SECRET_LENGTH = 32;
    /** The circle of the programs outside. */
    public static final String CLIENTS = "clients";

    /** How old a frame may be, and how far ahead a sender's clock. */
    public static final Duration LIFETIME = Duration.ofMinutes(2);

    private static final byte VERSION = 1;
    private static final int ID = 16;
    private static final int HEAD = 1 + Long.BYTES + ID;
    private static final int MAC = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKey cipherKey;
    private final SecretKey macKey;
    private final InstantSource clock;

    /** What a frame turned out to be. */
    public sealed interface Opened {}

    /** Sealed by one of the circle, for this address, and lately. Whether the id was seen before is for the reader to know. */
    public record Body(UUID id, Buffer content) implements Opened {}

    public record Refused(Reason reason) implements Opened {}

    /** Why a frame is not read. */
    public enum Reason {
        /** It is no frame. */
        MALFORMED,
        /** Of a release that is not understood. */
        VERSION,
        /** Made with another secret, for another address, or changed on the way. */
        STRANGER,
        /** Too old, or the clocks of the two machines differ by minutes. */
        STALE
    }

    /**
     * @param secret at least {@value #SECRET_LENGTH} characters
     * @param circle who shares it
     */
    public Seal(String secret, String circle, InstantSource clock) {
        if (secret.length() < SECRET_LENGTH) {
            throw new IllegalArgumentException("the secret needs at least " + SECRET_LENGTH + " characters");
        }
        this.cipherKey = key(secret, "AES", "kurir bus " + circle + " cipher");
        this.macKey = key(secret, "HmacSHA256", "kurir bus " + circle + " mac");
        this.clock = clock;
    }

    private static SecretKey key(String secret, String algorithm, String info) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            algorithm,
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(secret.getBytes(StandardCharsets.UTF_8))
                                    .thenExpand(info.getBytes(StandardCharsets.UTF_8), 32));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** The frame that carries {@code body} to {@code address} and nowhere else. */
    public byte[] close(String address, byte[] body) {
        byte[] id = new byte[ID];
        RANDOM.nextBytes(id);
        return close(address, body, id);
    }

    byte[] close(String address, byte[] body, byte[] id) {
        ByteBuffer frame = ByteBuffer.allocate(HEAD + body.length + MAC)
                .put(VERSION)
                .putLong(clock.millis())
                .put(id)
                .put(crypt(Cipher.ENCRYPT_MODE, id, body));
        return frame.put(mac(address, frame.array())).array();
    }

    public Opened open(String address, byte[] frame) {
        if (frame.length < HEAD + MAC) {
            return new Refused(Reason.MALFORMED);
        }
        if (frame[0] != VERSION) {
            return new Refused(Reason.VERSION);
        }
        byte[] mac = Arrays.copyOfRange(frame, frame.length - MAC, frame.length);
        if (!MessageDigest.isEqual(mac, mac(address, frame))) {
            return new Refused(Reason.STRANGER);
        }
        ByteBuffer head = ByteBuffer.wrap(frame, 1, HEAD - 1);
        if (Math.abs(clock.millis() - head.getLong()) > LIFETIME.toMillis()) {
            return new Refused(Reason.STALE);
        }
        UUID id = new UUID(head.getLong(), head.getLong());
        byte[] body = Arrays.copyOfRange(frame, HEAD, frame.length - MAC);
        byte[] plain = crypt(Cipher.DECRYPT_MODE, Arrays.copyOfRange(frame, HEAD - ID, HEAD), body);
        return new Body(id, Buffer.buffer(plain));
    }

    private byte[] crypt(int mode, byte[] id, byte[] body) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(mode, cipherKey, new IvParameterSpec(id));
            return cipher.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** Of all that stands before the last {@value #MAC} bytes. */
    private byte[] mac(String address, byte[] frame) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(macKey);
            byte[] name = address.getBytes(StandardCharsets.UTF_8);
            mac.update(frame, 0, HEAD);
            mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, name.length));
            mac.update(name);
            mac.update(frame, HEAD, frame.length - HEAD - MAC);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
