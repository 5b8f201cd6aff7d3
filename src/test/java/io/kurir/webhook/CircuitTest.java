package io.kurir.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.outbound.Circuit;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a circuit opens, and what a failed call costs its delivery. */
class CircuitTest {
    private static final Instant NOW = Instant.parse("2026-01-15T08:30:00Z");
    private static final Reply AWAY = new Reply.Unreachable("no connection", Duration.ZERO);
    private static final Reply REFUSED = new Reply.Answered(500, "", Duration.ZERO);
    private static final Reply TAKEN = new Reply.Answered(204, "", Duration.ZERO);

    @Test
    void opensAfterThreeCallsThatDidNotGetThrough() {
        Circuit two = fail(fail(Circuit.CLOSED, AWAY, 1), AWAY, 1);
        assertThat(two.open()).isFalse();
        assertThat(fail(two, AWAY, 1).open()).isTrue();
        assertThat(fail(fail(two, REFUSED, 1), AWAY, 1).open())
                .as("an answer in between")
                .isFalse();
    }

    @Test
    void opensAfterThreeEventsThatWereNotTakenButNotForOne() {
        Circuit one = Circuit.CLOSED;
        for (int i = 0; i < 20; i++) {
            one = fail(one, REFUSED, 1);
        }
        assertThat(one.open()).isFalse();
        assertThat(fail(fail(one, REFUSED, 2), REFUSED, 3).open()).isTrue();
    }

    @Test
    void onlyAProbeMovesTheNextOne() {
        Circuit open = fail(fail(fail(Circuit.CLOSED, AWAY, 1), AWAY, 1), AWAY, 1);
        assertThat(open.probeAt()).isEqualTo(NOW.plusMillis(100));
        assertThat(fail(open, AWAY, 2)).isEqualTo(open);
        Circuit later = open;
        for (int i = 0; i < 30; i++) {
            later = later.failed(true, 1, true, NOW, WebhookFixture.settings().probeDelay());
        }
        assertThat(later.probes()).isEqualTo(30);
        assertThat(later.probeAt()).isEqualTo(NOW.plusMillis(60 * 100));
    }

    @Test
    void theSixthRefusalIsTheEndAndNotTheFifth() {
        assertThat(judge(delivery(4), REFUSED).outcome()).isEqualTo(new Outcome.Retry(NOW.plusMillis(16 * 50)));
        assertThat(judge(delivery(5), REFUSED).outcome()).isEqualTo(new Outcome.GiveUp("dead"));
        assertThat(judge(delivery(5), TAKEN).outcome()).isEqualTo(new Outcome.Done());
    }

    private static Judgement judge(Delivery delivery, Reply reply) {
        return Judgement.of(delivery, reply, Circuit.CLOSED, NOW, WebhookFixture.settings());
    }

    private static Delivery delivery(int attempts) {
        return new Delivery(
                1, 1, 1, "one", 1, Optional.empty(), "", "x", NOW, Optional.of(new JsonObject()), attempts, false);
    }

    private static Circuit fail(Circuit circuit, Reply reply, long delivery) {
        return circuit.failed(
                reply.away(), delivery, false, NOW, WebhookFixture.settings().probeDelay());
    }
}
