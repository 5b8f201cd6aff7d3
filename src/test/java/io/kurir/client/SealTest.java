package io.kurir.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Instant NOW = Instant.parse("2026-01-15T08:30:00Z");
    private static final byte[] WORDS = "ask for room 101".getBytes(StandardCharsets.UTF_8);

    private static Seal seal(String secret, String circle, Instant now) {
        return new Seal(secret, circle, InstantSource.fixed(now));
    }

    private static Seal seal(Instant now) {
        return seal(SECRET, Seal.CLIENTS, now);
    }

    private static Seal.Opened refused(Seal.Reason reason) {
        return new Seal.Refused(reason);
    }

    @Test
    void whoSharesTheSecretReadsWhatWasSealedForTheAddress() {
        byte[] frame = seal(NOW).close("hall", WORDS);

        assertThat(seal(NOW.plusSeconds(119)).open("hall", frame))
                .isInstanceOfSatisfying(
                        Seal.Body.class,
                        body -> assertThat(body.content().getBytes()).isEqualTo(WORDS));
    }

    @Test
    void theBodyCannotBeReadOnTheWayAndNoTwoFramesAreAlike() {
        byte[] one = seal(NOW).close("hall", WORDS);
        byte[] two = seal(NOW).close("hall", WORDS);

        assertThat(new String(one, StandardCharsets.ISO_8859_1)).doesNotContain("room");
        assertThat(Arrays.copyOfRange(one, 9, one.length)).isNotEqualTo(Arrays.copyOfRange(two, 9, two.length));
    }

    @Test
    void anotherSecretAnotherCircleAndAnotherAddressAreStrangers() {
        byte[] frame = seal(NOW).close("hall", WORDS);

        assertThat(seal(SECRET + "!", Seal.CLIENTS, NOW).open("hall", frame)).isEqualTo(refused(Seal.Reason.STRANGER));
        assertThat(seal(SECRET, "nodes", NOW).open("hall", frame)).isEqualTo(refused(Seal.Reason.STRANGER));
        assertThat(seal(NOW).open("hall2", frame)).isEqualTo(refused(Seal.Reason.STRANGER));
    }

    @Test
    void everyBitCounts() {
        byte[] frame = seal(NOW).close("hall", WORDS);
        for (int bit = 0; bit < frame.length * 8; bit++) {
            byte[] changed = frame.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(seal(NOW).open("hall", changed)).as("bit %s", bit).isInstanceOf(Seal.Refused.class);
        }
        for (int length = 0; length < frame.length; length++) {
            assertThat(seal(NOW).open("hall", Arrays.copyOf(frame, length)))
                    .as("%s bytes", length)
                    .isInstanceOf(Seal.Refused.class);
        }
    }

    @Test
    void isGoodForTwoMinutesOfEitherClock() {
        byte[] frame = seal(NOW).close("hall", WORDS);

        assertThat(seal(NOW.plus(Duration.ofMinutes(2)).plusMillis(1)).open("hall", frame))
                .isEqualTo(refused(Seal.Reason.STALE));
        assertThat(seal(NOW.minus(Duration.ofMinutes(2)).minusMillis(1)).open("hall", frame))
                .isEqualTo(refused(Seal.Reason.STALE));
        assertThat(seal(NOW.minus(Duration.ofMinutes(2))).open("hall", frame)).isInstanceOf(Seal.Body.class);
    }

    @Test
    void anotherVersionIsSaidToBeOne() {
        byte[] frame = seal(NOW).close("hall", WORDS);
        frame[0] = 2;

        assertThat(seal(NOW).open("hall", frame)).isEqualTo(refused(Seal.Reason.VERSION));
    }

    @Test
    void aShortSecretIsNone() {
        assertThatThrownBy(() -> seal("too short", Seal.CLIENTS, NOW)).isInstanceOf(IllegalArgumentException.class);
    }
}
