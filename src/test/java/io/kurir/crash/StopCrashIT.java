package io.kurir.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** SIGTERM in the middle of a stream: an orderly end loses nothing either, and goes on after the next start. */
final class StopCrashIT {
    private static final int ROUNDS = 3;
    private static final int TEXTS = 20;
    private static final int RANDOM_MS = 300;

    @Test
    void whatWasAcceptedGoesOutAfterTheNextStart() throws Exception {
        long seed = Long.getLong("kurir.crash.seed", System.nanoTime() & 0xffffff);
        System.out.println("StopCrashIT: seed " + seed);
        Random random = new Random(seed);
        List<Instant> stops = new ArrayList<>();
        try (World world = new World("StopCrashIT", Duration.ofSeconds(10)).link()) {
            Sends sends = new Sends(world, ROUNDS * TEXTS);
            for (int i = 0; i < ROUNDS; i++) {
                long opened = world.opened();
                sends.release(TEXTS);
                Facts.pause(random.nextInt(RANDOM_MS));
                stops.add(Instant.now());
                long begin = System.nanoTime();
                int code = world.kurir.stop(Duration.ofSeconds(15));
                System.out.println(
                        "  stopped in " + (System.nanoTime() - begin) / 1_000_000 + " ms, exit code " + code);
                assertThat(code).isZero();
                world.kurir.start();
                world.awaitConnected(opened);
            }
            sends.finish();
            Verdict.pronounce(world, sends, stops);
        }
    }
}
