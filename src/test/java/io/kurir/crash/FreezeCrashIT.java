package io.kurir.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SIGSTOP of Kurir for longer than its lease: nobody extends the page's deadline, so the page closes its socket by itself. */
final class FreezeCrashIT {
    private static final int ROUNDS = 3;
    private static final int TEXTS = 8;
    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void thePageIsSilentWhenTheLeaseEnds() throws Exception {
        List<Instant> freezes = new ArrayList<>();
        try (World world = new World("FreezeCrashIT", LEASE).link()) {
            Sends sends = new Sends(world, ROUNDS * TEXTS * 2);
            for (int i = 0; i < ROUNDS; i++) {
                long opened = world.opened();
                // on their way for longer than it takes to freeze
                world.slowDown();
                sends.release(TEXTS);
                Facts.await(
                        "texts are under way",
                        PATIENCE,
                        () -> !world.records.betweenCommitAndAck().isEmpty());
                freezes.add(Instant.now());
                world.kurir.freeze();
                world.calm();
                sends.release(TEXTS);
                silent(world);
                world.kurir.thaw();
                world.awaitConnected(opened);
            }
            sends.finish();
            Verdict.pronounce(world, sends, freezes);
            assertThat(world.records.states().stream().filter("qr_required"::equals))
                    .as("QR codes, but for the first link")
                    .hasSize(1);
        }
    }

    /** The lease that the frozen node holds is not renewed any more: its end is known. */
    private static void silent(World world) throws Exception {
        Instant ends = world.records.leaseEnds();
        Facts.await("the socket is closed", LEASE.plusSeconds(5), () -> world.live() == 0);
        Instant closed = Instant.now();
        Facts.await(
                "the lease has ended", LEASE.plusSeconds(1), () -> Instant.now().isAfter(ends.plusSeconds(1)));
        Instant last = Instant.ofEpochMilli(world.lastFrameAt());
        System.out.println(
                "  the page's last frame came " + Duration.between(last, ends).toMillis()
                        + " ms before the lease ended, its socket was closed "
                        + Duration.between(closed, ends).toMillis() + " ms before");
        assertThat(last).isBefore(ends);
        assertThat(closed).isBefore(ends);
        assertThat(world.live()).isZero();
    }
}
