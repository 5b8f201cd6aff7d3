package io.kurir;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where the ids of new things come from. By chance, or from the seed that belongs to a request's idempotency key: then the repeat of a request
 * names the same things in the same order, and finds what the first one made. Used by one thread.
 */
public final class Names {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] seed;
    private final boolean repeatable;
    private final boolean past;
    private long block;
    private byte[] left = {};

    private Names(byte[] seed, boolean repeatable, boolean past) {
        this.seed = seed;
        this.repeatable = repeatable;
        this.past = past;
    }

    public static Names random() {
        return new Names(new byte[0], false, false);
    }

    /** The same names each time. */
    public static Names of(byte[] seed) {
        return new Names(seed.clone(), true, false);
    }

    /** Likewise, of a request that was answered: all that it made is to be found, and nothing is to be made. */
    public static Names past(byte[] seed) {
        return new Names(seed.clone(), true, true);
    }

    public boolean past() {
        return past;
    }

    /** From the beginning. */
    public Names again() {
        return new Names(seed, repeatable, past);
    }

    /** Whether another request may have used the same names before. */
    public boolean repeatable() {
        return repeatable;
    }

    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        if (!repeatable) {
            RANDOM.nextBytes(bytes);
            return bytes;
        }
        for (int i = 0; i < count; i++) {
            if (left.length == 0) {
                left = hmac(block++);
            }
            bytes[i] = left[0];
            left = Arrays.copyOfRange(left, 1, left.length);
        }
        return bytes;
    }

    /** Lower case. */
    public String hex(int bytes) {
        return HexFormat.of().formatHex(bytes(bytes));
    }

    private byte[] hmac(long counter) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(seed, "HmacSHA256"));
            byte[] out =
                    mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(counter).array());
            return out;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
