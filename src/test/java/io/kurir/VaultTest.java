package io.kurir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class VaultTest {
    private static final String PLAIN = "a password, très secret";
    private static final String CONTEXT = "proxy/device-1";

    private final Vault first = new Vault("the first secret, 32 characters or more");

    @Test
    void opensWhatItSealedAndSealsItOtherwiseEachTime() {
        String sealed = first.seal(CONTEXT, PLAIN);
        assertThat(first.open(CONTEXT, sealed)).isEqualTo(PLAIN);
        assertThat(first.seal(CONTEXT, PLAIN)).isNotEqualTo(sealed);
        assertThat(sealed).doesNotContain("password");
    }

    @Test
    void opensForNoOtherContextAndNothingThatWasChanged() {
        String sealed = first.seal(CONTEXT, PLAIN);
        assertThatThrownBy(() -> first.open("proxy/device-2", sealed)).isInstanceOf(IllegalStateException.class);
        char last = sealed.charAt(sealed.length() - 2);
        String changed = sealed.substring(0, sealed.length() - 2)
                + (last == 'A' ? 'B' : 'A')
                + sealed.charAt(sealed.length() - 1);
        assertThatThrownBy(() -> first.open(CONTEXT, changed)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> first.open(CONTEXT, PLAIN)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFormerSecretOpensAndDoesNotSeal() {
        Vault second = new Vault("the second secret, 32 characters or more");
        Vault both = new Vault(
                "the second secret, 32 characters or more",
                List.of("one before all, 32 characters or more", "the first secret, 32 characters or more"));
        String sealed = first.seal(CONTEXT, PLAIN);

        assertThatThrownBy(() -> second.open(CONTEXT, sealed)).isInstanceOf(IllegalStateException.class);
        assertThat(both.open(CONTEXT, sealed)).isEqualTo(PLAIN);
        assertThatThrownBy(() -> both.open("another", sealed)).isInstanceOf(IllegalStateException.class);

        String again = both.seal(CONTEXT, PLAIN);
        assertThat(second.open(CONTEXT, again)).isEqualTo(PLAIN);
        assertThatThrownBy(() -> first.open(CONTEXT, again)).isInstanceOf(IllegalStateException.class);
    }
}
