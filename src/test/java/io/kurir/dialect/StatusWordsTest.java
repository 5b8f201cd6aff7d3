package io.kurir.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.session.DeviceState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table, written down a second time by hand. */
class StatusWordsTest {

    @ParameterizedTest
    @CsvSource({
        "CREATED, disconnected, , awaiting_qr",
        "CONNECTING, connecting, , disconnected",
        "QR_REQUIRED, qr_required, QR, awaiting_qr",
        "PAIRING, qr_required, QR, awaiting_qr",
        "SYNCING, connecting, , disconnected",
        "CONNECTED, connected, READY, connected",
        "DISCONNECTED, disconnected, DISCONNECTED, disconnected",
        "RECOVERING, connecting, , disconnected",
        "LOGGED_OUT, disconnected, DISCONNECTED, disconnected",
        "AUTH_FAILED, disconnected, AUTH_FAILURE, auth_failed",
        "CANCELLED, disconnected, , disconnected",
        "ERROR, disconnected, DISCONNECTED, disconnected"
    })
    void everyDialectHasItsWord(
            DeviceState state, String natively, @org.jspecify.annotations.Nullable String accounts, String agents) {
        assertThat(StatusWords.natively(state)).isEqualTo(natively);
        assertThat(StatusWords.accounts(state)).isEqualTo(java.util.Optional.ofNullable(accounts));
        assertThat(StatusWords.agents(state)).isEqualTo(agents);
    }
}
