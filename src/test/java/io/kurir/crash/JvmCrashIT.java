package io.kurir.crash;

import org.junit.jupiter.api.Test;

/** {@code kill -9} of Kurir: the next start ends the browser that was left behind and goes on where the rows say. */
final class JvmCrashIT {
    @Test
    void everyAcceptedMessageIsReadExactlyOnce() throws Exception {
        Campaign.run("JvmCrashIT", world -> new Campaign.Victim() {
            @Override
            public void kill() throws Exception {
                world.kurir.kill();
            }

            @Override
            public void revive(long opened) throws Exception {
                world.kurir.start();
                world.awaitConnected(opened);
            }
        });
    }
}
