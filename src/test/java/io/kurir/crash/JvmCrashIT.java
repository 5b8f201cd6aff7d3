package io.kurir.crash;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * {@code kill -9} of Kurir: the next start ends the browser that was left behind and goes on where the rows say. Every fifth time the next start
 * is killed too, while it connects the device.
 */
final class JvmCrashIT {
    /** Each restart takes 15 s and more on a busy machine; the chaos test kills the JVM too. */
    private static final int KILLS = 10;

    private static final int TWICE = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void everyAcceptedMessageIsReadExactlyOnce() throws Exception {
        Campaign.run("JvmCrashIT", KILLS, Restarted::new);
    }

    private static final class Restarted implements Campaign.Victim {
        private final World world;
        private int kills;

        Restarted(World world) {
            this.world = world;
        }

        @Override
        public void kill() throws Exception {
            world.kurir.kill();
        }

        @Override
        public void revive(long opened) throws Exception {
            world.kurir.start();
            if (++kills % TWICE == 0) {
                Facts.await(
                        "the device is connecting",
                        PATIENCE,
                        () -> world.records.state().equals("connecting"));
                world.kurir.kill();
                world.kurir.start();
            }
            world.awaitConnected(opened);
        }
    }
}
